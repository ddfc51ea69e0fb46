"""Accounts in words: what waits, what failed, what is left, what another host means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from studio_tui.domain.agenda import AccountLine, LinkLoss, MeetingTally
from studio_tui.domain.conferences import SignIn
from studio_tui.domain.meetings import SignInId
from studio_tui.domain.people import StaffId
from studio_tui.tui.screens.account_words import (
    account_text,
    consequences_of_disconnecting,
    effect_of_another_host,
    panel_text,
    tally_text,
)
from tests.builders import NOW, an_account
from tests.doubles.rooms import House, HouseKind
from tests.tui.aurora import ROME

KINDS = [HouseKind(House())]


def a_sign_in(way: str = "key", **fields: object) -> SignIn:
    known: dict[str, object] = {"user_id": "rosa", "label": "rosa@example.com", **fields}
    return SignIn(id=SignInId(1), kind="house", way=way, **known)  # type: ignore[arg-type]


def a_line(sign_in: SignIn | None, *, upcoming: int = 3, own: bool = False, **tally: int) -> AccountLine:
    account = an_account(kind="house", label="rosa@example.com", sign_in=sign_in, link=None)
    staff_id = StaffId(4) if own else None
    meetings = MeetingTally(**tally) if tally else None
    return AccountLine(
        holder="Anna", staff_id=staff_id, account=account, masked_link=None, upcoming=upcoming, meetings=meetings
    )


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (MeetingTally(), ""),
        (MeetingTally(left=94, limit=100), "94 of 100 left today (new or changed meetings)."),
        (MeetingTally(waiting=1, failed=1), "1 meeting still to be made · 1 failed, tried again by itself."),
        (MeetingTally(waiting=2, failed=2), "2 meetings still to be made · 2 failed, tried again by themselves."),
    ],
)
def test_how_meetings_stand_is_said_in_one_line(tally: MeetingTally, words: str) -> None:
    assert tally_text(tally) == words


def test_failed_meetings_stand_in_the_list_and_the_state_is_kept_longest() -> None:
    line = a_line(a_sign_in(), failed=2)

    assert account_text(line, "House", 60, default=None) == "House · rosa@example.com · connected, 2 failed"
    assert account_text(line, "House", 20, default=None) == "connected, 2 failed"


def test_a_pause_says_until_when_and_that_a_test_ends_it() -> None:
    sign_in = a_sign_in(trouble="The house is closed.", paused_until=NOW + timedelta(minutes=5))
    line = a_line(sign_in)
    assert line.account is not None

    text = panel_text(line, line.account, KINDS, [], NOW, ROME)

    assert "! The house is closed." in text
    assert "House is left alone until" in text
    assert "t asks at once." in text
    over = panel_text(line, line.account, KINDS, [], NOW + timedelta(hours=1), ROME)
    assert "left alone" not in over


@pytest.mark.parametrize(
    ("way", "own", "words"),
    [
        ("key", False, "Nothing is deleted: connecting it again brings all links back."),
        ("guest", False, "House is told, so connecting it again needs a new sign-in. Its meetings stay there."),
        ("guest", True, "Its meetings are removed once the sessions have others."),
    ],
)
def test_A6_disconnecting_says_what_brings_it_back(way: str, own: bool, words: str) -> None:
    sign_in = a_sign_in(way)

    said = consequences_of_disconnecting(a_line(sign_in, own=own), LinkLoss(3, 2), KINDS, sign_in)

    assert words in said[1]


def test_another_host_is_named_with_what_follows() -> None:
    said = effect_of_another_host(a_line(a_sign_in()), "emma\x1b[2J@example.com", "House")

    assert said[0] == "Until now it was rosa@example.com; signed in is emma\ufffd[2J@example.com."
    assert said[1].startswith("3 upcoming sessions get new meetings and links. The old meetings at House are removed")


def test_the_same_name_with_another_secret_is_not_told_as_somebody_else() -> None:
    said = effect_of_another_host(a_line(a_sign_in()), "rosa@example.com", "House")

    assert said[0] == "It is rosa@example.com as before, but not with the same ID and secret."
