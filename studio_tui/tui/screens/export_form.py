"""What goes out, of which time, and into which file; one that is there is written over only if somebody says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.zones import day_bounds
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.dialogs import Confirm
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.import_form import PathSuggester, typed_path
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow
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
    ("Calendar for other programs (iCalendar)", Goods.CALENDAR),
    ("Week for the door: a page to print", Goods.PAGE),
    ("Week for the door: a picture (SVG)", Goods.PICTURE),
    ("Table of sessions (CSV)", Goods.SESSIONS),
    ("Table of bookings (CSV)", Goods.BOOKINGS),
    ("Table of clients (CSV)", Goods.CLIENTS),
)
_SPANS = (("the week on the screen", 7), ("four weeks from there on", 28), ("a year from there on", 366))


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
    heading = "Export"
    act = "Write the file"

    def __init__(self, desk: Desk, monday: date) -> None:
        """Make the form. `monday` begins the week on the screen."""
        super().__init__(desk, self._carry_out)
        self._monday = monday
        self._leaders: dict[StaffId, str] = {}

    async def rows(self) -> Sequence[FormRow[Any]]:
        site_id = self.desk.site.id
        staff = await self.desk.run(lambda studio: studio.catalogue.staff(site_id))
        self._leaders = {member.id: member.name for member in staff if member.active}
        people: list[tuple[str, Any]] = [("everybody", None)]
        people += [(name, staff_id) for staff_id, name in self._leaders.items()]
        file = TextRow("file", "File", self._suggested(Goods.CALENDAR), _file_note, hint="~/studio.ics")
        file.control.suggester = PathSuggester()
        return [
            PickRow[Any]("goods", "What", _GOODS, Goods.CALENDAR),
            PickRow[Any]("span", "Of", _SPANS, 28),
            PickRow[Any]("staff", "Led by", people, None),
            PickRow[Any]("links", "Join links", (("left out", False), ("included", True)), False, _links_note),
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
        self.foretell(_WORDS[goods])

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
            await self.desk.run(lambda _: write_privately(choice.file, data))
        except FileExists:
            question = Confirm(
                self.desk,
                question=f"Write over {choice.file.name}?",
                consequences=["There is such a file already. What is in it is lost."],
                act="Write over it",
            )
            if not await self.app.push_screen_wait(question):
                raise NotPossible("Nothing was written: type another name.") from None
            await self.desk.run(lambda _: write_privately(choice.file, data, overwrite=True))
        if choice.goods is Goods.CALENDAR and not has_events(data):
            self.app.notify(f"{choice.file.name} is empty: {self._nothing(choice)}.", severity="warning", markup=False)
        return choice.file

    def _nothing(self, choice: ExportChoice) -> str:
        who = "there is no session" if choice.staff_id is None else f"{self._leaders[choice.staff_id]} leads none"
        last = choice.monday + timedelta(days=choice.days - 1)
        return f"{who} from {day_text(choice.monday)} to {day_text(last)}"


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
    Goods.CALENDAR: "A calendar program that reads a later export again finds each session and follows its changes.",
    Goods.PAGE: "One A4 sheet, landscape, without clients and links: open it in a browser and print it.",
    Goods.PICTURE: "One A4 sheet, landscape, without clients and links, for programs that place pictures.",
    Goods.SESSIONS: "Times on the site's clock, a row for each session, cancelled ones too.",
    Goods.BOOKINGS: "With clients' names and addresses: keep the file as you keep theirs.",
    Goods.CLIENTS: "With clients' names and addresses: keep the file as you keep theirs.",
}


def _links_note(included: bool) -> str | None:
    return "Whoever has the file can enter the sessions." if included else None


def _file_note(text: str) -> str | None:
    if not text.strip():
        raise InvalidInput("Type where the file goes; → takes what is offered.", field="file")
    path = typed_path(text)
    if path.is_dir():
        raise InvalidInput("That is a folder: go on with the name of a file.", field="file")
    if not path.parent.is_dir():
        raise InvalidInput(f"There is no folder {path.parent}.", field="file")
    return "There is such a file already: you are asked before it is written over." if path.exists() else None
