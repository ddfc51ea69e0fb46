"""Sessions that lie together in time, against the plain definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.batches import neighbourhoods
from studio_tui.domain.sessions import Session, SessionId
from tests.builders import HOUR, NOW, a_session

_sessions = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 24)), max_size=12).map(
    lambda rows: [
        a_session(id=SessionId(number), starts_at=NOW + start * HOUR, ends_at=NOW + (start + length) * HOUR)
        for number, (start, length) in enumerate(rows, 1)
    ]
)


def _linked(sessions: list[Session], apart: int) -> set[frozenset[int]]:
    """The same by chains: whoever is near one of a group is in it, compared pair by pair."""
    groups: list[set[int]] = []
    by_id = {session.id: session for session in sessions}
    for session in sessions:
        near = [
            group
            for group in groups
            if any(
                by_id[SessionId(key)].starts_at - session.ends_at <= apart * HOUR
                and session.starts_at - by_id[SessionId(key)].ends_at <= apart * HOUR
                for key in group
            )
        ]
        groups = [group for group in groups if group not in near]
        groups.append({session.id}.union(*near))
    return {frozenset(group) for group in groups}


@given(_sessions, st.integers(0, 12))
def test_sessions_lie_together_exactly_if_a_chain_of_near_ones_leads_from_one_to_the_other(
    sessions: list[Session], apart: int
) -> None:
    found = list(neighbourhoods(sessions, apart * HOUR))

    assert {frozenset(session.id for session in group) for group in found} == _linked(sessions, apart)
    in_order = sorted(sessions, key=lambda session: (session.starts_at, session.id))
    assert [session for group in found for session in group] == in_order
