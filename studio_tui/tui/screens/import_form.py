"""The form that brings in a calendar, a timetable or a list of clients: what it would do is told before it is done."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from textual import work
from textual.suggester import Suggester

from studio_tui.domain.errors import InvalidInput, NotPossible, StudioError
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.form import Form
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow, in_words
from studio_tui.tui.wording import day_text

if TYPE_CHECKING:
    from studio_tui.domain.people import SiteId, StaffMember
    from studio_tui.domain.services import Service
    from studio_tui.usecases.import_reports import ImportReport
    from studio_tui.usecases.studio import Studio

FileKind = Literal["calendar", "sessions", "clients"]

_CALENDARS, _TABLES = (".ics", ".ical", ".ifb"), (".csv", ".tsv", ".txt")
_BEGINNING = 16 * 1024
"""So much of a table tells what it holds; an even number, or UTF-16 would be cut within a letter."""
_WORDS: dict[FileKind, str] = {
    "calendar": N_("a calendar"),
    "sessions": N_("a timetable: a table of sessions"),
    "clients": N_("a list of clients"),
}


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """A file, what it holds, and a service: that of a calendar's sessions, or of rows that name none or an unknown one."""

    file: Path
    kind: FileKind
    service: Service | None = None


class ImportForm(Form[ImportChoice, "ImportReport"]):
    """Asks for a file and brings it in by itself; answers what came of it.

    With `review` everything that the file would bring in is shown before it does.
    """

    HELP_TITLE = "Bringing in a file"

    def __init__(self, desk: Desk, *, review: bool = False) -> None:
        super().__init__(desk, self._review if review else self._carry_out)
        self.heading = _("Bring in a calendar, a timetable or a list of clients")
        self.act = _("Look into it") if review else _("Bring it in")
        self.file_name = ""

    async def rows(self) -> Sequence[FormRow[Any]]:
        site_id = self.desk.site.id
        services = await self.desk.run(lambda studio: [s for s in studio.catalogue.services(site_id) if s.active])
        file = TextRow("file", "File", "", _file_note, hint="~/calendar.ics, ~/timetable.csv or ~/clients.csv")
        file.control.suggester = PathSuggester()
        options: list[tuple[str, Service | None]] = [(service.name, service) for service in services]
        service = PickRow[Any](
            "service", "Sessions of", options or in_words([_NO_SERVICE]), (options or [_NO_SERVICE])[0][1]
        )
        kinds: list[tuple[str, FileKind | None]] = [(_("what its headings say"), None)]
        kinds += [(_("a timetable"), "sessions"), (_("a list of clients"), "clients")]
        holds = PickRow[Any]("holds", "It holds", kinds, None)
        other = PickRow[Any]("other", "Other services", [(_("leave those rows out"), None), *options], None)
        service.display = holds.display = other.display = False
        return [file, holds, service, other]

    def read(self) -> ImportChoice:
        file = typed_path(self.text("file"))
        kind: FileKind = _kind_of(file, self.row("holds").value)
        if kind != "calendar":
            return ImportChoice(file, kind, self.row("other").value if kind == "sessions" else None)
        service = self.row("service").value
        if service is None:
            raise InvalidInput(_("A calendar becomes sessions of a service: make the service first."), field="service")
        return ImportChoice(file, kind, service)

    def edited(self, row: FormRow[Any]) -> None:
        """What is asked depends on what the file holds; what would come of it is counted."""
        file = typed_path(self.text("file"))
        kind = _kind_of(file, self.row("holds").value)
        self.row("service").display = kind == "calendar"
        self.row("holds").display = kind != "calendar" and file.is_file()
        self.row("other").display = kind == "sessions"
        self._count()

    @work(exit_on_error=False, exclusive=True, group="count")
    async def _count(self) -> None:
        self.foretell("")
        try:
            choice = self.read()
        except InvalidInput:
            return  # the row says it
        if not choice.file.is_file():
            return
        await asyncio.sleep(_PATIENCE_S)  # a path that is still being typed is not read letter by letter
        self.foretell(_("Reading …"))
        actor, site_id = self.desk.actor, self.desk.site.id
        try:
            report = await self.desk.run(lambda studio: bring_in(studio, actor, site_id, choice, dry_run=True))
        except StudioError as error:
            self.foretell(str(error))
        else:
            words, _newline, skipped = import_words(report).partition("\n")
            self.foretell(f"{words}{span_words(report, self.desk)}\n{skipped}".strip())

    async def _review(self, choice: ImportChoice) -> ImportReport:
        from studio_tui.tui.screens.import_review import ImportReview

        self.file_name = choice.file.name
        report = await self.app.push_screen_wait(ImportReview(self.desk, choice))
        if report is None:
            raise NotPossible(_("Nothing was brought in."))
        return report

    async def _carry_out(self, choice: ImportChoice) -> ImportReport:
        self.file_name = choice.file.name
        actor, site_id = self.desk.actor, self.desk.site.id
        return await self.desk.run(lambda studio: bring_in(studio, actor, site_id, choice, dry_run=False))


_PATIENCE_S = 0.2
_NO_SERVICE = (N_("none yet: make one first"), None)


