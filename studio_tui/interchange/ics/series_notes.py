"""What a person should know about how a series was read."""

from __future__ import annotations

from datetime import datetime

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.interchange.findings import Findings
from studio_tui.interchange.ics.dates import Moment
from studio_tui.interchange.ics.events import Event
from studio_tui.interchange.ics.rules import Rule
from studio_tui.interchange.ics.zones import UTC_CLOCK, Clock

_LISTED = 3


class SeriesNotes:
    """The notes on one series; what can hit many dates is told in one line."""

    def __init__(self, master: Event, start: Moment, findings: Findings) -> None:
        self._master = master
        self._start = start
        self._findings = findings
        self._gaps: list[str] = []
        self._without_effect: list[Moment] = []

    @property
    def _rule_line(self) -> int:
        return self._master.rules[0].line if self._master.rules else self._master.line

    def _note(self, line: int, reason: str) -> None:
        self._findings.note(line, self._master.uid, reason, self._master.title)

    def _skipped(self, line: int, reason: str) -> None:
        self._findings.skipped(line, self._master.uid, reason, self._master.title)

    def until_not_utc(self, rule: Rule) -> None:
        """RFC 5545 §3.3.10: UNTIL is in UTC where the start has a zone, and of the start's type."""
        until = rule.until
        if until is None or until.utc:
            return
        if until.whole_day:
            self._note(
                rule.line, _("The rule ends on the date {value}; that day is included.").format(value=until.value)
            )
        elif not self._start.floating:
            self._note(
                rule.line,
                _("The rule's end {value:%Y-%m-%d %H:%M} is not in UTC: read on the clock of {name}.").format(
                    value=until.value, name=self._start.clock.name
                ),
            )

    def start_outside_rule(self, rule: Rule) -> None:
        self._note(
            rule.line,
            _(
                "Its start, {wall:%Y-%m-%d %H:%M}, is none of the dates of its rule; it comes in as the "
                "first occurrence all the same."
            ).format(wall=self._start.wall),
        )

    def endless(self, last: datetime) -> None:
        self._note(self._rule_line, _("It repeats without end; made until {last:%Y-%m-%d}.").format(last=last))

    def too_many(self, limit: int, last: datetime) -> None:
        reason = _(
            "It has more than {limit} occurrences; they come in up to {last:%Y-%m-%d} and the rest is left out."
        ).format(limit=grouped(limit), last=last)
        self._skipped(self._rule_line, reason)

    def given_up(self, *, none_found: bool) -> None:
        what = _("none was found") if none_found else _("the rest is left out")
        self._skipped(
            self._rule_line, _("Its rule makes hardly any dates: the search was given up and {what}.").format(what=what)
        )

    def empty(self) -> None:
        self._skipped(
            self._rule_line, _("It makes no occurrence: its rule ends before it starts, or all are taken out.")
        )

    def exception_without_effect(self, moment: Moment) -> None:
        self._without_effect.append(moment)

    def exceptions_told(self) -> None:
        """Tell of exceptions (EXDATE) that meet no occurrence: a session that should not be may have come in."""
        without = self._without_effect
        if without:
            listed = ", ".join(_told(moment) for moment in without[:_LISTED])
            more = _(" and {n} more").format(n=len(without) - _LISTED) if len(without) > _LISTED else ""
            self._note(
                without[0].line,
                ngettext(
                    "{n} exception date meets no occurrence and takes none away ({listed}{more}): check whether a session "
                    "is held then.",
                    "{n} exception dates meet no occurrence and take none away ({listed}{more}): check whether a session "
                    "is held then.",
                    len(without),
                ).format(n=grouped(len(without)), listed=listed, more=more),
            )

    def check_gap(self, wall: datetime, instant: datetime) -> None:
        """Remember an occurrence whose wall-clock time is skipped that day (SPEC §1)."""
        shown = self._start.clock.to_wall(instant)
        if shown != wall:
            self._gaps.append(_("{wall:%Y-%m-%d} at {shown:%H:%M}").format(wall=wall, shown=shown))

    def gaps_found(self) -> None:
        if self._gaps:
            more = _(" and {n} more").format(n=len(self._gaps) - _LISTED) if len(self._gaps) > _LISTED else ""
            listed = ", ".join(self._gaps[:_LISTED])
            self._note(
                self._master.line,
                _("{wall:%H:%M} is skipped when clocks go forward: {listed}{more}.").format(
                    wall=self._start.wall, listed=listed, more=more
                ),
            )

    def shifting_hours(self, instants: list[datetime], site: Clock) -> None:
        """A series in UTC does not follow summer time: on the site's wall clock its hour changes."""
        if self._start.clock == UTC_CLOCK and len({site.to_wall(instant).time() for instant in instants}) > 1:
            self._note(
                self._rule_line,
                _("It repeats at {wall:%H:%M} UTC: on the clock of {name} its hour changes with summer time.").format(
                    wall=self._start.wall, name=site.name
                ),
            )


def _told(moment: Moment) -> str:
    return f"{moment.wall:%Y-%m-%d}" if moment.whole_day else f"{moment.wall:%Y-%m-%d %H:%M} {moment.clock.name}"
