"""One turn of the writer: an order carried out in one open transaction, in the order of WORKER §5.3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from studio_tui.domain.delivery import Channel, DeliveryState, HeldReason
from studio_tui.domain.outcomes import Gone, NotTaken
from studio_tui.domain.people import Author
from studio_tui.domain.phrase import phrase
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.workers import Role
from studio_tui.storage import outbox_intents as intents
from studio_tui.storage import outbox_leases as leases
from studio_tui.storage import outbox_turns as rows
from studio_tui.storage.outbox_history import BATCH as HISTORY_BATCH
from studio_tui.storage.outbox_history import KEEP, put_away
from studio_tui.storage.outbox_material import stamps
from studio_tui.storage.outbox_turns import ClaimedRow, Standing
from studio_tui.storage.types import from_ms, to_ms
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.letters.made import Hold, Unfit, Unwanted
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.planning import bring_into_line
from studio_tui.worker.options import AfterCrash
from studio_tui.worker.orders import Answer, Claim, Order, Refusal, Return
from studio_tui.worker.verdicts import Verdict, after_outcome, after_refusal, after_silence, fenced

AUTHOR = "worker"


@dataclass(frozen=True, slots=True)
class Terms:
    """What all turns of one worker have in common.

    Attributes:
        token: Unique per start of a worker.
        keep: How long finished deliveries stay in the outbox after their session's end.
        clock: Takes the place of the database's clock; None in real life.
    """

    token: str
    channels: tuple[Channel, ...]
    lease_ms: int
    after_crash: AfterCrash
    keep: timedelta = KEEP
    role: Role = Role.SERVICE
    clock: Callable[[], datetime] | None = None

    def at(self) -> int | None:
        """What takes the clock's place, milliseconds since 1970."""
        return None if self.clock is None else to_ms(self.clock())


