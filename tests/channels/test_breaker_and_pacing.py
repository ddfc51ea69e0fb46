from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.channels.breaker import Breaker
from studio_tui.channels.pacing import TokenBucket, Width
from studio_tui.channels.standing import Standing
from studio_tui.domain.outcomes import RelayTrouble

TROUBLE = RelayTrouble(421, "not now", permanent=False)


class Clock:
    """Seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_rests_grow_from_one_second_to_sixty() -> None:
    breaker, now, rests = Breaker(), 0.0, []
    for _ in range(9):
        breaker = breaker.after_trouble(now, now, permanent=False)
        rests.append(breaker.pause)
        now = breaker.ends_at

    assert rests == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_while_it_rests_nothing_is_admitted_then_one_then_all() -> None:
    breaker = Breaker().after_trouble(10.0, 10.0, permanent=False)

    assert Breaker().admits(10.0) == "open"
    assert breaker.admits(10.999) == "none"
    assert breaker.admits(11.0) == "one"
    assert breaker.after_answer().admits(11.0) == "open"


def test_connections_that_fail_together_are_one_trouble() -> None:
    breaker = Breaker()
    for failed_at in (10.0, 10.1, 10.2, 10.9):
        breaker = breaker.after_trouble(9.0, failed_at, permanent=False)

    assert (breaker.pause, breaker.since) == (1.0, 10.0)


def test_an_attempt_that_began_before_the_rest_tells_nothing_when_it_fails_after_it() -> None:
    breaker = Breaker().after_trouble(9.0, 10.0, permanent=False)

    assert breaker.after_trouble(9.5, 40.0, permanent=False) == breaker
    assert breaker.after_trouble(12.0, 40.0, permanent=False).pause == 2.0


def test_permanent_trouble_rests_five_minutes_at_once_and_half_an_hour_at_the_longest() -> None:
    breaker, now, rests = Breaker(), 0.0, []
    for _ in range(5):
        breaker = breaker.after_trouble(now, now, permanent=True)
        rests.append(breaker.pause / 60)
        now = breaker.ends_at

    assert rests == [5, 10, 20, 30, 30]


def test_connections_that_are_not_let_in_together_are_one_trouble() -> None:
    breaker = Breaker().after_trouble(0.0, 1.0, permanent=False)
    for failed_at in (2.0, 2.1, 2.2):
        breaker = breaker.after_trouble(0.5, failed_at, permanent=True)

    assert (breaker.pause, breaker.since) == (300.0, 2.0)


def test_passing_trouble_while_a_wrong_password_is_rested_for_does_not_shorten_the_rest() -> None:
    breaker = Breaker().after_trouble(0.0, 0.0, permanent=True)

    assert breaker.after_trouble(1.0, 2.0, permanent=False) == breaker


def test_an_answer_lets_the_next_trouble_begin_small_again() -> None:
    breaker = Breaker()
    for now in (0.0, 10.0, 20.0):
        breaker = breaker.after_trouble(now, now, permanent=False)

    assert breaker.after_answer().after_trouble(30.0, 30.0, permanent=False).pause == 1.0


def test_a_complaint_halves_the_width_once_per_burst_and_never_below_one() -> None:
    width = Width.of(16)
    for _ in range(16):
        width = width.after_complaint(0.0, 5.0)
    assert width.now == 8

    for now in range(6, 20):
        width = width.after_complaint(float(now), float(now))
    assert width.now == 1


def test_the_width_grows_by_one_after_each_quiet_cohort_up_to_what_is_set() -> None:
    width = Width.of(4).after_complaint(0.0, 0.0)
    seen = []
    for _ in range(40):
        width = width.after_answer()
        seen.append(width.now)

    assert seen[8:10] == [2, 3]
    assert seen[18:20] == [3, 4]
    assert seen[-1] == 4


@given(
    rate=st.floats(0.5, 200),
    gaps=st.lists(st.floats(0, 0.5), min_size=1, max_size=200),
)
def test_a_paced_channel_never_exceeds_its_rate_by_more_than_a_burst(rate: float, gaps: list[float]) -> None:
    now, sent = 0.0, 0
    bucket = TokenBucket.of(rate, now)
    for gap in gaps:
        now += gap + bucket.wait(now + gap)
        bucket = bucket.take(now)
        sent += 1

    assert sent <= rate * now + max(1.0, rate) + 1e-6


def test_no_rate_means_no_waiting() -> None:
    bucket = TokenBucket.of(0.0, 0.0)
    for _ in range(1000):
        assert bucket.wait(0.0) == 0.0
        bucket = bucket.take(0.0)


def test_health_tells_the_trouble_and_how_long_it_lasts() -> None:
    clock = Clock()
    standing = Standing(8, clock)
    assert standing.health().trouble is None
    assert standing.health().paused_for is None

    standing.troubled(TROUBLE, clock.now)
    clock.now += 0.25
    health = standing.health()
    assert health.trouble == TROUBLE
    assert health.paused_for is not None
    assert health.paused_for.total_seconds() == pytest.approx(0.75)
    assert health.limit == 4

    standing.answered(250, clock.now)
    assert standing.health().trouble is None


@pytest.mark.parametrize(("code", "limit"), [(250, 8), (550, 8), (451, 8), (454, 4), (429, 4)])
def test_too_much_narrows_the_width_and_other_answers_do_not(code: int, limit: int) -> None:
    standing = Standing(8, Clock())
    standing.answered(code, 1000.0)

    assert standing.health().limit == limit


def test_a_server_that_asks_to_wait_is_left_alone_so_long_but_tried_again_after_some_minutes() -> None:
    clock = Clock()
    standing = Standing(8, clock)
    standing.asked_to_wait(timedelta(seconds=120))
    assert standing.rest() == pytest.approx(120)

    clock.now += 120
    assert standing.rest() == 0
    standing.asked_to_wait(timedelta(days=1))
    assert standing.rest() == pytest.approx(300)
