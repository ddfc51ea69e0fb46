"""Reads a quickly typed session word by word (see `quick_add`). Pure; never fails, whatever is typed."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.people import StaffId
from studio_tui.domain.quick_add import (
    MOST_CHARACTERS,
    QuickAdd,
    QuickSession,
    Reading,
    Weekly,
    day_words,
    length_until,
    length_words,
)
from studio_tui.domain.quick_names import NAMED, Fit, Found, Name, Vocabulary, What, find_names
from studio_tui.domain.quick_words import (
    Span,
    Tokens,
    joined,
    read_count,
    read_day,
    read_day_number,
    read_length,
    read_places,
    read_times,
    tokens_of,
)
from studio_tui.domain.services import MAX_CAPACITY, Mode, ServiceId
from studio_tui.domain.text import clean_line

Cursor = tuple[date, time]
_FILLERS = frozenset({"at", "on", "for", "from", "the", "a", "and", "@", "-", "–", "—", "by"})
_WEEKLY = frozenset({"weekly", "every week", "each week"})
_MISSING = {What.SERVICE: N_("a service"), What.DAY: N_("a day"), What.TIME: N_("a time")}
_CALLED = frozenset({"called", "titled", "title"})
_MOST_NAMED = 4


def understand(line: str, vocabulary: Vocabulary, today: date, cursor: Cursor | None = None) -> QuickAdd:
    """What a typed line says, and what is still missing.

    Args:
        line: What was typed.
        vocabulary: The names that words can mean.
        today: The site's local date, from which "tue" and "24/12" are read.
        cursor: Day and time to take where the line names none; None asks for them.
    """
    return _Line(vocabulary, today).read(line[:MOST_CHARACTERS], cursor)


class _Line:
    """One line on its way through the readers; `_said` holds what is known so far."""

    def __init__(self, vocabulary: Vocabulary, today: date) -> None:
        self._vocabulary = vocabulary
        self._today = today
        self._said: dict[What, Any] = {}
        self._readings: list[Reading] = []
        self._problems: list[str] = []
        self._weekly = False

    def read(self, line: str, cursor: Cursor | None) -> QuickAdd:
        tokens = tokens_of(line)
        readers = (
            self._mode,
            self._whole_name,
            self._marked,
            self._repeat,
            self._places,
            self._length,
            self._time,
            self._day,
            self._name,
            self._filler,
        )
        while tokens:
            used = next((count for reader in readers if (count := reader(tokens))), 0)
            if not used:
                used = self._unknown(tokens)
            tokens = tokens[used:]
        assumed = self._assume(cursor)
        self._find_missing()
        session = None if self._problems else self._session()
        return QuickAdd(
            readings=tuple(self._readings), problems=tuple(self._problems), session=session, assumed=assumed
        )

    # Readers: each takes the words from some place on, and answers how many of them it understood

    def _mode(self, tokens: Tokens) -> int:
        for text, count, mode in (
            ("in person", 2, Mode.IN_PERSON),
            ("in-person", 1, Mode.IN_PERSON),
            ("online", 1, Mode.ONLINE),
        ):
            if joined(tokens, count) == text:
                return self._say(What.MODE, mode, mode.label, tokens, count)
        return 0

    def _whole_name(self, tokens: Tokens) -> int:
        found = find_names(tokens, self._vocabulary, NAMED, exact=True)
        if not found.names or (len(found.names) > 1 and not self._one_of(found)):
            return 0
        # A service called "Sunday" must not take the word from the day.
        if found.words == 1 and not tokens[0].quoted and What.DAY not in self._said and read_day(tokens, self._today):
            return 0
        return self._take(found, tokens)

    def _marked(self, tokens: Tokens) -> int:
        """`with` a person, `in` a room, `called` a title."""
        word = tokens[0].folded
        if word in _CALLED and len(tokens) > 1:
            title = clean_line(tokens[1].text, MOST_CHARACTERS)
            return self._say(What.TITLE, title, title, tokens, 2)
        what = {"with": What.STAFF, "in": What.ROOM, "room": What.ROOM}.get(word)
        if what is None or len(tokens) < 2:
            return 0
        found = find_names(tokens[1:], self._vocabulary, (what,))
        if found.names:
            return self._take(found._replace(words=found.words + 1), tokens)
        if what is What.ROOM and tokens[1].quoted:
            room = clean_line(tokens[1].text, MOST_CHARACTERS)
            return self._say(what, room, _("{room} (a new name)").format(room=room), tokens, 2)
        return 0

    def _repeat(self, tokens: Tokens) -> int:
        for count in (1, 2):
            if joined(tokens, count) in _WEEKLY:
                self._weekly = True
                self._readings.append(Reading(_text(tokens, count), What.REPEAT, _("every week")))
                return count
        if tokens[0].folded in ("until", "till") and len(tokens) > 1:
            day = read_day(tokens[1:], self._today) or read_day_number(tokens[1:], self._today)
            if day is not None:
                meaning = _("until {day_words}").format(day_words=day_words(day[0], self._today))
                return self._say(What.REPEAT, Weekly(until=day[0]), meaning, tokens, day[1] + 1)
            # "until 19:30" is the end of the session.
            end = read_times(tokens[1:], day_known=True)
            if end is not None and isinstance(end[0], time):
                return self._say(What.END, end[0], _("until {end:%H:%M}").format(end=end[0]), tokens, end[1] + 1)
        times = read_count(tokens)
        if times is not None:
            return self._say(
                What.REPEAT,
                Weekly(times=times[0]),
                ngettext("{n} time", "{n} times", times[0]).format(n=times[0]),
                tokens,
                times[1],
            )
        return 0

    def _places(self, tokens: Tokens) -> int:
        found = read_places(tokens)
        if found is None:
            return 0
        if not 1 <= found[0] <= MAX_CAPACITY:
            self._problems.append(
                _("“{text}”: places go from 1 to {max_capacity}.").format(
                    text=_text(tokens, found[1]), max_capacity=MAX_CAPACITY
                )
            )
            self._readings.append(Reading(_text(tokens, found[1]), What.PLACES))
            return found[1]
        meaning = ngettext("{n} place", "{n} places", found[0]).format(n=found[0])
        return self._say(What.PLACES, found[0], meaning, tokens, found[1])

    def _length(self, tokens: Tokens) -> int:
        found = read_length(tokens)
        return self._say(What.LENGTH, found[0], length_words(found[0]), tokens, found[1]) if found else 0

    def _time(self, tokens: Tokens) -> int:
        ends = tokens[0].folded == "to" and What.TIME in self._said
        found = read_times(tokens[1:] if ends else tokens, day_known=What.DAY in self._said or ends)
        return self._say_time(found, tokens, ends) if found is not None else 0

    def _say_time(self, found: tuple[time | Span, int], tokens: Tokens, ends: bool) -> int:
        at, count = found
        if isinstance(at, Span):
            if What.END in self._said or What.TIME in self._said:
                return self._second(What.TIME, tokens, count)
            self._said[What.END] = at.end
            return self._say(What.TIME, at.start, f"{at.start:%H:%M}–{at.end:%H:%M}", tokens, count)
        if What.TIME not in self._said:
            return self._say(What.TIME, at, f"{at:%H:%M}", tokens, count)
        if What.DAY not in self._said and not ends:
            day = read_day_number(tokens, self._today)
            if day is not None:
                return self._say(What.DAY, day[0], day_words(day[0], self._today), tokens, day[1])
        return self._say(What.END, at, _("until {at:%H:%M}").format(at=at), tokens, count + ends)

    def _day(self, tokens: Tokens) -> int:
        found = read_day(tokens, self._today)
        if found is None and What.TIME in self._said:
            found = read_day_number(tokens, self._today)
        if found is None:
            dotted = read_times(tokens, day_known=True)
            return self._say_time(dotted, tokens, False) if dotted is not None else 0
        if What.DAY in self._said and find_names(tokens, self._vocabulary, self._open()).names:
            return 0
        return self._say(What.DAY, found[0], day_words(found[0], self._today), tokens, found[1])

    def _name(self, tokens: Tokens) -> int:
        found = find_names(tokens, self._vocabulary, self._open())
        if not found.names:
            found = find_names(tokens, self._vocabulary, NAMED)
        return self._take(found, tokens) if found.names else 0

    def _filler(self, tokens: Tokens) -> int:
        if tokens[0].folded.strip(",;") not in _FILLERS:
            return 0
        self._readings.append(Reading(tokens[0].text, What.FILLER))
        return 1

    def _unknown(self, tokens: Tokens) -> int:
        text = tokens[0].text
        self._readings.append(Reading(text, What.UNKNOWN))
        self._problems.append(_("“{text}” is no day, time, service, person or room here.").format(text=text))
        return 1

    # What was understood

    def _open(self) -> tuple[What, ...]:
        """The kinds of names that nothing was said of yet."""
        return tuple(what for what in NAMED if what not in self._said)

    def _one_of(self, found: Found) -> Name | None:
        """The one name that is meant: of several kinds the one that is still open, in the order service, leader, room."""
        if len(found.names) == 1:
            return found.names[0]
        if found.fit is not Fit.EXACT:
            return None
        for what in self._open():
            of_kind = [name for name in found.names if name.what is what]
            if of_kind:
                return of_kind[0] if len(of_kind) == 1 else None
        return None

    def _take(self, found: Found, tokens: Tokens) -> int:
        one = self._one_of(found)
        if one is not None:
            value = one.name if one.what is What.ROOM else one.key
            return self._say(one.what, value, one.name, tokens, found.words)
        kinds = {name.what for name in found.names}
        several = [f"{name.name} ({name.what})" if len(kinds) > 1 else name.name for name in found.names]
        listed = ", ".join(several[:_MOST_NAMED]) + (_(" and more") if len(several) > _MOST_NAMED else "")
        text = _text(tokens, found.words)
        # What it is not has been said; that it is one of these need not be said missing as well.
        for what in kinds if len(kinds) == 1 else ():
            self._said.setdefault(what, None)
        self._problems.append(_("“{text}” could be {listed}: type more of it.").format(text=text, listed=listed))
        self._readings.append(Reading(text, What.UNKNOWN))
        return found.words

    def _say(self, what: What, value: Any, meaning: str, tokens: Tokens, count: int) -> int:
        if self._said.get(what) is not None:
            return self._second(what, tokens, count)
        self._said[what] = value
        self._readings.append(Reading(_text(tokens, count), what, meaning))
        return count

    def _second(self, what: What, tokens: Tokens, count: int) -> int:
        text = _text(tokens, count)
        self._problems.append(_("“{text}” is a second {what}: keep one.").format(text=text, what=_(what)))
        self._readings.append(Reading(text, What.UNKNOWN))
        return count

    # What was not said

    def _assume(self, cursor: Cursor | None) -> tuple[str, ...]:
        if cursor is None or not self._readings:
            return ()
        assumed = []
        if What.DAY not in self._said:
            self._said[What.DAY] = cursor[0]
            assumed.append(day_words(cursor[0], self._today))
        if What.TIME not in self._said:
            self._said[What.TIME] = cursor[1]
            assumed.append(f"{cursor[1]:%H:%M}")
        return tuple(assumed)

    def _find_missing(self) -> None:
        missing = [what for what in (What.SERVICE, What.DAY, What.TIME) if what not in self._said]
        if missing:
            self._problems.append(_is_missing([_(_MISSING[what]) for what in missing]))
        if What.END in self._said and What.LENGTH in self._said:
            self._problems.append(_("The line gives an end and a length: keep one of them."))
        if self._weekly and What.REPEAT not in self._said:
            self._problems.append(_("Every week until when? Type “until 18/12”, or “10 times”."))
        if What.REPEAT in self._said and not self._weekly:
            self._problems.append(_("Type “weekly” if it repeats every week; an end of the session is a time."))
        self._check_repeat()

    def _check_repeat(self) -> None:
        weekly: Weekly | None = self._said.get(What.REPEAT)
        day: date | None = self._said.get(What.DAY)
        if weekly is None or day is None:
            return
        if weekly.until is not None and weekly.until < day:
            self._problems.append(
                _("The last day, {day_words}, is before the first.").format(
                    day_words=day_words(weekly.until, self._today)
                )
            )
        if weekly.times == 0:
            self._problems.append(_("A series takes place once at least."))

    def _session(self) -> QuickSession:
        said = self._said
        at: time = said[What.TIME]
        length: timedelta | None = said.get(What.LENGTH)
        if What.END in said:
            length = length_until(at, said[What.END])
        service_id: ServiceId = said[What.SERVICE]
        staff_id: StaffId | None = said.get(What.STAFF)
        return QuickSession(
            service_id=service_id,
            day=said[What.DAY],
            at=at,
            staff_id=staff_id,
            room=said.get(What.ROOM, ""),
            length=length,
            places=said.get(What.PLACES),
            mode=said.get(What.MODE),
            title=said.get(What.TITLE),
            weekly=said.get(What.REPEAT),
        )


def _text(tokens: Tokens, count: int) -> str:
    return " ".join(f"“{token.text}”" if token.quoted else token.text for token in tokens[:count])


def _is_missing(things: list[str]) -> str:
    """One sentence: "A service and a day are missing."."""
    *first, last = things
    named = _("{first} and {last}").format(first=", ".join(first), last=last) if first else last
    sentence = ngettext("{named} is missing.", "{named} are missing.", len(things)).format(named=named)
    return f"{sentence[:1].upper()}{sentence[1:]}"
