"""What the worker's log says of its troubles."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from studio_tui.worker.diary import Diary
from studio_tui.worker.runner import WorkerHealth

WELL = WorkerHealth(
    last_turn_ago=0.1, turn_for=None, oldest_due=None, in_hand=0, database_away=False, note="", entered=True
)


def test_each_trouble_is_told_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    refused = replace(WELL, note="email: The mail server refused the sign-in (535)")
    away = replace(refused, database_away=True)
    course = iter([replace(WELL, entered=False), WELL, WELL, refused, refused, away, WELL])
    diary = Diary(lambda: next(course))
    with caplog.at_level(logging.INFO, logger="studio_tui.worker.diary"):
        for _look in range(7):
            diary.look()
    assert caplog.messages == [
        "The worker runs: what is due goes out.",
        "Not sending: email: The mail server refused the sign-in (535)",
        "Not sending: The database does not answer; nothing is lost.",
        "Sending again.",
    ]
