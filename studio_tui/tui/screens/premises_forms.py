"""The forms of a room and of a site's opening hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import work

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.opening import CLOSED, WEEKDAYS, OpeningHours, normalised, parse_hours
from studio_tui.domain.people import Site
from studio_tui.domain.rooms import ROOM_NAME_LIMIT, Room, RoomUse
from studio_tui.domain.services import MAX_CAPACITY
from studio_tui.tui.desk import Desk
from studio_tui.tui.lengths import parse_number
from studio_tui.tui.nouns import counted_sessions, counted_upcoming
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.premises import day_hours, what_taking_out_does
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow, in_words, within

if TYPE_CHECKING:
    from studio_tui.usecases.premises import RoomDraft

_ACTIVE = [(N_("yes"), True), (N_("no"), False)]
_SAME = N_("same")


class RoomForm(Form["RoomDraft", Room]):
    """Makes or changes a room by itself, and answers it."""

    HELP_TITLE = "A room"

    def __init__(self, desk: Desk, *, room: Room | None, name: str = "") -> None:
        """Make the form: of the room, or with None of a new one that is called `name`."""
        super().__init__(desk, self._carry_out)
        self.heading = _("New room") if room is None else _("Room {name}").format(name=room.name)
        self._room = room
        self._name = name
        self._use = RoomUse(0, 0)

    async def rows(self) -> Sequence[FormRow[Any]]:
        if self._room is not None:
            room_id = self._room.id
            self._use = await self.desk.run(lambda studio: studio.premises.use(room_id))
        stored = self._stored()
        name = TextRow("name", "Name", stored["name"], _check_name)
        active = PickRow("active", "In use", in_words(_ACTIVE), stored["active"])
        active.display = self._room is not None
        return [name, TextRow("capacity", "Holds", stored["capacity"], _capacity_note, short=True), active]

    def read(self) -> RoomDraft:
        from studio_tui.usecases.premises import RoomDraft

        return RoomDraft(
            id=None if self._room is None else self._room.id,
            site_id=self.desk.site.id,
            name=self.text("name"),
            capacity=_capacity(self.text("capacity")),
            active=self.row("active").value,
        )

    def edited(self, row: FormRow[Any]) -> None:
        """A new name, and a room out of use, are told with the sessions that they reach."""
        if self._room is None:
            return
        parts = []
        if self.text("name") != self._room.name and self._use.sessions:
            parts.append(self._along())
        if self._room.active and not self.row("active").value and self._use.upcoming:
            parts.append(what_taking_out_does(self._use.upcoming))
        self.foretell("\n".join(parts))

    def _along(self) -> str:
        """How many sessions take a new name along."""
        sessions, upcoming = self._use.sessions, self._use.upcoming
        if upcoming:
            words = ngettext(
                "{sessions} takes the new name along, {n} of them upcoming.",
                "{sessions} take the new name along, {n} of them upcoming.",
                sessions,
            )
        else:
            words = ngettext("{sessions} takes the new name along.", "{sessions} take the new name along.", sessions)
        return words.format(sessions=counted_sessions(sessions), n=upcoming)

    async def rebase(self) -> None:
        if self._room is None:
            return
        room_id, site_id = self._room.id, self.desk.site.id
        self._room, self._use = await self.desk.run(
            lambda studio: (studio.premises.room(site_id, room_id), studio.premises.use(room_id))
        )
        for key, value in self._stored().items():
            self.row(key).rebase(value)

    def _stored(self) -> dict[str, Any]:
        room = self._room
        capacity = None if room is None else room.capacity
        return {
            "name": self._name if room is None else room.name,
            "capacity": "" if capacity is None else str(capacity),
            "active": True if room is None else room.active,
        }

    async def _carry_out(self, draft: RoomDraft) -> Room:
        actor, version = self.desk.actor, None if self._room is None else self._room.change.version
        return await self.desk.run(lambda studio: studio.premises.save(actor, draft, version=version))


class HoursForm(Form[tuple[OpeningHours, ...], Site]):
    """Sets a site's opening hours by itself, the whole week at once, and answers the site."""

    HELP_TITLE = "Opening hours"

    def __init__(self, desk: Desk, *, weekday: int = 0) -> None:
        """Make the form, to begin at that weekday."""
        super().__init__(desk, self._carry_out)
        self.heading = _("Opening hours of {site}").format(site=desk.site.name)
        self._weekday = weekday
        self._site = desk.site

    async def rows(self) -> Sequence[FormRow[Any]]:
        self.introduce(
            _('Type times as "7-13, 15:30-22", "18-02" past midnight, or "closed", or "same" as on the day before.')
        )
        stored = await self._stored()
        return [
            TextRow(f"{day}", _(name), stored[day], _HoursNote(day), hint="closed") for day, name in enumerate(WEEKDAYS)
        ]

    def read(self) -> tuple[OpeningHours, ...]:
        texts: list[str] = []
        for day in range(len(WEEKDAYS)):
            text = self.text(str(day))
            texts.append(texts[-1] if _is_same(text) and texts else text)
        return normalised(each for day, text in enumerate(texts) for each in _parsed(text, day))

    def edited(self, row: FormRow[Any]) -> None:
        """What is typed is told with the sessions that would lie outside."""
        self._count()

    async def rebase(self) -> None:
        for day, text in enumerate(await self._stored()):
            self.row(str(day)).rebase(text)

    def focus_first(self) -> None:
        """Begin at the day under the list's cursor."""
        self.row(str(self._weekday)).control.focus()

    @work(exit_on_error=False, exclusive=True, group="count")
    async def _count(self) -> None:
        site_id = self._site.id
        try:
            wanted = self.read()
        except InvalidInput:
            self.foretell("")  # the row says it
            return
        if not wanted:
            self.foretell(_("No hours on any day: the site counts as open at any time.") if self.dirty else "")
            return
        outside = await self.desk.run(lambda studio: studio.premises.outside(site_id, wanted))
        words = _("⚠ {sessions} outside these hours.")
        self.foretell(words.format(sessions=counted_upcoming(outside)) if outside else "")

    async def _stored(self) -> list[str]:
        site_id = self._site.id
        self._site, hours = await self.desk.run(
            lambda studio: (studio.catalogue.site(site_id), studio.premises.hours(site_id))
        )
        return [day_hours(hours, day) if hours else "" for day in range(len(WEEKDAYS))]

    async def _carry_out(self, hours: tuple[OpeningHours, ...]) -> Site:
        actor, site = self.desk.actor, self._site
        return await self.desk.run(
            lambda studio: studio.premises.set_hours(actor, site.id, hours, version=site.change.version)
        )


