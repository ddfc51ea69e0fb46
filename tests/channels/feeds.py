"""A feed in memory that keeps the worker's side of the promise and checks the channel's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from studio_tui.domain.outcomes import Outcome, Parcel, Sent


def a_parcel(number: int, *, recipient: str = "", payload: bytes | None = None) -> Parcel:
    """A parcel with a message that names its number."""
    recipient = recipient or f"client{number}@client.example"
    body = b"." * 3 + b"\r\n..line\r\nend\r\n"
    head = f"Message-ID: <m.{number}@studio.example>\r\nTo: <{recipient}>\r\nSubject: x\r\n\r\n".encode()
    return Parcel(number, f"key:{number}", recipient, head + body if payload is None else payload)


def parcels(count: int, first: int = 1) -> list[Parcel]:
    return [a_parcel(number) for number in range(first, first + count)]


class ListFeed:
    """Gives the parcels it has, and ends when closed. Asserts what a channel must never do.

    Attributes:
        outcomes: By parcel id, the one report of each.
        order: Ids in the order in which they were reported.
        granted: Ids whose intent was given.
        refuse: Ids whose intent is refused.
        lost: Ids whose claim no longer holds after the intent.
        intent_delay: Seconds that each intent takes.
        on_intent: Called with each parcel before its intent is answered.
    """

    def __init__(self, given: Iterable[Parcel] = (), *, closed: bool = True) -> None:
        self.queue: asyncio.Queue[Parcel | None] = asyncio.Queue()
        self.taken: dict[int, Parcel] = {}
        self.asked: set[int] = set()
        self.granted: set[int] = set()
        self.outcomes: dict[int, Outcome] = {}
        self.order: list[int] = []
        self.refuse: set[int] = set()
        self.lost: set[int] = set()
        self.intent_delay = 0.0
        self.on_intent: Callable[[Parcel], None] = lambda _parcel: None
        self._news = asyncio.Event()
        self.offer(*given)
        if closed:
            self.close()

    def offer(self, *given: Parcel) -> None:
        for parcel in given:
            self.queue.put_nowait(parcel)

    def close(self) -> None:
        self.queue.put_nowait(None)

    async def next(self) -> Parcel | None:
        parcel = await self.queue.get()
        if parcel is not None:
            assert parcel.id not in self.taken, "given twice"
            self.taken[parcel.id] = parcel
        return parcel

    async def intent(self, parcel: Parcel) -> bool:
        assert parcel.id not in self.asked, "an intent is asked once"
        assert parcel.id not in self.outcomes, "an intent after the report"
        self.asked.add(parcel.id)
        self.on_intent(parcel)
        await asyncio.sleep(self.intent_delay)
        if parcel.id in self.refuse:
            return False
        self.granted.add(parcel.id)
        return True

    def holds(self, parcel: Parcel) -> bool:
        assert parcel.id in self.granted
        return parcel.id not in self.lost

    def report(self, parcel: Parcel, outcome: Outcome) -> None:
        assert parcel.id in self.taken, "reported without being taken"
        assert parcel.id not in self.outcomes, "reported twice"
        assert not isinstance(outcome, Sent) or parcel.id in self.granted
        self.outcomes[parcel.id] = outcome
        self.order.append(parcel.id)
        self._news.set()

    async def reports(self, count: int) -> None:
        """Wait until so many parcels are reported."""
        while len(self.outcomes) < count:
            self._news.clear()
            await self._news.wait()

    def kinds(self) -> dict[int, str]:
        """The outcome of each parcel by its name."""
        return {number: type(outcome).__name__ for number, outcome in sorted(self.outcomes.items())}