class PathSuggester(Suggester):
    """Completes a path by what is in the folder."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The typed path with the rest of the first name that begins so; folders end with a slash."""
        return await asyncio.to_thread(completed, value)


def completed(typed: str) -> str | None:
    """The typed path with the rest of the first name in its folder that begins so, None if there is none."""
    folder, name = os.path.split(typed)
    if not name:
        return None
    with suppress(OSError):
        for entry in sorted(os.scandir(Path(folder or ".").expanduser()), key=lambda entry: entry.name):
            fits = entry.is_dir() or entry.name.lower().endswith((*_CALENDARS, *_TABLES))
            if entry.name.startswith(name) and fits:
                return typed + entry.name[len(name) :] + ("/" if entry.is_dir() else "")
    return None


def typed_path(text: str) -> Path:
    """The path that somebody typed: `~` is their home."""
    path = Path(text.strip())
    with suppress(RuntimeError):  # ~somebody who does not exist
        path = path.expanduser()
    return path


def bring_in(
    studio: Studio,
    actor: StaffMember,
    site_id: SiteId,
    choice: ImportChoice,
    *,
    dry_run: bool,
    progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """Bring in the file, or only find out what that would do.

    Raises:
        InvalidInput, UnreadableFile, NotAllowed: Nothing was brought in.
    """
    try:
        data = choice.file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            _("{file} cannot be read: {reason}.").format(file=choice.file.name, reason=error.strerror), field="file"
        ) from error
    name, service_id = choice.file.name, None if choice.service is None else choice.service.id
    if choice.kind == "clients":
        return studio.importing.import_clients(actor, data, name, dry_run=dry_run, progress=progress)
    if choice.kind == "sessions" or service_id is None:
        return studio.importing.import_sessions(
            actor, site_id, data, name, service_id=service_id, dry_run=dry_run, progress=progress
        )
    return studio.importing.import_calendar(actor, site_id, service_id, data, name, dry_run=dry_run, progress=progress)


def import_words(report: ImportReport) -> str:
    """What an import did, or would do."""
    made, changed, cancelled = report.count("made"), report.count("changed"), report.count("cancelled")
    unchanged, skipped = report.count("unchanged"), report.count("skipped")
    counts = [
        (made, ngettext("{n} new", "{n} new", made)),
        (changed, ngettext("{n} changed", "{n} changed", changed)),
        (cancelled, ngettext("{n} cancelled", "{n} cancelled", cancelled)),
        (unchanged, ngettext("{n} unchanged", "{n} unchanged", unchanged)),
        (skipped, ngettext("{n} skipped", "{n} skipped", skipped)),
    ]
    done = [words.format(n=number) for number, words in counts if number]
    first = next((line for line in report.lines if line.action == "skipped"), None)
    words = _("Brought in: {what}.") if report.saved else _("It would bring in: {what}.")
    told = words.format(what=", ".join(done) or _("nothing"))
    why = "" if first is None else _("Skipped, for example: {reason}").format(reason=first.reason)
    return f"{told}\n{why}" if why else told


def span_words(report: ImportReport, desk: Desk) -> str:
    """From when to when the sessions are that an import writes, with a blank before it; empty without any."""
    starts = [
        line.starts_at
        for line in report.lines
        if line.starts_at is not None and line.action in ("made", "changed", "cancelled")
    ]
    if not starts:
        return ""
    first, last = (day_text(desk.wall(at).date()) for at in (min(starts), max(starts)))
    past = max(starts) < desk.now()
    if first == last:
        words = _("On {first}, all in the past.") if past else _("On {first}.")
    else:
        words = _("From {first} to {last}, all in the past.") if past else _("From {first} to {last}.")
    return f" {words.format(first=first, last=last)}"


def _file_note(text: str) -> str | None:
    if not text.strip():
        raise InvalidInput(_("Type where the file is; → takes what is offered."), field="file")
    path = typed_path(text)
    if path.is_dir():
        raise InvalidInput(_("That is a folder: go on with the name of a file."), field="file")
    if not path.is_file():
        raise InvalidInput(_("There is no such file."), field="file")
    from studio_tui.interchange.decoding import MAX_BYTES

    size = path.stat().st_size
    if not size:
        raise InvalidInput(_("That file is empty: export it again."), field="file")
    if size > MAX_BYTES:
        raise InvalidInput(
            _("That file is larger than {n} MB: export a shorter span of time.").format(n=MAX_BYTES >> 20), field="file"
        )
    return f"{_(_WORDS[_kind_of(path)])}, {grouped(max(1, size // 1024))} kB"


def _kind_of(path: Path, said: FileKind | None = None) -> FileKind:
    """What a file holds: by its ending, by what somebody said, or by its headings."""
    if path.suffix.lower() in _CALENDARS:
        return "calendar"
    return said or _kind_by_headings(path)


def _kind_by_headings(path: Path) -> FileKind:
    from studio_tui.interchange.records import UnreadableFile
    from studio_tui.interchange.sessions_csv import kind_of_table

    try:
        if path.is_file():
            with path.open("rb") as file:
                return kind_of_table(file.read(_BEGINNING))
    except (OSError, UnreadableFile):
        pass  # whoever reads it whole says what is wrong with it
    return "clients"
