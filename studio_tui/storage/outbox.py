"""The outbox from the desk's side: deliveries are planned, shown, released and asked for. The worker's side is apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, case, delete, exists, func, literal_column, select, update

from studio_tui.domain.agenda import NoticeCounts
from studio_tui.domain.batches import batched
from studio_tui.domain.bookings import Booking, EnrolmentId
from studio_tui.domain.confirmations import confirms_course
from studio_tui.domain.delivery import (
    CancelReason,
    Channel,
    Delivery,
    DeliveryId,
    DeliveryState,
    HeldReason,
)
from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.messages import SKIP_LATE, DeliveryKind
from studio_tui.domain.people import SiteId
from studio_tui.domain.plans import Alignment, PlannedMessage
from studio_tui.domain.sessions import SessionId
from studio_tui.storage import schema
from studio_tui.storage.outbox_planning import carry_out, close, insert_messages
from studio_tui.storage.rows import AnyRow
from studio_tui.storage.types import from_ms, to_ms

_table = schema.outbox
_BATCH = 500
_OPEN = frozenset(DeliveryState) - {DeliveryState.SENDING, DeliveryState.SENT}
"""States of what waits or may wait again."""


class OutboxRepository:
    """Deliveries of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, delivery_id: DeliveryId) -> Delivery:
        """One delivery.

        Raises:
            NotFound: There is none with that id.
        """
        row = self._db.execute(select(_table).where(_table.c.id == delivery_id)).one_or_none()
        if row is None:
            raise NotFound(_("That message does not exist."))
        return to_delivery(row)

    def history(
        self, session_ids: Sequence[int], *, lock: bool = False, kinds: Collection[DeliveryKind] | None = None
    ) -> dict[int, list[Delivery]]:
        """Every delivery of each session, or those of some kinds, by id.

        `lock` keeps the worker from moving them until the transaction ends.
        """
        stmt = select(_table).where(_table.c.session_id.in_(session_ids)).order_by(_table.c.id)
        stmt = stmt if kinds is None else stmt.where(_table.c.kind.in_(sorted(kinds)))
        found: dict[int, list[Delivery]] = defaultdict(list)
        for row in self._db.execute(stmt.with_for_update() if lock else stmt):
            found[row.session_id].append(to_delivery(row))
        return found

    def of_courses(self, session_ids: Sequence[int], *, lock: bool = False) -> dict[EnrolmentId, list[Delivery]]:
        """What confirms each enrolment that has a place in one of these sessions, wherever it stands, by id.

        `lock` as in `history`. Enrolments of which nothing can go out any more are left out.
        """
        booking, its_own = schema.booking, schema.booking.alias()
        enrolments = select(its_own.c.enrolment_id).where(its_own.c.session_id.in_(session_ids))
        stmt = (
            select(_table.c.id, booking.c.enrolment_id)
            .join(booking, booking.c.id == _table.c.booking_id)
            .where(booking.c.enrolment_id.in_(enrolments), _table.c.kind == DeliveryKind.BOOKED)
        )
        whose = {row.id: EnrolmentId(row.enrolment_id) for row in self._db.execute(stmt)}
        found: dict[EnrolmentId, list[Delivery]] = defaultdict(list)
        for ids in batched(sorted(whose), _BATCH):
            # By their ids: one that somebody lets pass over to another session meanwhile is still found.
            these = select(_table).where(_table.c.id.in_(ids)).order_by(_table.c.id)
            for row in self._db.execute(these.with_for_update() if lock else these):
                if confirms_course(delivery := to_delivery(row)):
                    found[whose[row.id]].append(delivery)
        return {enrolment: rows for enrolment, rows in found.items() if any(row.state in _OPEN for row in rows)}

    def count_failed(self, ids: Sequence[DeliveryId]) -> int:
        """How many of these deliveries have failed."""
        failed = select(func.count()).select_from(_table).where(_table.c.state == literal_column("4"))
        return sum(self._db.execute(failed.where(_table.c.id.in_(some))).scalar_one() for some in batched(ids, _BATCH))

    def apply(self, alignment: Alignment, now: datetime) -> int:
        """Carry out what brings the outbox into line with the plan; return how many rows it touched."""
        carry_out(self._db, alignment, now)
        return len(alignment)

    def plan(self, messages: Iterable[PlannedMessage], now: datetime) -> None:
        """Insert deliveries that an act makes; one that is there already is left as it is."""
        insert_messages(self._db, messages, now)

    def add_manual(self, notice: PlannedMessage, now: datetime) -> Delivery:
        """Insert a delivery that a person asked for (SPEC N11) and return it."""
        insert_messages(self._db, [notice], now, manual=True)
        row = self._db.execute(select(_table).where(_table.c.key == notice.key)).one()
        return to_delivery(row)

    def release_held(self, session_ids: Sequence[int], reasons: Iterable[HeldReason], now: datetime) -> int:
        """Make held deliveries of these sessions ready at once (SPEC N8); return how many."""
        at = to_ms(now)
        stmt = update(_table).where(
            _table.c.state == literal_column("5"),
            _table.c.session_id.in_(session_ids),
            _table.c.reason.in_([reason.value for reason in reasons]),
            _table.c.expires_at > at,
        )
        values = {"state": int(DeliveryState.READY), "due_at": at, "reason": "", "updated_at": at}
        return self._db.execute(stmt.values(values)).rowcount

    def make_ready(self, delivery_id: DeliveryId, now: datetime, *, until: datetime | None = None) -> None:
        """Make one delivery ready at once, whatever ended or held it; its attempts count from nought again.

        With `until`, it is tried until then, however late it is: for kinds that are skipped when they are late (SPEC N10).
        """
        at = to_ms(now)
        values = {
            "state": int(DeliveryState.READY),
            "due_at": at,
            "attempt": 0,
            "crashes": 0,
            "reason": "",
            "token": None,
            "lease_until": None,
            "updated_at": at,
        }
        if until is not None:
            values |= {"hurried": True, "late_after": None, "expires_at": to_ms(until)}
        self._db.execute(update(_table).where(_table.c.id == delivery_id).values(values))

    def hold(self, delivery_id: DeliveryId, reason: HeldReason, now: datetime) -> None:
        """Hold one delivery that waits, for a reason that somebody can mend."""
        values = {"state": int(DeliveryState.HELD), "reason": reason.value, "token": None, "updated_at": to_ms(now)}
        waiting = _table.c.state.in_([int(s) for s in DeliveryState if s.waiting])
        self._db.execute(update(_table).where(_table.c.id == delivery_id, waiting).values(values))

    def settle(
        self,
        delivery_id: DeliveryId,
        state: DeliveryState,
        at: datetime,
        recipient: str,
        link_digest: str | None,
        *,
        code: int,
        text: str,
    ) -> None:
        """Write one delivery's final fate as the server told it, outside the worker's claim: for records taken over."""
        values = {
            "state": int(state),
            "reason": "",
            "attempt": 1,
            "recipient": recipient,
            "link_digest": link_digest,
            "last_code": code,
            "last_text": text,
            "sent_at": to_ms(at) if state is DeliveryState.SENT else None,
            "updated_at": to_ms(at),
        }
        self._db.execute(update(_table).where(_table.c.id == delivery_id).values(values))

    def cancel_by_hand(self, delivery_id: DeliveryId, now: datetime) -> bool:
        """Cancel one delivery that still waits; False if it was past the point of no return."""
        return close(self._db, [delivery_id], DeliveryState.CANCELLED, now, CancelReason.BY_HAND) == 1

    def told_bookings(self, session_ids: Sequence[int]) -> set[int]:
        """Bookings of these sessions for which something left, failed or was stopped by hand: that stays on record."""
        return {
            delivery.booking_id
            for deliveries in self.history(session_ids).values()
            for delivery in deliveries
            if delivery.settled or delivery.state is DeliveryState.FAILED
        }

    def confirming_courses(self, booking_ids: Collection[int]) -> list[Delivery]:
        """What confirms a whole course and stands at one of these bookings, by id."""
        found: list[Delivery] = []
        for ids in batched(sorted(booking_ids), _BATCH):
            stmt = select(_table).where(_table.c.booking_id.in_(ids), _table.c.kind == DeliveryKind.BOOKED)
            found += (to_delivery(row) for row in self._db.execute(stmt.order_by(_table.c.id)))
        return [each for each in found if confirms_course(each)]

    def stand_at(self, delivery_id: DeliveryId, booking: Booking, now: datetime) -> None:
        """Let a delivery that has not left be about another booking; its times are to be brought into line."""
        claimed = _table.c.state == int(DeliveryState.CLAIMED)
        values = {
            "session_id": booking.session_id,
            "booking_id": booking.id,
            "state": case((claimed, int(DeliveryState.READY)), else_=_table.c.state),
            "token": None,
            "lease_until": None,
            "updated_at": to_ms(now),
        }
        still_here = _table.c.state.in_([int(state) for state in _OPEN])
        self._db.execute(update(_table).where(_table.c.id == delivery_id, still_here).values(values))

    def forget_unsent(self, booking_ids: Sequence[int]) -> None:
        """Delete all deliveries of bookings that are about to go; none of them may have left (see `told_bookings`)."""
        for ids in batched(booking_ids, _BATCH):
            self._db.execute(delete(_table).where(_table.c.booking_id.in_(ids)))

    def counts(self, session_ids: Sequence[int], table: Table = _table) -> Mapping[int, NoticeCounts]:
        """How many of each session's notices are in each state; sessions without any are left out.

        Another message counts only while it is in trouble: what was told of a change is no notice that was sent. What
        reminds never counts: it is soon of no use, and then in nobody's way.
        What was put away is in another `table` with the same columns.
        """
        troubled = table.c.state.in_([int(DeliveryState.FAILED), int(DeliveryState.HELD)])
        others = troubled & table.c.kind.not_in(sorted(SKIP_LATE))
        stmt = (
            select(table.c.session_id, table.c.state, func.count().label("rows"))
            .where(table.c.session_id.in_(session_ids), (table.c.kind == DeliveryKind.NOTICE) | others)
            .group_by(table.c.session_id, table.c.state)
        )
        by_session: dict[int, dict[int, int]] = defaultdict(dict)
        for row in self._db.execute(stmt):
            by_session[row.session_id][row.state] = row.rows
        return {session_id: _to_counts(states) for session_id, states in by_session.items()}

    def due_count(self, site_id: SiteId, now: datetime) -> int:
        """How many deliveries of the site are due and not yet sent."""
        ready = (_table.c.state == literal_column("0"), _table.c.due_at <= to_ms(now))
        under_way = (_table.c.state.in_([literal_column("1"), literal_column("2")]), _table.c.lease_until > 0)
        stmt = select(func.count()).select_from(_table).where(_is_of(site_id))
        return sum(int(self._db.execute(stmt.where(*where)).scalar_one()) for where in (ready, under_way))

    def troubled(self, site_id: SiteId, now: datetime, limit: int = 500) -> list[Delivery]:
        """Failed and held deliveries of the site whose session is not over, soonest end first."""
        stmt = select(_table).where(*_is_troubled(now), _is_of(site_id))
        stmt = stmt.order_by(_table.c.expires_at, _table.c.id).limit(limit)
        return [to_delivery(row) for row in self._db.execute(stmt)]

    def trouble_counts(self, site_id: SiteId, now: datetime) -> dict[DeliveryState, int]:
        """How many deliveries of the site are failed or held while their session is not over."""
        stmt = select(_table.c.state, func.count().label("rows")).where(*_is_troubled(now), _is_of(site_id))
        return {DeliveryState(row.state): row.rows for row in self._db.execute(stmt.group_by(_table.c.state))}

    def due_until(self, site_id: SiteId, at: datetime) -> list[Delivery]:
        """Waiting deliveries of the site that are due at `at` or before, soonest first."""
        ready = _table.c.state == literal_column("0")
        claimed = (_table.c.state == literal_column("1")) & (_table.c.lease_until > 0)
        held = _table.c.state == literal_column("5")
        in_time = (_table.c.due_at <= to_ms(at), _table.c.expires_at > to_ms(at))
        found = []
        for waits in (ready, claimed, held):
            stmt = select(_table).where(waits, *in_time, _is_of(site_id))
            found += [to_delivery(row) for row in self._db.execute(stmt)]
        return sorted(found, key=lambda delivery: (delivery.due_at, delivery.id))

    def overdue(self, site_id: SiteId, since: datetime, now: datetime) -> list[Delivery]:
        """Deliveries of the site that nobody has taken up although they are due since then or longer, oldest first."""
        from studio_tui.storage.outbox_turns import LANES

        # The index begins with channel and lane: named, the rest of the plan is not read.
        stmt = select(_table).where(
            _table.c.state == literal_column("0"),
            _table.c.channel.in_(list(Channel)),
            _table.c.lane.in_([literal_column(str(lane)) for lane in LANES]),
            _table.c.due_at <= to_ms(since),
            _table.c.expires_at > to_ms(now),
            _is_of(site_id),
        )
        return [to_delivery(row) for row in self._db.execute(stmt.order_by(_table.c.due_at, _table.c.id))]

    def awaited_sessions(self, now: datetime) -> set[SessionId]:
        """Sessions for which something waits that may still go out."""
        ready = _table.c.state == literal_column("0")
        claimed = (_table.c.state == literal_column("1")) & (_table.c.lease_until > 0)
        held = _table.c.state == literal_column("5")
        found: set[SessionId] = set()
        for waits in (ready, claimed, held):
            stmt = select(_table.c.session_id).distinct().where(waits, _table.c.expires_at > to_ms(now))
            found.update(SessionId(row.session_id) for row in self._db.execute(stmt))
        return found