class _HoursNote:
    """Says how a day's hours are read."""

    def __init__(self, weekday: int) -> None:
        self._weekday = weekday

    def __call__(self, text: str) -> str | None:
        if self._weekday and _is_same(text):
            return _("As on {day}.").format(day=_(WEEKDAYS[self._weekday - 1]))
        read = day_hours(_parsed(text, self._weekday), self._weekday)
        return None if read in (text.strip(), _(CLOSED)) else read


def _is_same(text: str) -> bool:
    """Whether a day is as the one before; the word is understood in English too."""
    return text.strip().casefold() in (_SAME, _(_SAME).casefold())


def _parsed(text: str, weekday: int) -> list[OpeningHours]:
    """A day's hours; that it is closed is understood in English too."""
    return list(parse_hours(CLOSED if text.strip().casefold() == _(CLOSED).casefold() else text, weekday))


def _check_name(text: str) -> None:
    if not text.strip():
        raise InvalidInput(_("A room needs a name."), field="name")
    within(ROOM_NAME_LIMIT, "name", text)


def _capacity(text: str) -> int | None:
    return parse_number(text, 1, MAX_CAPACITY, _("Holds"), "capacity") if text.strip() else None


def _capacity_note(text: str) -> str | None:
    number = _capacity(text)
    return _("people; empty if nobody knows") if number is None else ngettext("person", "people", number)
