"""How the worker's log reads: lines for people, or one JSON object a line for what collects them."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

from studio_tui.bootstrap.opening import keep_addresses_out_of_the_log
from studio_tui.settings import LogForm

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class JsonLines(logging.Formatter):
    """One JSON object a line: at (UTC), level, logger, message; with an error its kind and where, not its words.

    What an error says could hold a client's data. Fields given as `extra={"facts": {...}}` come along.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, object] = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            places = traceback.extract_tb(record.exc_info[2])
            line["where"] = [f"{place.filename}:{place.lineno} {place.name}" for place in places]
        return json.dumps(line, ensure_ascii=False, default=str)


def log_to_stderr(form: LogForm) -> None:
    """Send the log to standard error, where systemd and cron look for it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form is LogForm.JSON else logging.Formatter(TEXT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    keep_addresses_out_of_the_log()
