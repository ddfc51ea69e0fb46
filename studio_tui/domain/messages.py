"""The kinds of messages to clients: as the outbox stores them, and as people name, switch and preview them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from studio_tui.domain.language import N_
from studio_tui.domain.phrase import Phrase

if TYPE_CHECKING:
    from studio_tui.domain.announcements import AnnouncementKind


class DeliveryKind(StrEnum):
    """What a row of the outbox is, as stored. What `NEWS` tells is said by its announcement."""

    NOTICE = "notice"
    NEWS = "announcement"
    LINK = "link"
    BOOKED = "booked"
    UNBOOKED = "unbooked"
    REMINDER = "reminder"
    ATTENDANCE = "attendance"


class MessageKind(StrEnum):
    """What people call a message, in the order in which a client may get them. `MOVED` is any change of a session."""

    BOOKED = "booked"
    NOTICE = "notice"
    REMINDER = "reminder"
    ATTENDANCE = "attendance"
    MOVED = "moved"
    LINK = "link"
    CANCELLED = "cancelled"
    UNBOOKED = "unbooked"
    WRITTEN = "written"

    @property
    def label(self) -> str:
        """The kind in words, in the language of the screens."""
        return str(self.phrase)

    @property
    def phrase(self) -> Phrase:
        """The kind in words, to be kept."""
        return Phrase(_LABELS[self])

    @property
    def template(self) -> str:
        """The name of its templates, as in `template_kinds.KINDS`: all that tells of a session has the same."""
        return "announcement" if self in (MessageKind.MOVED, MessageKind.CANCELLED) else self.value


_LABELS = {
    MessageKind.BOOKED: N_("booking confirmed"),
    MessageKind.NOTICE: N_("access link"),
    MessageKind.REMINDER: N_("reminder"),
    MessageKind.ATTENDANCE: N_("attendance request"),
    MessageKind.MOVED: N_("session changed"),
    MessageKind.LINK: N_("link changed"),
    MessageKind.CANCELLED: N_("session cancelled"),
    MessageKind.UNBOOKED: N_("booking cancelled"),
    MessageKind.WRITTEN: N_("written by hand"),
}

CARRY_LINK = frozenset({DeliveryKind.NOTICE, DeliveryKind.LINK})
"""Those that are there for the join link: without one they are held (SPEC N8)."""
SKIP_LATE = frozenset({DeliveryKind.REMINDER, DeliveryKind.ATTENDANCE})
"""Those that are skipped when they are late (SPEC N10); all others still go out (SPEC N4)."""
SKIP_UNREACHED = SKIP_LATE | {DeliveryKind.BOOKED, DeliveryKind.UNBOOKED}
"""Those that are skipped, not held, where they cannot reach the client: nobody need do anything about them."""
ANY_ADDRESS = CARRY_LINK
"""Those that go to an address that was never verified, too (SPEC N3)."""
REFUSABLE = frozenset({MessageKind.REMINDER, MessageKind.ATTENDANCE, MessageKind.WRITTEN})
"""Those that a client can ask not to get."""

_OF_DELIVERY: dict[DeliveryKind, MessageKind] = {
    kind: MessageKind(kind.value) for kind in DeliveryKind if kind is not DeliveryKind.NEWS
}
_OF_NEWS = {"cancelled": MessageKind.CANCELLED, "written": MessageKind.WRITTEN}


def message_kind(kind: DeliveryKind, news: AnnouncementKind | None = None) -> MessageKind:
    """What people call a delivery; `news` is what its announcement tells, if it has one."""
    return _OF_DELIVERY.get(kind) or _OF_NEWS.get(news or "", MessageKind.MOVED)


@dataclass(frozen=True, slots=True)
class MessageSwitches:
    """Which kinds somebody switched on or off, e.g. a site; a kind that is not named is left to whoever comes next."""

    said: Mapping[MessageKind, bool] = field(default_factory=dict, hash=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The switches as `str` wrote them ("reminder=off,booked=on"); what is not understood is left out."""
        said = {}
        for part in text.split(","):
            name, _equals, value = part.strip().partition("=")
            if name in _NAMES and value in _VALUES:
                said[_NAMES[name]] = _VALUES[value]
        return cls(said)

    def __str__(self) -> str:
        return ",".join(f"{kind}={'on' if self.said[kind] else 'off'}" for kind in MessageKind if kind in self.said)

    def on(self, kind: MessageKind, site: MessageSwitches) -> bool:
        """Whether a service with these switches sends the kind: its own word, else its site's, else yes."""
        return self.said.get(kind, site.said.get(kind, True))

    def saying(self, kind: MessageKind, on: bool | None) -> Self:
        """These switches with one of them set, or left to whoever comes next (None)."""
        said = {each: value for each, value in self.said.items() if each is not kind}
        return type(self)(said if on is None else {**said, kind: on})


def parse_kinds(text: str) -> frozenset[MessageKind]:
    """The kinds that `kinds_text` wrote; what is not understood is left out."""
    if not text:
        return frozenset()
    return frozenset(_NAMES[part.strip()] for part in text.split(",") if part.strip() in _NAMES)


def kinds_text(kinds: Iterable[MessageKind]) -> str:
    """Kinds as they are stored and exported, in the order of `MessageKind`, such as "reminder,written"."""
    chosen = frozenset(kinds)
    return ",".join(kind.value for kind in MessageKind if kind in chosen)


NOTHING_SAID = MessageSwitches()
"""Switches that leave every kind to whoever comes next."""
_NAMES = {kind.value: kind for kind in MessageKind}
_VALUES = {"on": True, "off": False}
