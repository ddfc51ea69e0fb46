"""The premises: the site itself, its rooms and when it is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.opening import CLOSED, WEEKDAYS, OpeningHours, hours_text
from studio_tui.domain.people import Site
from studio_tui.domain.permissions import Act, check
from studio_tui.domain.rooms import Room, RoomLine
from studio_tui.domain.terminal import pad, safe_display
from studio_tui.tui.desk import Desk
from studio_tui.tui.nouns import counted_people, counted_upcoming
from studio_tui.tui.screens.list_screen import Line, ListScreen
from studio_tui.tui.screens.site_form import language_name
from studio_tui.tui.wording import written_text

if TYPE_CHECKING:
    from studio_tui.domain.people import Change
    from studio_tui.usecases.studio import Studio

_HOLDS, _NEXT, _LABEL, _MOST = 14, 14, 13, 40

Item = Site | RoomLine | int
"""What a line is about: the site, a room, or a weekday."""


class PremisesScreen(ListScreen[Item]):
    """The site in a line, then its rooms, then its week of opening hours."""

    HELP_TITLE = "Rooms and hours"
    HELP_SIGNS: ClassVar = {
        "×": "a room that is not in use",
        "?": "a name that only sessions carry",
        "⚠": "outside the hours",
    }
    BINDINGS: ClassVar = [
        Binding("enter", "edit", "Edit", id="premises.edit", tooltip="Edit the room, the hours or the site"),
        Binding("n", "new", "New room", id="premises.new", tooltip="Make a room"),
        Binding("d,delete", "use", "In use", id="premises.use", tooltip="Take the room out of use, or back into it"),
        Binding("X", "remove", "Remove", id="premises.remove", tooltip="Take the room off the list"),
    ]
    topics = ("site", "session")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._site = desk.site
        self._hours: tuple[OpeningHours, ...] = ()
        self._rooms: list[RoomLine] = []
        self._outside = 0

    # -- what is shown ---------------------------------------------------------------------------------------------

    def title_now(self) -> str:
        return _("Rooms and hours · {site}").format(site=self.desk.site.name)

    async def load(self) -> Sequence[Line[Item]]:
        site_id = self.desk.site.id

        def read(studio: Studio) -> tuple[Site, list[RoomLine], tuple[OpeningHours, ...], int]:
            hours = studio.premises.hours(site_id)
            outside = studio.premises.outside(site_id, hours)
            return studio.catalogue.site(site_id), studio.premises.lines(site_id), hours, outside

        self._site, self._rooms, self._hours, self._outside = await self.desk.run(read)
        return [
            Line("site", self._site),
            Line("rooms", None),
            *(Line[Item](f"room {line.name}", line) for line in self._rooms),
            *([] if self._rooms else [Line[Item]("no rooms", None)]),
            Line("hours", None),
            *(Line[Item](f"day {weekday}", weekday) for weekday in range(len(WEEKDAYS))),
        ]

    def row(self, line: Line[Item], width: int) -> Content:
        match line.item:
            case None:
                return self._heading(line.key, width)
            case RoomLine() as room:
                return _room_row(room, width)
            case Site() as site:
                facts = _("{zone} · mails in {language}").format(zone=site.zone, language=language_name(site.language))
                cells = min(_MOST, max(12, width - 2 - len(facts)))
                return Content.assemble("  ", (pad(safe_display(site.name), cells), "bold"), (facts, "dim"))
            case weekday:
                hours = day_hours(self._hours, weekday) if self._hours else "–"
                return Content.assemble(
                    pad(f"  {_(WEEKDAYS[weekday])}", _LABEL + 2), (hours, "dim" if hours in (_(CLOSED), "–") else "")
                )

    def panel(self, item: Item) -> tuple[str, str]:
        if isinstance(item, RoomLine):
            return item.name, "\n".join(self._room_lines(item))
        if isinstance(item, Site):
            lines = [
                self._written(item.change),
                _("Commands call it {slug}. Its clock is that of {zone}.").format(slug=item.slug, zone=item.zone),
            ]
            return item.name, "\n".join(lines)
        if not self._hours:
            return _(WEEKDAYS[item]), _(
                "No opening hours are set, so the site counts as open at any time. Enter sets them."
            )
        warning = (
            [_("⚠ {sessions} outside the opening hours.").format(sessions=counted_upcoming(self._outside))]
            if self._outside
            else []
        )
        return _(WEEKDAYS[item]), "\n".join([self._open(item), *warning])

    def _open(self, weekday: int) -> str:
        hours = day_hours(self._hours, weekday)
        return _("Open {hours}.").format(hours=hours)

    def _heading(self, key: str, width: int) -> Content:
        if key == "no rooms":
            return Content(f"  {_('No rooms yet. n: new room')}").stylize("dim")
        title = {"rooms": _("Rooms"), "hours": _("Opening hours")}[key]
        return Content(f"── {title} ".ljust(width, "─")).stylize("dim")

    def _room_lines(self, line: RoomLine) -> list[str]:
        upcoming = _("{sessions} here.").format(sessions=counted_upcoming(line.upcoming))
        if line.room is None:
            return [_("Sessions name it, but it is not in the list of rooms. Enter adds it."), upcoming]
        capacity = line.room.capacity
        holds = (
            _("Nobody said how many people it holds.")
            if capacity is None
            else _("Holds {people}.").format(people=counted_people(capacity))
        )
        state = [] if line.room.active else [_("Not in use: it is not offered for new sessions.")]
        return [self._written(line.room.change), *state, holds, upcoming]

    def _written(self, change: Change) -> str:
        return written_text(change, self.desk.now(), self.desk.zone)

    # -- acts ------------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        self.action_edit()

    @work(exit_on_error=False, group="opens")
    async def action_edit(self) -> None:
        """Open the form of what is under the cursor."""
        match self.chosen:
            case RoomLine() as line:
                await self._edit_room(line.room, line.name)
            case Site() as site:
                await self._edit_site(site)
            case int() as weekday:
                await self._edit_hours(weekday)

    @work(exit_on_error=False, group="opens")
    async def action_new(self) -> None:
        """Open the form of a new room."""
        await self._edit_room(None, "")

    @work(exit_on_error=False, group="act")
    async def action_use(self) -> None:
        """Take the room under the cursor out of use, which is asked about if sessions are in it, or back into it."""
        from studio_tui.usecases.premises import RoomDraft

        line, room = self._chosen_room(_("No room of the list under the cursor to take out of use."))
        capacity, active = room.capacity, not room.active
        draft = RoomDraft(id=room.id, site_id=room.site_id, name=room.name, capacity=capacity, active=active)
        if (
            room.active
            and line.upcoming
            and not await self._agreed(
                _("Take {name} out of use?").format(name=room.name),
                [what_taking_out_does(line.upcoming)],
                _("Take it out of use"),
            )
        ):
            return
        actor = self.desk.actor
        saved = await self.desk.run(lambda studio: studio.premises.save(actor, draft, version=room.change.version))
        await self.read_again(f"room {saved.name}")
        said = _("{name} is in use again. u undoes it.") if saved.active else _("{name} is out of use. u undoes it.")
        self.tell(said.format(name=saved.name))

    @work(exit_on_error=False, group="opens")
    async def action_remove(self) -> None:
        """Take the room under the cursor off the list; sessions keep its name."""
        line, room = self._chosen_room(_("No room of the list under the cursor to remove."))
        keep = ngettext(
            "{sessions} there keeps its name, and so does the past.",
            "{sessions} there keep its name, and so does the past.",
            line.upcoming,
        ).format(sessions=counted_upcoming(line.upcoming))
        if not await self._agreed(
            _("Take {name} off the list?").format(name=room.name), [keep], _("Take it off the list")
        ):
            return
        actor = self.desk.actor
        await self.desk.run(lambda studio: studio.premises.remove(actor, room.id, version=room.change.version))
        await self.read_again()
        self.tell(_("{name} is off the list. u undoes it.").format(name=room.name))

    def _chosen_room(self, otherwise: str) -> tuple[RoomLine, Room]:
        check(self.desk.actor, Act.MANAGE_ROOMS)
        line = self.chosen
        if not isinstance(line, RoomLine) or line.room is None:
            raise NotPossible(otherwise)
        return line, line.room

    async def _agreed(self, question: str, consequences: list[str], act: str) -> bool:
        from studio_tui.tui.screens.dialogs import Confirm

        dialog = Confirm(self.desk, question=question, consequences=consequences, act=act)
        answer = await self.app.push_screen_wait(dialog)
        return bool(answer)

    async def _edit_room(self, room: Room | None, name: str) -> None:
        from studio_tui.tui.screens.premises_forms import RoomForm

        check(self.desk.actor, Act.MANAGE_ROOMS)
        saved = await self.app.push_screen_wait(RoomForm(self.desk, room=room, name=name))
        if saved is not None:
            await self.read_again(f"room {saved.name}")
            self.tell(_("{name} is saved. u undoes it.").format(name=saved.name))

    async def _edit_hours(self, weekday: int) -> None:
        from studio_tui.tui.screens.premises_forms import HoursForm

        check(self.desk.actor, Act.MANAGE_SITE)
        saved = await self.app.push_screen_wait(HoursForm(self.desk, weekday=weekday))
        if saved is not None:
            await self.read_again(f"day {weekday}")
            self.tell(_("The opening hours are saved. u undoes it."))

    async def _edit_site(self, site: Site) -> None:
        from studio_tui.tui.screens.site_form import SiteForm

        check(self.desk.actor, Act.MANAGE_SITE)
        saved = await self.app.push_screen_wait(SiteForm(self.desk, site=site))
        if saved is not None:
            self.desk.take_site(saved)
            self.query_one("#title", Static).update(self.title_now())
            await self.read_again("site")
            self.tell(_("{name} is saved. u undoes it.").format(name=saved.name))


def what_taking_out_does(upcoming: int) -> str:
    """What stays where it is when a room is taken out of use."""
    words = ngettext(
        "{sessions} stays there; it is not offered for new ones any more.",
        "{sessions} stay there; it is not offered for new ones any more.",
        upcoming,
    )
    return words.format(sessions=counted_upcoming(upcoming))


def day_hours(hours: Sequence[OpeningHours], weekday: int) -> str:
    """A day's hours as they are read and typed, in the language of the screen."""
    text = hours_text(hours, weekday)
    return _(CLOSED) if text == CLOSED else text


def _room_row(line: RoomLine, width: int) -> Content:
    room = line.room
    cells = min(_MOST, max(12, width - 2 - _HOLDS - _NEXT - _LABEL))
    upcoming = ngettext("{n} next", "{n} next", line.upcoming).format(n=line.upcoming) if line.upcoming else ""
    if room is None:
        return Content.assemble(
            "? ",
            (pad(safe_display(line.name), cells), "dim"),
            (pad(_("not in the list"), _HOLDS + _LABEL), "dim"),
            (upcoming.rjust(_NEXT), "dim"),
        )
    holds = "" if room.capacity is None else _("holds {n}").format(n=room.capacity)
    style = "" if room.active else "dim strike"
    state = "" if room.active else _("not in use")
    return Content.assemble(
        "  " if room.active else "× ",
        (pad(safe_display(room.name), cells), style),
        (pad(holds, _HOLDS), "dim"),
        (pad(state, _LABEL), "dim"),
        (upcoming.rjust(_NEXT), "dim"),
    )
