"""Which of two versions of an event is the newer one."""

import pytest

from studio_tui.domain.revisions import UNKNOWN, Revision, is_older

SERIES, CHANGED = Revision(3), Revision(3, 1)


@pytest.mark.parametrize(
    ("found", "known", "older"),
    [
        (Revision(2), SERIES, True),
        (Revision(3), SERIES, False),
        (Revision(4), SERIES, False),
        (Revision(2, 9), SERIES, True),
        (Revision(3, 0), SERIES, False),
        (Revision(3, 0), CHANGED, True),
        (Revision(3), CHANGED, False),
        (Revision(4, 0), CHANGED, False),
        (Revision(None, 0), CHANGED, True),
        (Revision(None, 1), CHANGED, False),
        (Revision(None, 2), SERIES, True),
        (Revision(None, 3), SERIES, False),
        (UNKNOWN, CHANGED, False),
        (Revision(0), UNKNOWN, False),
        (Revision(None, 0), UNKNOWN, False),
    ],
)
def test_an_event_is_older_than_a_later_count_of_the_same(found: Revision, known: Revision, older: bool) -> None:
    assert is_older(found, known) is older
