"""What becomes of a series' rule and dates when one of its sessions is carried to another day. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.recurrence import Frequency, Rule, RuleDay, dates_of
from studio_tui.domain.series import Moved, Series
from studio_tui.domain.spelling import spelt


def moved_series(series: Series, start: date, target: date) -> tuple[Series, Moved]:
    """The series whose session of `start` takes place on `target`, and where each of its dates goes.

    A daily series goes along with it; of a weekly one that weekday changes, the others stay; a monthly or yearly one
    takes the target's place in its month: the 16th in place of the 15th, the second Wednesday in place of the first
    Tuesday.

    Raises:
        NotPossible: The move does not change the rule in one clear way.
    """
    old = dates_of(series.rule, series.first_on)
    if start not in old:
        raise NotPossible(_("That session is from before the series got its present rule: choose a coming one."))
    rule, move = _moved_rule(series.rule, start, target)
    kept = [found for day in old if (found := move(day)) is not None]
    if not kept:
        raise NotPossible(_("No session of the series has such a day: change its rule instead."))
    moved = replace(series, rule=rule, first_on=min(kept))
    if dates_of(rule, moved.first_on) != sorted(kept):
        moved = replace(moved, rule=replace(rule, until=max(kept), count=None))
    # A date that only the new pattern has is none of the series': a move makes no sessions.
    new = set(dates_of(moved.rule, moved.first_on)) - set(kept)
    exceptions = new | {found for day in series.exceptions if (found := move(day)) is not None}
    return replace(moved, exceptions=tuple(sorted(exceptions))), move


def _moved_rule(rule: Rule, start: date, target: date) -> tuple[Rule, Moved]:
    by = target - start
    match rule.frequency:
        case Frequency.DAILY:
            until = None if rule.until is None else rule.until + by
            return replace(rule, until=until), lambda day: day + by
        case Frequency.WEEKLY:
            return _moved_weekly(rule, start, target)
        case _:
            return _moved_in_month(rule, start, target)


def _moved_weekly(rule: Rule, start: date, target: date) -> tuple[Rule, Moved]:
    by = target - start
    days = {day.weekday for day in rule.days}
    if len(days) == 1:
        until = None if rule.until is None else rule.until + max(by, timedelta())
        return replace(rule, days=(RuleDay(target.weekday()),), until=until), lambda day: day + by
    monday = start - timedelta(days=start.weekday())
    if not monday <= target < monday + timedelta(days=7):
        raise NotPossible(
            _(
                "A series of several days of the week stays within its weeks: move this session alone, or change the rule."
            )
        )
    if target.weekday() in days:
        raise NotPossible(
            _("The series has a session on {weekday} already: move this one alone, or change the rule.").format(
                weekday=spelt(target, "%A")
            )
        )
    changed = tuple(RuleDay(day) for day in sorted(days - {start.weekday()} | {target.weekday()}))
    until = None if rule.until is None else rule.until + max(by, timedelta())
    return replace(rule, days=changed, until=until), lambda day: day + by if day.weekday() == start.weekday() else day


def _moved_in_month(rule: Rule, start: date, target: date) -> tuple[Rule, Moved]:
    yearly = rule.frequency is Frequency.YEARLY
    if start.year != target.year or (start.month != target.month and not yearly):
        period = "year" if yearly else "month"
        raise NotPossible(
            _("That is in another {period}: move this session alone, or change the rule of the series.").format(
                period=period
            )
        )
    if len(rule.days) + len(rule.month_days) > 1 or len(rule.months) > 1:
        raise NotPossible(_("The series has several days: move this session alone, or change the rule of the series."))
    from_end = any(day.nth < 0 for day in rule.days) or any(day < 0 for day in rule.month_days)
    day = _day_of_month(target, from_end=from_end) if rule.month_days else _weekday_of_month(target, from_end=from_end)
    changed = replace(
        rule,
        days=(day,) if isinstance(day, RuleDay) else (),
        month_days=(day,) if isinstance(day, int) else (),
        months=(target.month,) if yearly else (),
    )
    return changed, lambda each: _in_month(each.year, target.month if yearly else each.month, day)


def _day_of_month(day: date, *, from_end: bool) -> int:
    return day.day - _length(day.year, day.month) - 1 if from_end else day.day


def _weekday_of_month(day: date, *, from_end: bool) -> RuleDay:
    if from_end:
        return RuleDay(day.weekday(), -((_length(day.year, day.month) - day.day) // 7 + 1))
    return RuleDay(day.weekday(), (day.day - 1) // 7 + 1)


def _in_month(year: int, month: int, day: RuleDay | int) -> date | None:
    """That day of a month; None if the month has none, as 31 April."""
    length = _length(year, month)
    if isinstance(day, RuleDay):
        first = 1 + (day.weekday - date(year, month, 1).weekday()) % 7
        last = length - (date(year, month, length).weekday() - day.weekday) % 7
        number = first + 7 * (day.nth - 1) if day.nth > 0 else last + 7 * (day.nth + 1)
    else:
        number = day if day > 0 else length + 1 + day
    return date(year, month, number) if 1 <= number <= length else None


def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1]
