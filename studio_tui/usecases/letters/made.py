"""What the making of a message came to."""

from __future__ import annotations

from dataclasses import dataclass

from studio_tui.domain.delivery import HeldReason
from studio_tui.domain.outcomes import Parcel
from studio_tui.storage.outbox_intents import Envelope
from studio_tui.storage.outbox_material import Stamp
from studio_tui.storage.outbox_turns import ClaimedRow


@dataclass(frozen=True, slots=True)
class Made:
    """The message is ready to go: `stamp` says from which state of the session it was made."""

    row: ClaimedRow
    parcel: Parcel
    envelope: Envelope
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Hold:
    """It cannot go out until somebody mends what is missing (SPEC N8); `text` is a sentence for the desk, or empty."""

    reason: HeldReason
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unfit:
    """It can never go out; `text` is a sentence for the desk."""

    text: str


@dataclass(frozen=True, slots=True)
class Unwanted:
    """It is not wanted any more, e.g. the session is in person now."""


NotMade = Hold | Unfit | Unwanted
