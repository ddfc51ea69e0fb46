"""One edit on its way back, or forth again, in the open transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from studio_tui.domain.bookings import BookingStatus, EnrolmentId
from studio_tui.domain.confirmations import enrolment_of
from studio_tui.domain.edits import Edit, EditStands, Row, RowChange, Told
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, StaffMember
from studio_tui.domain.phrase import phrase
from studio_tui.domain.services import CourseId
from studio_tui.domain.sessions import SessionId, SessionStatus
from studio_tui.storage import restoring
from studio_tui.storage.history import differs, telling
from studio_tui.storage.images import BY_NAME, TABLES, images
from studio_tui.storage.restoring import Restoring
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.seating import seat_enrolled
from studio_tui.usecases.turning_aftermath import bring_all_into_line, confirm_all, tell_others
from studio_tui.usecases.turning_checks import check_may, check_owner_is_left, check_zones
from studio_tui.usecases.turning_words import RowWords, told_of

_CASCADING = ("staff_site", "opening")
_KEPT_AS = {
    "session": {"status": SessionStatus.CANCELLED.value},
    "booking": {"status": BookingStatus.CANCELLED.value},
    "enrolment": {"status": BookingStatus.CANCELLED.value},
}
_TURNED = {"undone": phrase("undid an edit"), "redone": phrase("redid an edit")}


class Turning:
    """Checks everything first, then writes the rows, then brings what follows from them into line.

    Attributes (after `run`):
        changes: Each row before and after.
        sessions: Sessions that were touched.
        told: What clients were sent since the edit.
        kept: What stays, cancelled, because clients were told of it.
    """

    def __init__(
        self,
        unit: UnitOfWork,
        edit: Edit,
        verb: str,
        wanted: list[RowChange],
        actor: StaffMember,
        author: Author,
        settle: timedelta = timedelta(0),
    ) -> None:
        self._unit = unit
        self._edit = edit
        self._verb = verb
        self._wanted = {(change.table, change.id): change for change in wanted}
        self._actor = actor
        self._author = author
        self._settle = settle
        self._words = RowWords(unit, author.at)
        self._carriers: tuple[SessionId, ...] = ()
        self.changes: list[RowChange] = []
        self.sessions: tuple[SessionId, ...] = ()
        self.told: tuple[Told, ...] = ()
        self.kept: tuple[str, ...] = ()

    def run(self) -> None:
        """Do it.

        Raises:
            EditStands, NotAllowed: Something stands in the way; the transaction is to be rolled back.
        """
        check_may(self._unit, self._actor, self._wanted.values())
        self._meet_the_present()
        self.sessions = self._touched_sessions()
        self._keep_what_clients_know()
        changes = list(self._wanted.values())
        self._check_room_for(changes)
        self._unit.history.watch()
        self._forget_unsent()
        writing = Restoring(self._unit.db, changes, self._author)
        writing.begin()
        self._check_places()
        writing.finish(self.sessions)
        self._seat()
        check_owner_is_left(self._unit, changes, self._refuse)
        self.changes = self._unit.history.changes() or []
        self.told = told_of(self._unit, self.sessions, self._edit, undo=self._verb == "undone")
        confirm_all(self._unit, changes, self._author.at, self._settle)
        bring_all_into_line(self._unit, changes, (*self.sessions, *self._carriers), self._author.at)
        tell_others(self._unit, changes, self.sessions, self._author, _TURNED[self._verb])

    def _refuse(self, reason: str) -> EditStands:
        return EditStands(self._edit, self._verb, reason, self._words.clients)

    def _meet_the_present(self) -> None:
        """Put the rows as they are now in the place of those that the edit left, if they say the same.

        Raises:
            EditStands: They do not.
        """
        by_table: dict[str, list[int]] = defaultdict(list)
        for name, row_id in self._wanted:
            by_table[name].append(row_id)
        for table in TABLES:
            present = images(self._unit.db, table, by_table[table.name], lock=True)
            for row_id, rows in present.items():
                change = self._wanted[table.name, row_id]
                if not differs(change) and not rows:  # it was only touched, and is gone by now
                    del self._wanted[table.name, row_id]
                    continue
                if differs(change) and telling(_known(rows, change.before)) != telling(change.before):
                    raise self._refuse(self._words.changed_since(change, rows, self._edit.turned_at))
                after = change.after if differs(change) else rows
                self._wanted[table.name, row_id] = replace(change, before=rows, after=after)

    def _touched_sessions(self) -> tuple[SessionId, ...]:
        ids: set[int] = set()
        for change in self._wanted.values():
            if change.table == "session":
                ids.add(change.id)
            elif change.table == "booking":
                ids.update(_integers(change, "session_id"))
        return tuple(SessionId(each) for each in sorted(ids))

    def _keep_what_clients_know(self) -> None:
        """What clients were told of cannot go: it stays, cancelled, and so does whatever it refers to.

        Raises:
            EditStands: Rows that are no part of the edit refer to one that is to go.
        """
        told = self._unit.outbox.told_bookings(self.sessions) | self._unit.outbox_history.told_bookings(self.sessions)
        kept: set[tuple[str, int]] = set()
        for table in reversed(TABLES):
            if table.name in _CASCADING:
                continue
            going = [i for (name, i), change in self._wanted.items() if name == table.name and not change.after]
            stays = {row_id for row_id in going if table.name == "booking" and row_id in told}
            for each in restoring.referrers(self._unit.db, table, [i for i in going if i not in stays]):
                if (each.table, each.id) in kept:
                    stays.add(each.parent_id)
                elif not self._lets_go(each):
                    rows = self._wanted[table.name, each.parent_id].before
                    raise self._refuse(self._words.depends(each, table.name, rows))
            for row_id in stays:
                kept.add((table.name, row_id))
                self._wanted[table.name, row_id] = self._as_kept(self._wanted[table.name, row_id])
        self.kept = tuple(
            _("{of} stays, cancelled: what was sent for it stays on record.").format(
                of=self._words.of(name, self._wanted[name, row_id].before)
            )
            for name, row_id in sorted(kept)
            if name == "session"
        )

    def _lets_go(self, referrer: restoring.Referrer) -> bool:
        """Whether the edit itself takes the referring row away, or turns it to another one."""
        change = self._wanted.get((referrer.table, referrer.id))
        if change is None:
            return False
        return all(row.get(referrer.column) != referrer.parent_id for row in change.after)

    def _as_kept(self, change: RowChange) -> RowChange:
        row: dict[str, object] = {**change.before[0], **_KEPT_AS.get(change.table, {})}
        if change.table == "booking" and row["cancelled_at"] is None:
            row["cancelled_at"] = to_ms(self._author.at)
        return replace(change, after=(row,))  # type: ignore[arg-type]

    def _check_room_for(self, changes: list[RowChange]) -> None:
        """Refuse what the present has no room for: a row that another needs is gone, or a name was taken."""
        missing = restoring.missing_parent(self._unit.db, changes)
        if missing is not None:
            raise self._refuse(_("{kind} that it needs is gone.").format(kind=self._words.kind(missing)))
        clash = restoring.taken(self._unit.db, changes)
        if clash is not None:
            table, values = clash
            what = ", ".join(value for value in values if isinstance(value, str))
            raise self._refuse(_("{value} has been taken meanwhile.").format(value=what or self._words.kind(table)))
        check_zones(self._unit, changes, self._author.at, self._refuse)

    def _forget_unsent(self) -> None:
        """Take away what was only planned for bookings and sessions that go: what is planned follows from the rest."""

        def going(table: str) -> list[int]:
            return [i for (name, i), change in self._wanted.items() if name == table and not change.after]

        self._pass_on(set(going("booking")))
        self._unit.outbox.forget_unsent(going("booking"))
        self._unit.announcements.forget_unsent(going("session"))

    def _pass_on(self, going: set[int]) -> None:
        """Let what confirms a whole course stand at a place that stays, so that its client is still told of the course."""
        carried = self._unit.outbox.confirming_courses(going)
        bookings = self._unit.bookings.of_enrolments(sorted({enrolment_of(each.key) for each in carried}))
        stays = {each: [b for b in mine if b.id not in going] for each, mine in bookings.items()}
        carriers = {each: mine[0] for each, mine in stays.items() if mine}
        self._carriers = tuple(sorted({SessionId(booking.session_id) for booking in carriers.values()}))
        self._unit.sessions.hold(list(self._carriers))
        for delivery in carried:
            carrier = carriers.get(EnrolmentId(enrolment_of(delivery.key)))
            if carrier is not None:
                self._unit.outbox.stand_at(delivery.id, carrier, self._author.at)

    def _check_places(self) -> None:
        for session_id, booked in restoring.places(self._unit.db, self.sessions).items():
            change = self._wanted.get(("session", session_id))
            rows = change.after if change else images(self._unit.db, BY_NAME["session"], [session_id])[session_id]
            if rows and booked > int(rows[0]["capacity"] or 0):
                raise self._refuse(
                    _(
                        "{session} has a capacity of {capacity} and would have {booked} bookings: somebody was booked "
                        "meanwhile."
                    ).format(session=self._words.of("session", rows), capacity=rows[0]["capacity"], booked=booked)
                )

    def _seat(self) -> None:
        """Whoever is enrolled has a place in every session of the course that is not over, also in later ones (SPEC §1)."""
        courses = {
            course_id
            for change in self._wanted.values()
            if change.table in ("session", "enrolment")
            for course_id in _integers(change, "course_id")
        }
        for course_id in sorted(courses):
            for session in self._unit.sessions.lock_course(CourseId(course_id)):
                if session.ends_at > self._author.at:
                    seat_enrolled(self._unit, session, self._author.at)


def _known(rows: Sequence[Row], before: Sequence[Row]) -> Sequence[Row]:
    """The rows with those columns alone that there were when the edit was made."""
    known = before[0].keys() if before else ()
    return [{name: value for name, value in row.items() if name in known} for row in rows] if before else rows


def _integers(change: RowChange, column: str) -> set[int]:
    values = {row.get(column) for row in (*change.before, *change.after)}
    return {value for value in values if isinstance(value, int)}
