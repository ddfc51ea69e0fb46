"""SPEC N11 and WORKER §5.4."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.delivery import DeliveryState, retry_pause

STATES_IN_WORDS = {
    DeliveryState.READY: "planned",
    DeliveryState.CLAIMED: "planned",
    DeliveryState.SENDING: "sending",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "failed",
    DeliveryState.HELD: "held",
    DeliveryState.EXPIRED: "expired",
    DeliveryState.CANCELLED: "cancelled",
    DeliveryState.SKIPPED: "skipped",
}


@pytest.mark.parametrize("state", list(DeliveryState))
def test_N11_every_state_has_a_word_for_people(state: DeliveryState) -> None:
    assert state.label == STATES_IN_WORDS[state]


def test_N11_only_what_may_still_be_sent_by_itself_is_waiting() -> None:
    waiting = {state for state in DeliveryState if state.waiting}

    assert waiting == {DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.HELD}


@given(st.text(max_size=40), st.integers(1, 30))
def test_N11_pauses_grow_from_15_seconds_to_15_minutes_give_or_take_a_fifth(key: str, attempt: int) -> None:
    seconds = [15, 30, 60, 120, 240, 480, 900][min(attempt, 7) - 1]

    pause = retry_pause(key, attempt)

    assert timedelta(seconds=seconds) * 0.8 <= pause <= timedelta(seconds=seconds) * 1.2
    assert pause == retry_pause(key, attempt)


def test_N11_messages_that_failed_together_do_not_come_back_together() -> None:
    pauses = {retry_pause(f"start:1:g1:{booking}:email", 1) for booking in range(200)}

    assert len(pauses) > 190
    assert max(pauses) - min(pauses) > timedelta(seconds=5)
