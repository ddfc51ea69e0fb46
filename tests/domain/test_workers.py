"""What the desk is told of workers: whether any is alive, and what keeps messages from leaving."""

from __future__ import annotations

from datetime import timedelta

from studio_tui.domain.delivery import Channel
from studio_tui.domain.workers import STOPPED, WorkerSeen, why_stuck
from tests.builders import NOW

REFUSED = "The mail server refused the sign-in (535)"
NOBODY = "no worker runs; “studio-tui worker” starts one"


def a_worker(note: str = "", *, seen: timedelta = timedelta(seconds=2)) -> WorkerSeen:
    return WorkerSeen(host="desk", pid=7, started_at=NOW - timedelta(hours=1), last_turn_at=NOW - seen, note=note)


def test_what_is_due_waits_for_nothing_while_a_worker_is_well() -> None:
    assert why_stuck([a_worker()], Channel.EMAIL, NOW) == ""


def test_without_a_living_worker_it_is_said_how_to_start_one() -> None:
    for workers in ([], [a_worker(seen=timedelta(minutes=1))], [a_worker(STOPPED)]):
        assert why_stuck(workers, Channel.EMAIL, NOW) == NOBODY


def test_a_server_in_trouble_is_the_reason_of_its_own_messages_only() -> None:
    workers = [a_worker(seen=timedelta(hours=1)), a_worker(f"gotify: gone; email: {REFUSED}")]
    assert why_stuck(workers, Channel.EMAIL, NOW) == REFUSED
    assert why_stuck(workers, Channel.GOTIFY, NOW) == "gone"
    assert why_stuck(workers, Channel.PUSH, NOW) == ""
