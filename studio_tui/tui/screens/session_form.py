"""The form of a session: a new one at the calendar's cursor, or an existing one with all its fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from textual import work

from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.dates import parse_date, parse_time
from studio_tui.domain.errors import InvalidInput, NotPossible, StudioError
from studio_tui.domain.language import _
from studio_tui.domain.repeat_text import Repeat
from studio_tui.domain.series_words import creation_lines
from studio_tui.domain.services import MAX_CAPACITY, CourseId, ServiceKind
from studio_tui.domain.sessions import Origin, SessionId
from studio_tui.domain.zones import to_utc
from studio_tui.tui.desk import Desk
from studio_tui.tui.lengths import parse_length, parse_number
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.repeat_rows import REPEAT_KEYS, exceptions_of, rule_of, show_repeat_rows
from studio_tui.tui.screens.session_rows import (
    NEW_RUN,
    Choices,
    edit_rows,
    known_room,
    leaders,
    new_rows,
    stored_values,
)
from studio_tui.tui.widgets.drawer_texts import series_lines, title_line
from studio_tui.tui.widgets.form_rows import FormRow, PickRow
from studio_tui.tui.wording import move_text, refusal

if TYPE_CHECKING:
    from studio_tui.domain.agenda import SessionDetail
    from studio_tui.domain.clashes import Clash
    from studio_tui.domain.people import SiteId, StaffMember
    from studio_tui.domain.recurrence import Rule
    from studio_tui.domain.rooms import Room
    from studio_tui.domain.series_words import SeriesResult
    from studio_tui.domain.services import Service
    from studio_tui.domain.sessions import Session
    from studio_tui.usecases.scheduling import MovePreview, SessionDraft, SessionEdit
    from studio_tui.usecases.studio import Studio

_WHEN = ("date", "time", "length")
_TAKEN_UP = ("staff_id", "room", "capacity")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChoice:
    """What the form holds: start (aware UTC), length, the value of every row by its key, and how it recurs, if it does."""

    starts_at: datetime
    length: timedelta
    values: dict[str, Any]
    rule: Rule | None = None
    exceptions: tuple[date, ...] = ()


class SessionForm(Form[SessionChoice, SessionId]):
    """Makes or changes a session by itself, and answers its id. Consequences are told before it is saved."""

    HELP_TITLE = "A session"

    def __init__(self, desk: Desk, *, session_id: SessionId | None, starts_at: datetime | None) -> None:
        """Make the form: of the session, or with `session_id` None of a new one at `starts_at` (aware UTC)."""
        super().__init__(desk, self._carry_out)
        self.heading = _("New session") if session_id is None else _("Edit session")
        self._session_id = session_id
        self._starts_at = starts_at or desk.now()
        self._detail: SessionDetail | None = None
        self._rooms: tuple[Room, ...] = ()
        self.result: SeriesResult | None = None
        """What saving an edit came to."""

    async def rows(self) -> Sequence[FormRow[Any]]:
        choices, self._detail = await self.desk.run(self._load)
        self._rooms = choices.rooms
        whose = self.desk.whose_clock(self._starts_at if self._detail is None else self._detail.session.starts_at)
        if self._detail is None:
            self.introduce(whose)
            return new_rows(self.desk, choices, self._starts_at)
        lines = [title_line(self._detail), *series_lines(self._detail), whose]
        self.introduce("\n".join(line for line in lines if line))
        return edit_rows(self.desk, choices, self._detail)

    def read(self) -> SessionChoice:
        values = {row.key: row.value for row in self.form_rows}
        values["room"] = known_room(self._rooms, values["room"])
        starts_at, today = self._start(), self.desk.wall(self.desk.now()).date()
        if self._detail is not None:
            return SessionChoice(starts_at=starts_at, length=self._length(), values=values)
        return SessionChoice(
            starts_at=starts_at,
            length=self._length(),
            values=values,
            rule=rule_of(values, self.desk.wall(starts_at).date(), today),
            exceptions=exceptions_of(values, today),
        )

    def edited(self, row: FormRow[Any]) -> None:
        """A service brings its length and places along; a new time is told with what it does."""
        if row.key == "service":
            service: Service = row.value
            self.row("length").rebase(str(service.duration // timedelta(minutes=1)))
            self.row("capacity").rebase(str(service.capacity))
            self.row("course").display = service.kind is ServiceKind.COURSE
        if row.key == "repeats":
            show_repeat_rows({each.key: each for each in self.form_rows})
            self.row("scheduled").display = row.value is Repeat.NEVER
        if self._detail is None:
            self._foretell_series()
        elif row.key in (*_WHEN, *_TAKEN_UP):
            self._foretell_edit()

    async def rebase(self) -> None:
        choices, self._detail = await self.desk.run(self._load)
        led_by = self.row("staff_id")
        if self._detail is not None and isinstance(led_by, PickRow):
            led_by.offer(leaders(choices))
            for key, value in stored_values(self.desk, self._detail).items():
                self.row(key).rebase(value)

    @work(exit_on_error=False, exclusive=True, group="foretell")
    async def _foretell_edit(self) -> None:
        """Say what a new time does, and what the session as typed would get in the way of."""
        detail, actor = self._detail, self.desk.actor
        if detail is None or not any(self.row(key).dirty for key in (*_WHEN, *_TAKEN_UP)):
            self.foretell("")
            return
        try:
            edit = _edit(self.read())
            preview, clashes = await self.desk.run(lambda studio: _ask(studio, actor, detail.session, edit))
        except InvalidInput:
            self.foretell("")  # the row says it
        except StudioError as error:
            self.foretell(refusal(error, self.desk.zone, self.desk.now()))
        else:
            told = clash_sentences(clashes, self.desk.zone, self.desk.client)
            near, zone, online = self.desk.wall(detail.session.starts_at).date(), self.desk.zone, detail.entry.online
            if preview is None:
                self.foretell(_warnings(told))
            else:
                self.foretell(move_text(preview, edit.starts_at, zone, near, online=online, clashes=told))

    @work(exit_on_error=False, exclusive=True, group="foretell")
    async def _foretell_series(self) -> None:
        """Say which sessions a new series would have, and what a new session or series would clash with."""
        actor, site_id = self.desk.actor, self.desk.site.id
        try:
            choice = self.read()
            rule = choice.rule
            draft = _draft(site_id, choice)
            if rule is None:
                clashes = await self.desk.run(lambda studio: studio.clashing.of_draft(actor, draft))
                self.foretell(_warnings(clash_sentences(clashes, self.desk.zone, self.desk.client)))
                return
            preview = await self.desk.run(
                lambda studio: studio.series.preview_create(actor, draft, rule, choice.exceptions)
            )
        except InvalidInput as error:
            self.foretell("" if error.field in REPEAT_KEYS else str(error))
        except StudioError as error:
            self.foretell(refusal(error, self.desk.zone, self.desk.now()))
        else:
            self.foretell("\n".join(creation_lines(preview, self.desk.zone, self.desk.client)))

    def _start(self) -> datetime:
        """The start that is typed; one that nobody changed is kept to the second."""
        date_row, time_row = self.row("date"), self.row("time")
        if self._detail is not None and not date_row.dirty and not time_row.dirty:
            return self._detail.session.starts_at
        today = self.desk.wall(self.desk.now()).date()
        wall = datetime.combine(parse_date(date_row.value, today), parse_time(time_row.value))
        return to_utc(wall, self.desk.zone)

    def _length(self) -> timedelta:
        row = self.row("length")
        if self._detail is not None and not row.dirty:
            return self._detail.session.length
        return parse_length(row.value)

    def _load(self, studio: Studio) -> tuple[Choices, SessionDetail | None]:
        site_id = self.desk.site.id
        detail = None if self._session_id is None else studio.calendar.detail(self._session_id)
        choices = Choices(
            services=tuple(s for s in studio.catalogue.services(site_id) if s.active),
            staff=tuple(m for m in studio.catalogue.staff(site_id) if m.active or (detail and m == detail.leader)),
            courses=tuple(studio.catalogue.courses(site_id)),
            rooms=tuple(studio.premises.rooms(site_id)),
        )
        if not choices.services:
            raise InvalidInput(_("There is no service yet to make a session of: S, then n makes one."))
        return choices, detail

    async def _carry_out(self, choice: SessionChoice) -> SessionId:
        actor, detail = self.desk.actor, self._detail
        if detail is None:
            session_id = await self.desk.run(lambda studio: _create(studio, actor, self.desk.site.id, choice))
        else:
            session_id = await self._edit(detail, choice)
        saved = await self.desk.run(lambda studio: studio.calendar.detail(session_id))
        # They are flagged when it is saved (SPEC L9).
        for sentence in clash_sentences(saved.clashes, self.desk.zone, self.desk.client):
            self.app.notify(f"⚠ {sentence}", severity="warning", markup=False)
        return session_id

    async def _edit(self, detail: SessionDetail, choice: SessionChoice) -> SessionId:
        """Change the session as far as is wished: alone, with those that follow, or all of its series."""
        from studio_tui.domain.series import Scope
        from studio_tui.tui.screens.scope_dialog import ask_scope
        from studio_tui.usecases.session_drafts import edit_of

        actor, session, edit = self.desk.actor, detail.session, _edit(choice)
        scope: Scope | None = Scope.THIS
        if edit != edit_of(session):
            scope = await ask_scope(self, session, _("Change {title}").format(title=detail.entry.title), edit)
        if scope is None:
            raise NotPossible(_("Nothing was saved: say how far the change reaches."))
        version = session.change.version
        self.result = await self.desk.run(
            lambda studio: studio.series.edit(actor, session.id, edit, scope, version=version)
        )
        return session.id


def _ask(
    studio: Studio, actor: StaffMember, session: Session, edit: SessionEdit
) -> tuple[MovePreview | None, Sequence[Clash]]:
    """What saving the edit does: of the move, if it is one, and what the session would get in the way of."""
    clashes = studio.clashing.of_edit(actor, session.id, edit)
    if (edit.starts_at, edit.ends_at) == (session.starts_at, session.ends_at):
        return None, clashes
    return studio.scheduling.preview_move(actor, session.id, edit.starts_at, edit.ends_at), clashes


def _warnings(sentences: Sequence[str]) -> str:
    return "\n".join(f"⚠ {sentence}" for sentence in sentences)


def _draft(site_id: SiteId, choice: SessionChoice) -> SessionDraft:
    from studio_tui.usecases.scheduling import SessionDraft

    values, service = choice.values, choice.values["service"]
    run = values["course"] if service.kind is ServiceKind.COURSE else None
    return SessionDraft(
        site_id=site_id,
        service_id=service.id,
        starts_at=choice.starts_at,
        ends_at=choice.starts_at + choice.length,
        staff_id=values["staff_id"],
        room=values["room"],
        title=values["title"] or None,
        capacity=parse_number(values["capacity"], 1, MAX_CAPACITY, _("Capacity"), "capacity"),
        origin=Origin.SCHEDULED if values["scheduled"] or run is not None else Origin.OCCASIONAL,
        mode=values["mode"],
        details=values["details"] or None,
        course_id=CourseId(run) if run else None,
    )


def _create(studio: Studio, actor: StaffMember, site_id: SiteId, choice: SessionChoice) -> SessionId:
    """Make a session or a series of them; of a course also a new run (SPEC §1). Answers the first session."""
    draft, values = _draft(site_id, choice), choice.values
    new_run = values["service"].kind is ServiceKind.COURSE and values["course"] == NEW_RUN
    named = replace(draft, title=None) if new_run else draft
    if choice.rule is not None:
        run = values["title"] if new_run else None
        made = studio.series.create(actor, named, choice.rule, choice.exceptions, run=run).session_id
        if made is not None:
            return made
    if not new_run:
        return studio.scheduling.create(actor, draft).id
    course = studio.scheduling.create_course(actor, values["title"], named, [choice.starts_at], choice.length)
    entries = studio.calendar.between(site_id, choice.starts_at, choice.starts_at + choice.length)
    return next(entry.id for entry in entries if entry.course_id == course.id)


def _edit(choice: SessionChoice) -> SessionEdit:
    from studio_tui.usecases.scheduling import SessionEdit

    values = choice.values
    return SessionEdit(
        starts_at=choice.starts_at,
        ends_at=choice.starts_at + choice.length,
        staff_id=values["staff_id"],
        room=values["room"],
        title=values["title"] or None,
        capacity=parse_number(values["capacity"], 1, MAX_CAPACITY, _("Capacity"), "capacity"),
        details=values["details"] or None,
    )
