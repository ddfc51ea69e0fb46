"""The worker's decisions, without a socket, a database or a clock: events in, commands out (WORKER §5).

Between turns the core takes events (`handle`, `made`) and says what the next turn is (`begin`); the turn then ends with
`finish` or `fail`. Seconds are those of any clock that never goes back, handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from studio_tui.domain.delivery import Channel, DeliveryState
from studio_tui.domain.outcomes import Deferred, Doubtful, NotTaken, Outcome, Refused, RelayTrouble, Sent, Withdrawn
from studio_tui.domain.workers import note_of
from studio_tui.storage.outbox_material import Stamp
from studio_tui.storage.outbox_turns import SUSPECT, ClaimedRow
from studio_tui.usecases.letters.made import Made, NotMade
from studio_tui.worker.hand import Hand, Item, Phase, Tie
from studio_tui.worker.intake import Intake
from studio_tui.worker.ledger import Ledger, Total
from studio_tui.worker.options import WorkerOptions
from studio_tui.worker.orders import (
    Answer,
    Answered,
    Ask,
    Asked,
    Close,
    Command,
    Event,
    Hungry,
    Offer,
    Order,
    Recall,
    Refusal,
    Render,
    Reported,
    Resized,
    Stopping,
    Woken,
)
from studio_tui.worker.timers import NEWS_S, TIDY_AGAIN_S, Duty, Timers

_FIRST_BACKOFF_S, _LONGEST_BACKOFF_S = 0.1, 5.0
_GIVEN_BACK = NotTaken("given back")


class Core:
    """All decisions of one worker. Not thread-safe, but for `may_go`.

    Args:
        connections: The channels, and how many parcels each carries at a time.
        spread: Returns a number in [0, 1).
    """

    def __init__(self, connections: Mapping[Channel, int], options: WorkerOptions, spread: Callable[[], float]) -> None:
        self.hand = Hand()
        self._lease = options.lease.total_seconds()
        self._intake = Intake(connections, options.window_per_connection)
        self._ledger = Ledger()
        self._timers = Timers(options, spread)
        self._stopping = False
        self._failures = 0
        self._away_until = float("-inf")
        self._uncertain = False
        self._news_at = float("-inf")

    @property
    def away(self) -> bool:
        """Whether the last turn failed: the database cannot be reached, and no dot is written."""
        return self._failures > 0

    @property
    def idle(self) -> bool:
        """Whether there is nothing in hand and nothing to write."""
        return not self.hand and not self._ledger.pressing and not self._ledger.news

    @property
    def finished(self) -> bool:
        """Whether a stop is complete."""
        return self._stopping and self.idle

    @property
    def totals(self) -> Mapping[Total, int]:
        """How many messages came to what since the start, by channel and kind."""
        return self._ledger.totals

    @property
    def counts(self) -> dict[str, int]:
        """The totals over all channels, in the change log's words."""
        return self._ledger.counts()

    def drained(self, now: float) -> bool:
        """Whether everything that is due was dealt with, or can not be because a relay is in trouble."""
        return self.idle and (self.troubled or not self._intake.has_due(now))

    def oldest_due(self) -> float | None:
        """When the longest due row was due, in seconds of the worker's clock; None if nothing is ready."""
        return self._intake.oldest_due()

    @property
    def note(self) -> str:
        """What troubles the worker; empty if all is well."""
        return note_of({channel: trouble.text for channel, trouble in self._intake.troubles.items()})

    @property
    def troubled(self) -> bool:
        """Whether a relay is in trouble."""
        return bool(self._intake.troubles)

    @property
    def gathers(self) -> bool:
        """Whether more is to be expected soon: an answer to what has left, or the next intent of who was answered."""
        phases = {item.phase for item in self.hand}
        return Phase.GRANTED in phases or (Phase.OFFERED in phases and self._ledger.awaits_asks)

    def may_go(self, row_id: int, now: float) -> bool:
        """Whether the dot of a row may be written now (WORKER §5.3). Any thread may ask."""
        return not self.away and self.hand.may_go(row_id, now)

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take what happened."""
        match event:
            case Asked(row_id):
                return self._asked(row_id)
            case Reported(row_id, outcome):
                return self._reported(row_id, outcome)
            case Hungry(channel, hungry):
                self._intake.hunger(channel, hungry=hungry)
            case Resized(channel, connections):
                self._intake.resize(channel, connections)
            case Woken():
                self._timers.hasten(Duty.LOOK, now)
            case Stopping():
                self._stopping = True
                return [Close()]
        return []

    def made(self, row: ClaimedRow, came: Made | NotMade, stamp: Stamp | None = None) -> list[Command]:
        """Take what the making of a row's message came to."""
        item = self.hand.get(row.id)
        if item is None or item.phase is not Phase.MAKING:
            return []
        if not isinstance(came, Made):
            self.hand.drop(row.id)
            self._ledger.back(row, came, stamp)
            return []
        if self._stopping:
            self.hand.drop(row.id)
            self._ledger.back(row, _GIVEN_BACK, came.stamp)
            return []
        item.made, item.phase = came, Phase.OFFERED
        if row.id in self.hand.suspects:
            self._ledger.cleared.append(row.id)
        return [Offer(row.channel, row.urgency, came.parcel)]

    def not_made(self, rows: Iterable[ClaimedRow]) -> None:
        """The messages of these rows could not be made because the database went away: give the rows back."""
        for row in rows:
            if self.hand.drop(row.id) is not None:
                self._ledger.back(row, _GIVEN_BACK, None)

    def pause(self, now: float) -> float:
        """How many seconds the database is left alone after a turn that failed."""
        return max(0.0, self._away_until - now)

    def begin(self, now: float) -> Order | float:
        """The next turn, or how many seconds to wait for it if nothing happens."""
        if (pause := self.pause(now)) > 0:
            return pause
        due = self._timers.due(now)
        claims = () if self._stopping else self._intake.claims(self.hand, now)
        news = bool(self._ledger.news) and (now >= self._news_at or self._stopping)
        if not (due or claims or news or self._ledger.pressing):
            return max(0.0, self._next_at() - now)
        renew = Duty.RENEW in due and (len(self.hand) > 0 or self._uncertain)
        return replace(
            self._ledger.draw(with_news=news),
            claims=claims,
            renew=renew,
            rescue=Duty.RESCUE in due and not self._stopping,
            expire=Duty.EXPIRE in due,
            look=Duty.LOOK in due,
            beat=Duty.BEAT in due,
            tidy=Duty.TIDY in due,
            examine=Duty.EXAMINE in due,
            note=self.note,
            counts=self.counts if Duty.BEAT in due else {},
        )

    def finish(self, order: Order, answer: Answer, began: float, now: float) -> list[Command]:
        """Take what a turn came to; `began` is when it began, so that leases are never thought longer than they are."""
        self._failures = 0
        self._rest(order, now, looked=answer.due is not None)
        for row_id in order.cleared:
            self.hand.suspects.discard(row_id)
        commands = self._answered(order, answer)
        if answer.renewed is not None:
            self._renewed(answer.renewed, began)
        if answer.due is not None:
            self._intake.looked(answer.due, answer.now, now)
        if self._intake.claimed(order.claims, answer.claimed, now):
            self._timers.hasten(Duty.EXPIRE, now)
        if answer.freed:
            self._timers.hasten(Duty.LOOK, now)
        if answer.untidy:
            # In small portions, lest what is due waits for them.
            self._timers.hasten(Duty.TIDY, now + TIDY_AGAIN_S)
        if answer.more:
            self._timers.hasten(Duty.RESCUE, now)
            self._timers.hasten(Duty.EXPIRE, now)
        rows = [row for row in answer.claimed if self._take(row, answer.now, began)]
        return [*commands, Render(tuple(rows))] if rows else commands

    def fail(self, order: Order, now: float) -> list[Command]:
        """The turn failed: its results wait, nothing more goes out, the next try comes after a growing pause."""
        self._away_until = now + min(_LONGEST_BACKOFF_S, _FIRST_BACKOFF_S * 2**self._failures)
        self._failures += 1
        # It may have been committed all the same: then rows are ours of which nothing is known here.
        self._uncertain = True
        self._timers.hasten(Duty.RENEW, now)
        self._timers.hasten(Duty.LOOK, now)
        self._ledger.put_back(order)
        refused = frozenset(ask.envelope.id for ask in order.asks)
        self._refuse(refused)
        return [Answered(frozenset(), refused), *(Recall(channel) for channel in Channel)]

    def _asked(self, row_id: int) -> list[Command]:
        item = self.hand.get(row_id)
        if item is not None and item.phase is Phase.OFFERED and item.made is not None:
            if item.tie is Tie.OURS and not self.away:
                item.phase = Phase.ASKED
                self._ledger.asks[row_id] = Ask(item.row.session_id, item.made.envelope, item.made.stamp)
                return []
            item.phase = Phase.REFUSED
        return [Answered(frozenset(), frozenset({row_id}))]

    def _reported(self, row_id: int, outcome: Outcome) -> list[Command]:
        item = self.hand.drop(row_id)
        if item is None:
            return []
        self._ledger.asks.pop(row_id, None)
        commands = self._mark_trouble(item.row.channel, outcome)
        stamp = item.made.stamp if item.made else None
        if isinstance(outcome, Sent):
            self._ledger.sent(item.row, outcome)
        elif item.tie is Tie.STALE and isinstance(outcome, Withdrawn) and not self._stopping:
            return [*commands, *self._again(item)]
        elif item.tie is not Tie.GONE:
            self._ledger.back(item.row, outcome, stamp)
        parked = self.hand.parked.pop(row_id, None)
        if parked is None:
            return commands
        if isinstance(outcome, Sent):
            return commands
        return [*commands, *self._again(parked)]

    def _again(self, item: Item) -> list[Command]:
        """Make a row's message once more: what it was made from has changed, or its old parcel is out of the way now."""
        self.hand.put(Item(item.row, item.safe_until, item.in_time_until))
        if item.row.lane >= SUSPECT:
            self.hand.suspects.add(item.row.id)
        return [Render((item.row,))]

    def _mark_trouble(self, channel: Channel, outcome: Outcome) -> list[Command]:
        """A relay in trouble gets single rows to try with; the rest is given back, for workers that can reach it."""
        if isinstance(outcome, RelayTrouble):
            known = channel in self._intake.troubles
            self._intake.troubles[channel] = outcome
            if not known:
                self._timers.hasten(Duty.BEAT, float("-inf"))
            return [Recall(channel)]
        if isinstance(outcome, Sent | Refused | Deferred) and channel in self._intake.troubles:
            del self._intake.troubles[channel]
            self._timers.hasten(Duty.BEAT, float("-inf"))
            self._timers.hasten(Duty.LOOK, float("-inf"))
        return []

    def _answered(self, order: Order, answer: Answer) -> list[Command]:
        if not order.asks:
            return []
        for row_id in answer.granted:
            item = self.hand.get(row_id)
            if item is not None:
                item.phase = Phase.GRANTED
        self._refuse(answer.refused.keys())
        for row_id, refusal in answer.refused.items():
            item = self.hand.get(row_id)
            if item is not None:
                item.tie = Tie.STALE if refusal is Refusal.STALE else Tie.GONE
        return [Answered(answer.granted, frozenset(answer.refused))]

    def _refuse(self, row_ids: Iterable[int]) -> None:
        for row_id in row_ids:
            item = self.hand.get(row_id)
            if item is not None:
                item.phase = Phase.REFUSED

    def _renewed(self, renewed: Mapping[int, int], began: float) -> None:
        """Leases last longer, but only of what the database says is ours; the rest was lost while this worker slept."""
        self._uncertain = False
        for item in [*self.hand, *self.hand.parked.values()]:
            if item.row.id in renewed:
                if item.tie is not Tie.GONE:
                    item.safe_until = began + self._lease
            elif item.tie is Tie.OURS:
                item.tie = Tie.GONE
        known = {item.row.id for item in self.hand} | self.hand.parked.keys() | self._written_later()
        for row_id, state in renewed.items():
            if row_id not in known:
                claimed = state == DeliveryState.CLAIMED
                self._ledger.adopt(row_id, _GIVEN_BACK if claimed else Doubtful("the worker lost its database"))

    def _written_later(self) -> set[int]:
        return {fact.id for fact in self._ledger.facts} | {item.id for item in self._ledger.returns}

    def _take(self, row: ClaimedRow, clock_ms: int, began: float) -> bool:
        """Take a claimed row in hand; False if its message need not be made now."""
        item = Item(row, began + self._lease, began + (row.expires_at - clock_ms) / 1000)
        old = self.hand.get(row.id)
        if old is None:
            self.hand.put(item)
            if row.lane >= SUSPECT:
                self.hand.suspects.add(row.id)
            return True
        if old.tie is Tie.OURS and old.phase in (Phase.MAKING, Phase.OFFERED, Phase.ASKED):
            old.row, old.safe_until, old.in_time_until = item.row, item.safe_until, item.in_time_until
            return False
        old.tie = Tie.GONE
        self.hand.parked[row.id] = item
        return False

    def _rest(self, order: Order, now: float, *, looked: bool) -> None:
        """Note which duties were done."""
        done = {
            Duty.LOOK: looked,
            Duty.BEAT: order.beat,
            Duty.RENEW: order.renew or not (len(self.hand) or self._uncertain),
            Duty.RESCUE: order.rescue or self._stopping,
            Duty.EXPIRE: order.expire,
            Duty.EXAMINE: order.examine,
            Duty.TIDY: order.tidy,
        }
        for duty in self._timers.due(now):
            if done[duty]:
                self._timers.done(duty, now)
        if order.news:
            self._news_at = now + NEWS_S

    def _next_at(self) -> float:
        moments = [self._timers.next_at()]
        if not self._stopping:
            moments.append(self._intake.next_at(self.hand))
        if self._ledger.news:
            moments.append(self._news_at)
        return min(moments)
