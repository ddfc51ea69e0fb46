"""What the next turn has to write. Nothing leaves it before a turn has written it: a turn that failed is put back."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from studio_tui.domain.delivery import Channel
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.outcomes import MAX_TEXT, Deferred, Doubtful, Outcome, Refused, Sent
from studio_tui.domain.text import safe_display
from studio_tui.storage.outbox_intents import Fact
from studio_tui.storage.outbox_material import Stamp
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.usecases.letters.made import Hold, NotMade, Unfit
from studio_tui.worker.orders import Ask, Order, Return

_REFERENCE_LIMIT = 200


class Word(StrEnum):
    """What became of a message, in the change log's words; the names are those of the counters."""

    SENT = "sent"
    FAILED = "failed"
    HELD = "held"
    DEFERRED = "put off"
    DOUBTFUL = "perhaps sent"


Total = tuple[Channel, DeliveryKind, Word]
"""What is counted: which way, what kind of message, and what became of it."""


class Ledger:
    """Facts, returns, intents and news that wait for the next turn."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.returns: list[Return] = []
        self.cleared: list[int] = []
        self.asks: dict[int, Ask] = {}
        self.news: dict[int, Counter[str]] = {}
        self.totals: Counter[Total] = Counter()

    @property
    def pressing(self) -> bool:
        """Whether a turn should be taken now."""
        return bool(self.facts or self.returns or self.cleared or self.asks)

    @property
    def awaits_asks(self) -> bool:
        """Whether fewer messages were asked for than were dealt with."""
        return len(self.asks) < len(self.facts) + len(self.returns)

    def sent(self, row: ClaimedRow, outcome: Sent) -> None:
        """A fact."""
        text = safe_display(outcome.text)[:MAX_TEXT]
        code = int(text[:3]) if text[:3].isdecimal() else None
        reference = safe_display(outcome.relay_ref)[:_REFERENCE_LIMIT]
        self.facts.append(Fact(id=row.id, code=code, text=text, relay_ref=reference))
        self._tell(row, Word.SENT)

    def back(self, row: ClaimedRow, outcome: Outcome | NotMade, stamp: Stamp | None) -> None:
        """A row that was not sent, or perhaps."""
        self.returns.append(Return(row.id, outcome, stamp))
        match outcome:
            case Refused() | Unfit():
                self._tell(row, Word.FAILED)
            case Hold():
                self._tell(row, Word.HELD)
            case Doubtful():
                self._tell(row, Word.DOUBTFUL)
            case Deferred():
                self._tell(row, Word.DEFERRED)

    def adopt(self, row_id: int, outcome: Outcome) -> None:
        """A row that the database says is ours, of which nothing is known: its turn was committed and then lost."""
        self.returns.append(Return(row_id, outcome))

    def counts(self) -> dict[str, int]:
        """The totals over all channels and kinds, in the change log's words."""
        counts: Counter[str] = Counter()
        for (_channel, _kind, word), number in self.totals.items():
            counts[word.value] += number
        return dict(counts)

    def draw(self, *, with_news: bool) -> Order:
        """Everything that waits, as an order; the ledger is empty afterwards."""
        order = Order(
            facts=tuple(self.facts),
            returns=tuple(self.returns),
            cleared=tuple(self.cleared),
            asks=tuple(self.asks.values()),
            news=self._words() if with_news else {},
        )
        self.facts, self.returns, self.cleared, self.asks = [], [], [], {}
        if with_news:
            self.news = {}
        return order

    def put_back(self, order: Order) -> None:
        """The turn failed: write it all next time, before anything new. Intents are not put back: they were refused."""
        self.facts[:0] = order.facts
        self.returns[:0] = order.returns
        self.cleared[:0] = order.cleared
        for session_id, words in order.news.items():
            self.news.setdefault(session_id, Counter())[words] += 0

    def _tell(self, row: ClaimedRow, word: Word) -> None:
        self.totals[row.channel, row.kind, word] += 1
        self.news.setdefault(row.session_id, Counter())[word.value] += 1

    def _words(self) -> dict[int, str]:
        return {
            session_id: ", ".join(f"{count} {word}" if count else word for word, count in sorted(counts.items()))
            for session_id, counts in self.news.items()
        }
