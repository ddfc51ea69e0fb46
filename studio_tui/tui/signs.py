"""The signs of forms and lists, and how they are written where a terminal knows nothing but ASCII."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio_tui.domain.delivery import Delivery, DeliveryState

if TYPE_CHECKING:
    from studio_tui.domain.outbox import OutboxLine

_PLAIN = str.maketrans(
    {
        "•": "*",
        "·": "-",
        "–": "-",
        "—": "-",
        "─": "-",
        "…": ".",
        "“": '"',
        "”": '"',
        "’": "'",
        "✓": "v",
        "‖": "=",
        "⚠": "!",
        "×": "x",
        "↻": "~",
        "→": ">",
        "●": "*",
        "○": "o",
        "▎": "|",
        "▌": "|",
        "≡": "=",
        "⌂": "^",
        "∞": "%",
        "▪": ".",
    }
)

_STATES = {
    DeliveryState.READY: "·",
    DeliveryState.CLAIMED: "·",
    DeliveryState.SENDING: "→",
    DeliveryState.SENT: "✓",
    DeliveryState.FAILED: "!",
    DeliveryState.HELD: "‖",
    DeliveryState.EXPIRED: "×",
    DeliveryState.CANCELLED: "×",
    DeliveryState.SKIPPED: "×",
}


def in_ascii(text: str) -> str:
    """The text with the program's own signs as ASCII ones, each as wide as before; letters of names stay as they are."""
    return text.translate(_PLAIN)


def state_sign(delivery: Delivery) -> str:
    """The sign of a delivery's state; one that waits to be tried again has its own."""
    return _sign(delivery.state, delivery.attempt)


def line_sign(line: OutboxLine) -> str:
    """The same of a line of the outbox."""
    return _sign(line.state, line.attempt)


def _sign(state: DeliveryState, attempt: int) -> str:
    return "↻" if attempt and state in (DeliveryState.READY, DeliveryState.CLAIMED) else _STATES[state]