class Turn:
    """An order in one open transaction; `run` once."""

    def __init__(self, unit: UnitOfWork, terms: Terms, order: Order) -> None:
        self._unit = unit
        self._db = unit.db
        self._terms = terms
        self._order = order
        self._at = self._clock = terms.at()
        self._replan: set[int] = set()
        self._news: dict[int, Counter[str]] = {}
        self._freed = False
        self._more = False
        self._untidy = False

    def run(self) -> Answer:
        """Carry the order out; everything of it is written, or nothing."""
        order = self._order
        intents.lock(self._db, order.touched, holder=self._terms.token if order.renew else None)
        intents.record_sent(self._db, self._at, order.facts)
        self._take_back(order.returns)
        rows.clear_suspicion(self._db, self._terms.token, order.cleared)
        granted, refused = self._intents()
        renewed = None
        if order.renew:
            renewed = leases.renew(self._db, self._at, token=self._terms.token, lease_ms=self._terms.lease_ms)
        self._upkeep()
        if self._replan:
            rows.yield_to_others(self._db)
            bring_into_line(self._unit, [SessionId(id) for id in self._replan], from_ms(self._now()))
            self._freed = True
        claimed = self._claims()
        # Where every claim got all it asked for, the next one follows anyway.
        short = sum(claim.room for claim in order.claims) > len(claimed)
        due = self._look() if order.look or short else None
        if order.beat:
            leases.beat(self._db, self._at, token=self._terms.token, note=order.note, counts=order.counts)
        self._tell()
        return Answer(
            now=self._now() if claimed or due is not None else 0,
            granted=granted,
            refused=refused,
            renewed=renewed,
            claimed=claimed,
            due=due,
            freed=self._freed,
            more=self._more,
            untidy=self._untidy,
        )

    def _now(self) -> int:
        """The database's clock, as it was told last in this turn."""
        if self._clock is None:
            self._clock = leases.clock(self._db, self._at)
        return self._clock

    def _look(self) -> dict[tuple[Channel, int], int]:
        due, self._clock = rows.next_due(self._db, self._at, self._terms.channels)
        return due

    def _take_back(self, returns: Sequence[Return]) -> None:
        """Rows that were not surely sent; those that are not ours any more are left alone."""
        if not returns:
            return
        standing = rows.standings(self._db, self._at, [item.id for item in returns])
        mine = [item for item in returns if item.id in standing and not fenced(standing[item.id], self._terms.token)]
        present = stamps(self._db, {standing[item.id].session_id for item in mine})
        verdicts = []
        for item in mine:
            row = standing[item.id]
            changed = item.stamp != present.get(row.session_id)
            # The plan counted it as told while it was being sent (SPEC N5); if its session changed meanwhile, plan anew.
            # News of the same session may have been planned meanwhile, and are all that is left to say.
            stale = changed or row.announcement_id is not None
            if not row.wanted or (stale and row.state == DeliveryState.SENDING):
                self._replan.add(row.session_id)
            if changed and isinstance(item.outcome, Hold | Unfit | Unwanted):
                verdicts.append(after_outcome(row, NotTaken("the session changed while the message was made")))
            else:
                verdicts.append(after_outcome(row, item.outcome))
        self._write(verdicts)
        # So was what went to an address that its client has left meanwhile: the new one's is owed now.
        sending = [item.id for item in mine if standing[item.id].state == DeliveryState.SENDING]
        self._replan |= self._unit.clients.left_address(sending)
        self._switch_off([item.id for item in mine if isinstance(item.outcome, Gone)])

    def _switch_off(self, ids: Sequence[int]) -> None:
        """Push no more to addresses that their server does not know (any more): somebody has to look at them."""
        if not ids:
            return
        rows.yield_to_others(self._db)
        now = from_ms(self._now())
        for client_id in self._unit.clients.switch_off_push(ids):
            self._unit.changes.record("client", client_id, Author(AUTHOR, now), phrase("push is switched off"))
            self._replan |= set(self._unit.bookings.sessions_of_client(client_id, now))

    def _intents(self) -> tuple[frozenset[int], dict[int, Refusal]]:
        """The point of no return, for those that are ours, in time, wanted, and made from the present state.

        The stamps are read after the rows are marked: what was committed before the mark is seen, whatever the engine.
        """
        asks = {ask.envelope.id: ask for ask in self._order.asks}
        if not asks:
            return frozenset(), {}
        envelopes = [ask.envelope for ask in self._order.asks]
        granted = intents.grant(self._db, self._at, token=self._terms.token, envelopes=envelopes)
        present = stamps(self._db, {asks[id].session_id for id in granted})
        stale = {id for id in granted if present.get(asks[id].session_id) != asks[id].stamp}
        intents.ungrant(self._db, stale)
        granted -= stale
        refused = dict.fromkeys(stale, Refusal.STALE)
        refused |= dict.fromkeys(self._close_refused(asks.keys() - granted - stale), Refusal.GONE)
        return frozenset(granted), refused

    def _close_refused(self, ids: set[int]) -> set[int]:
        if not ids:
            return ids
        standing = rows.standings(self._db, self._at, ids)
        mine = [row for row in standing.values() if not fenced(row, self._terms.token)]
        self._replan |= {row.session_id for row in mine if not row.wanted}
        self._write([after_refusal(row) for row in mine], mine)
        return ids

    def _upkeep(self) -> None:
        if self._order.rescue:
            self._rescue()
        if self._order.expire:
            gone = leases.expire(self._db, self._at, self._terms.channels)
            self._more |= len(gone) >= leases.BATCH
            for row in gone:
                self._note(row.session_id, row.state)
        if self._order.examine:
            self._examine()
        if self._order.tidy:
            self._untidy = put_away(self._db, self._at, self._terms.keep) >= HISTORY_BATCH
            self._unit.changes.prune(from_ms(self._now()))

    def _rescue(self) -> None:
        ids = leases.abandoned(self._db, self._at, grace_ms=self._terms.lease_ms)
        if not ids:
            return
        self._more |= len(ids) >= leases.BATCH
        standing = list(rows.standings(self._db, self._at, ids).values())
        self._replan |= {row.session_id for row in standing if row.state == DeliveryState.SENDING or not row.wanted}
        self._write([after_silence(row, self._terms.after_crash) for row in standing], standing)

    def _examine(self) -> None:
        """Let go what was held for want of a link or an address that is there now (SPEC N8); a belt beside the braces."""
        held = leases.held_sessions(self._db, self._at)
        if not held:
            return
        without_link = {session for _, session, reason in held if reason is HeldReason.NO_LINK}
        sessions = self._unit.sessions.by_ids(sorted(without_link))
        decisions = LinkContexts(self._unit).decide(sessions)
        linked = {session.id for session in sessions if decisions[session.id].link is not None}
        addressed = leases.reachable(self._db, [id for id, _, reason in held if reason in leases.UNREACHED])
        free = [id for id, session, reason in held if session in linked and reason is HeldReason.NO_LINK]
        self._freed |= leases.release(self._db, self._at, [*free, *addressed]) > 0

    def _claims(self) -> tuple[ClaimedRow, ...]:
        return tuple(row for claim in self._order.claims for row in self._claim(claim))

    def _claim(self, claim: Claim) -> Iterable[ClaimedRow]:
        room, suspects = claim.room, 1
        for lane in claim.lanes:
            limit = room if lane == rows.AT_ONCE else min(room, claim.bulk_room)
            if lane >= rows.SUSPECT:
                limit = min(room, suspects)
            if limit <= 0:
                continue
            taken, now = rows.claim(
                self._db,
                self._at,
                token=self._terms.token,
                lease_ms=self._terms.lease_ms,
                channel=claim.channel,
                lane=lane,
                limit=limit,
            )
            self._clock = self._clock if now is None else now
            room -= len(taken)
            suspects -= len(taken) if lane >= rows.SUSPECT else 0
            yield from taken

    def _write(self, verdicts: Sequence[Verdict], standing: Sequence[Standing] = ()) -> None:
        rows.write_back(self._db, self._at, [asdict(verdict) for verdict in verdicts])
        self._freed |= any(verdict.state == DeliveryState.READY for verdict in verdicts)
        for row, verdict in zip(standing, verdicts, strict=False):
            if verdict.state != DeliveryState.READY:
                self._note(row.session_id, verdict.state)

    def _note(self, session_id: int, state: DeliveryState) -> None:
        self._news.setdefault(session_id, Counter())[state.label] += 1

    def _tell(self) -> None:
        """Say in the change log what happened to each session's deliveries, so that screens show it."""
        told = dict(self._order.news)
        for session_id, counts in self._news.items():
            words = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
            told[session_id] = f"{told[session_id]}, {words}" if session_id in told else words
        if not told:
            return
        author = Author(AUTHOR, from_ms(self._now()))
        words_of = {session_id: f"notices: {words}" for session_id, words in sorted(told.items())}
        self._unit.changes.record_each("outbox", words_of, author)