def _is_of(site_id: SiteId) -> ColumnElement[bool]:
    """Belongs to a session of the site.

    As a condition, not a join: a planner that joined would begin with the site's sessions, a million of them, instead of
    the few rows of a partial index.
    """
    session = schema.session
    return exists().where(session.c.id == _table.c.session_id, session.c.site_id == site_id)


def _is_troubled(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return _table.c.state.in_([literal_column("4"), literal_column("5")]), _table.c.expires_at > to_ms(now)


def _to_counts(states: Mapping[int, int]) -> NoticeCounts:
    def of(*wanted: DeliveryState) -> int:
        return sum(states.get(int(state), 0) for state in wanted)

    return NoticeCounts(
        planned=of(DeliveryState.READY, DeliveryState.CLAIMED),
        sending=of(DeliveryState.SENDING),
        sent=of(DeliveryState.SENT),
        failed=of(DeliveryState.FAILED),
        held=of(DeliveryState.HELD),
    )


def to_delivery(row: AnyRow) -> Delivery:
    """The record of a row of `outbox`."""
    return Delivery(
        id=row.id,
        key=row.key,
        session_id=row.session_id,
        booking_id=row.booking_id,
        channel=row.channel,
        generation=row.generation,
        announces=from_ms(row.announces_ms),
        manual=row.manual,
        due_at=from_ms(row.due_at),
        expires_at=from_ms(row.expires_at),
        state=DeliveryState(row.state),
        attempt=row.attempt,
        reason=row.reason,
        recipient=row.recipient,
        last_code=row.last_code,
        last_text=row.last_text,
        sent_at=None if row.sent_at is None else from_ms(row.sent_at),
        link_digest=row.link_digest,
        announcement_id=row.announcement_id,
        kind=row.kind,
        hurried=row.hurried,
        late_after=None if row.late_after is None else from_ms(row.late_after),
        crashes=getattr(row, "crashes", 0),  # which is not kept of what was put away
    )
