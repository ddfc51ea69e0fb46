"""What goes out, of which time, and into which file; one that is there is written over only if somebody says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.language import N_, _
from studio_tui.domain.zones import day_bounds
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.dialogs import Confirm
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.import_form import PathSuggester, typed_path
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow, in_words
from studio_tui.tui.wording import day_text

if TYPE_CHECKING:
    from studio_tui.domain.people import SiteId, StaffId, StaffMember
    from studio_tui.usecases.studio import Studio


class Goods(StrEnum):
    """What can go out; the value is the ending of its file's name."""

    CALENDAR = "ics"
    PAGE = "html"
    PICTURE = "svg"
    SESSIONS = "sessions.csv"
    BOOKINGS = "bookings.csv"
    CLIENTS = "clients.csv"


_GOODS = (
    (N_("Calendar for other programs (iCalendar)"), Goods.CALENDAR),
    (N_("Week for the door: a page to print"), Goods.PAGE),
    (N_("Week for the door: a picture (SVG)"), Goods.PICTURE),
    (N_("Table of sessions (CSV)"), Goods.SESSIONS),
    (N_("Table of bookings (CSV)"), Goods.BOOKINGS),
    (N_("Table of clients (CSV)"), Goods.CLIENTS),
)
_SPANS = ((N_("the week on the screen"), 7), (N_("four weeks from there on"), 28), (N_("a year from there on"), 366))


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What goes where; `days` from `monday` on. `staff_id` and `with_links` count for a calendar only."""

    goods: Goods
    monday: date
    days: int
    staff_id: StaffId | None
    with_links: bool
    file: Path


class ExportForm(Form[ExportChoice, Path]):
    """Asks what goes out and writes it by itself; answers the file's path."""

    HELP_TITLE = "Export"

    def __init__(self, desk: Desk, monday: date) -> None:
        """Make the form. `monday` begins the week on the screen."""
        super().__init__(desk, self._carry_out)
        self.heading, self.act = _("Export"), _("Write the file")
        self._monday = monday
        self._leaders: dict[StaffId, str] = {}

    async def rows(self) -> Sequence[FormRow[Any]]:
        site_id = self.desk.site.id
        staff = await self.desk.run(lambda studio: studio.catalogue.staff(site_id))
        self._leaders = {member.id: member.name for member in staff if member.active}
        people: list[tuple[str, Any]] = [(_("everybody"), None)]
        people += [(name, staff_id) for staff_id, name in self._leaders.items()]
        file = TextRow("file", "File", self._suggested(Goods.CALENDAR), _file_note, hint="~/studio.ics")
        file.control.suggester = PathSuggester()
        return [
            PickRow[Any]("goods", "What", in_words(_GOODS), Goods.CALENDAR),
            PickRow[Any]("span", "Of", in_words(_SPANS), 28),
            PickRow[Any]("staff", "Led by", people, None),
            PickRow[Any]("links", "Join links", ((_("left out"), False), (_("included"), True)), False, _links_note),
            file,
        ]

    def edited(self, row: FormRow[Any]) -> None:
        """Ask only what concerns the goods, and say what they are good for."""
        goods = Goods(self.row("goods").value)
        for key, kinds in (
            ("span", (Goods.CALENDAR, Goods.SESSIONS, Goods.BOOKINGS)),
            ("staff", (Goods.CALENDAR,)),
            ("links", (Goods.CALENDAR,)),
        ):
            self.row(key).display = goods in kinds
        if row.key in ("goods", "staff"):
            file = self.row("file")
            file.rebase(self._suggested(goods, self.row("staff").value))
            if isinstance(file, TextRow):
                file.control.cursor_position = len(file.value)
        self.foretell(_(_WORDS[goods]))

    def read(self) -> ExportChoice:
        goods = Goods(self.row("goods").value)
        calendar = goods is Goods.CALENDAR
        return ExportChoice(
            goods=goods,
            monday=self._monday,
            days=int(self.row("span").value),
            staff_id=self.row("staff").value if calendar else None,
            with_links=bool(self.row("links").value) and calendar,
            file=typed_path(self.text("file")),
        )

    def _suggested(self, goods: Goods, staff_id: StaffId | None = None) -> str:
        from studio_tui.interchange.files import safe_name

        year, week, _ = self._monday.isocalendar()
        parts = [self.desk.site.slug]
        if goods is Goods.CALENDAR and staff_id is not None:
            parts.append(self._leaders[staff_id])
        if goods in (Goods.SESSIONS, Goods.BOOKINGS, Goods.CLIENTS):
            parts.append(goods.value.removesuffix(".csv"))
        if goods is not Goods.CLIENTS:
            parts.append(f"{year}-w{week:02}")
        return f"~/{safe_name(*parts, ending=goods.value.rpartition('.')[2] or goods.value)}"

    async def _carry_out(self, choice: ExportChoice) -> Path:
        from studio_tui.interchange.files import FileExists, write_privately
        from studio_tui.interchange.ics.writer import has_events

        actor, site_id = self.desk.actor, self.desk.site.id
        clock = self.desk.zone
        last = choice.monday + timedelta(days=choice.days - 1)
        start, end = day_bounds(choice.monday, clock)[0], day_bounds(last, clock)[1]
        data = await self.desk.run(lambda studio: made(studio, actor, site_id, choice, start, end))
        try:
            await self.desk.run(lambda _studio: write_privately(choice.file, data))
        except FileExists:
            question = Confirm(
                self.desk,
                question=_("Write over {name}?").format(name=choice.file.name),
                consequences=[_("There is such a file already. What is in it is lost.")],
                act=_("Write over it"),
            )
            if not await self.app.push_screen_wait(question):
                raise NotPossible(_("Nothing was written: type another name.")) from None
            await self.desk.run(lambda _studio: write_privately(choice.file, data, overwrite=True))
        if choice.goods is Goods.CALENDAR and not has_events(data):
            self.app.notify(self._nothing(choice), severity="warning", markup=False)
        return choice.file

    def _nothing(self, choice: ExportChoice) -> str:
        last = choice.monday + timedelta(days=choice.days - 1)
        words = _("{file} is empty: there is no session from {first} to {last}.")
        if choice.staff_id is not None:
            words = _("{file} is empty: {leader} leads none from {first} to {last}.")
        return words.format(
            file=choice.file.name,
            leader="" if choice.staff_id is None else self._leaders[choice.staff_id],
            first=day_text(choice.monday),
            last=day_text(last),
        )


