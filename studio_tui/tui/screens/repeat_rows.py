"""The rows that say how a session recurs: in the form of a new session, and in the form of a series' rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from studio_tui.domain.language import _
from studio_tui.domain.repeat_text import (
    Repeat,
    days_text,
    end_text,
    parse_dates,
    parse_days,
    parse_end,
    repeat_of,
    repeating,
)
from studio_tui.domain.rule_text import rule_text
from studio_tui.tui.nouns import counted_sessions
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow
from studio_tui.tui.wording import day_text

if TYPE_CHECKING:
    from studio_tui.domain.recurrence import Rule
    from studio_tui.domain.series import Series

REPEAT_KEYS = ("repeats", "days", "rule", "ends", "except")
_USUAL_END = "12 times"


def repeat_rows(today: date, series: Series | None = None) -> list[FormRow[Any]]:
    """The rows; those of a series are filled in with its rule, and it cannot stop to recur by choosing `never`."""
    offered = [each for each in Repeat if series is None or each is not Repeat.NEVER]
    repeat, days, rule, end, exceptions = Repeat.NEVER, "", "", _USUAL_END, ""
    if series is not None:
        repeat, days, end = repeat_of(series.rule), days_text(series.rule.days), end_text(series.rule)
        rule = rule_text(series.rule)
        exceptions = ", ".join(day.isoformat() for day in series.exceptions)
    rows: list[FormRow[Any]] = [
        PickRow("repeats", "Repeats", [(_(each.value), each) for each in offered], repeat),
        # The blank tells this text from the “On” that leafs: other languages have two words for it.
        TextRow("days", "On|days", days, _days_note, hint='"tue thu"', short=True),
        TextRow("rule", "Rule", rule, hint="FREQ=WEEKLY;INTERVAL=3;BYDAY=TU"),
        TextRow("ends", "Ends", end, partial(_end_note, today), hint='"12 times"', short=True),
        TextRow("except", "Except", exceptions, partial(_except_note, today), hint='"24/12, 31/12"'),
    ]
    for row in rows[1:]:
        row.display = _shown(row.key, repeat)
    return rows


def show_repeat_rows(rows: Mapping[str, FormRow[Any]]) -> None:
    """Show the rows that what is chosen needs; what is hidden goes back to what it was, lest it be refused unseen."""
    for key in REPEAT_KEYS[1:]:
        row = rows[key]
        row.display = _shown(key, rows["repeats"].value)
        if not row.display and row.dirty:
            row.value = row.baseline


def rule_of(values: Mapping[str, Any], first: date, today: date) -> Rule | None:
    """The rule that the rows say, None for none; with its field's name in what it refuses.

    Raises:
        InvalidInput: Something is missing or wrong.
    """
    return repeating(values["repeats"], first, values["days"], values["ends"], values["rule"], today)


def exceptions_of(values: Mapping[str, Any], today: date) -> tuple[date, ...]:
    """The dates on which there is no session.

    Raises:
        InvalidInput: There is a text that is no date.
    """
    return parse_dates(values["except"], today)


def _shown(key: str, repeat: Repeat) -> bool:
    match key:
        case "days":
            return repeat.has_days
        case "rule":
            return repeat is Repeat.RULE
        case _:
            return repeat is not Repeat.NEVER


def _days_note(text: str) -> str | None:
    if not text.strip():
        return _("Empty: the weekday of the date.")
    parse_days(text)
    return None


def _end_note(today: date, text: str) -> str | None:
    count, until = parse_end(text, today)
    return counted_sessions(count) if count is not None else day_text(until) if until is not None else None


def _except_note(today: date, text: str) -> str | None:
    days = parse_dates(text, today)
    return ", ".join(day_text(day) for day in days[:4]) + (" …" if len(days) > 4 else "") if days else None
