"""The worker's log as lines that a machine reads."""

from __future__ import annotations

import json
import logging
import sys

from studio_tui.bootstrap.logs import JsonLines


def line_of(record: logging.LogRecord) -> dict[str, object]:
    line = JsonLines().format(record)
    assert "\n" not in line
    document = json.loads(line)
    assert isinstance(document, dict)
    return document


def a_record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    record = logging.LogRecord("studio_tui.worker", logging.WARNING, "x.py", 1, message, args, None)
    record.created = 1_800_000_000.25
    record.__dict__.update(extra)
    return record


def test_a_line_says_when_how_grave_who_and_what() -> None:
    assert line_of(a_record("%d put\noff", 3)) == {
        "at": "2027-01-15T08:00:00.250Z",
        "level": "warning",
        "logger": "studio_tui.worker",
        "message": "3 put\noff",
    }


def test_facts_come_along_as_fields() -> None:
    assert line_of(a_record("The worker ended", facts={"counts": {"sent": 5}}))["counts"] == {"sent": 5}


def test_an_error_tells_its_kind_and_where_but_not_its_words() -> None:
    record = a_record("It failed")
    try:
        raise ValueError("alice@clients.example")
    except ValueError:
        record.exc_info = sys.exc_info()

    line = line_of(record)
    assert line["error"] == "ValueError"
    assert "test_logs.py" in str(line["where"])
    assert "alice" not in json.dumps(line)