def made(
    studio: Studio, actor: StaffMember, site_id: SiteId, choice: ExportChoice, start: datetime, end: datetime
) -> bytes:
    """The bytes of what goes out.

    Raises:
        NotAllowed: This person may not take it away.
    """
    from studio_tui.usecases.exporting import WeekFormat

    exporting = studio.exporting
    match choice.goods:
        case Goods.CALENDAR:
            return exporting.calendar(
                actor, site_id, start, end, staff_id=choice.staff_id, with_links=choice.with_links
            )
        case Goods.PAGE | Goods.PICTURE:
            return exporting.week(actor, site_id, choice.monday, WeekFormat(choice.goods.value))
        case Goods.SESSIONS:
            return exporting.sessions_table(actor, site_id, start, end)
        case Goods.BOOKINGS:
            return exporting.bookings_table(actor, site_id, start, end)
        case Goods.CLIENTS:
            return exporting.clients_table(actor)


_WORDS = {
    Goods.CALENDAR: N_(
        "A calendar program that reads a later export again finds each session and follows its changes."
    ),
    Goods.PAGE: N_("One A4 sheet, landscape, without clients and links: open it in a browser and print it."),
    Goods.PICTURE: N_("One A4 sheet, landscape, without clients and links, for programs that place pictures."),
    Goods.SESSIONS: N_("Times on the site's clock, a row for each session, cancelled ones too."),
    Goods.BOOKINGS: N_("With clients' names and addresses: keep the file as you keep theirs."),
    Goods.CLIENTS: N_("With clients' names and addresses: keep the file as you keep theirs."),
}


def _links_note(included: bool) -> str | None:
    return _("Whoever has the file can enter the sessions.") if included else None


def _file_note(text: str) -> str | None:
    if not text.strip():
        raise InvalidInput(_("Type where the file goes; → takes what is offered."), field="file")
    path = typed_path(text)
    if path.is_dir():
        raise InvalidInput(_("That is a folder: go on with the name of a file."), field="file")
    if not path.parent.is_dir():
        raise InvalidInput(_("There is no folder {folder}.").format(folder=path.parent), field="file")
    return _("There is such a file already: you are asked before it is written over.") if path.exists() else None
