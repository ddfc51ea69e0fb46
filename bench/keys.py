"""What a cursor key costs: bytes to the terminal, and milliseconds until the screen stands still again."""

from __future__ import annotations

import statistics

from bench.report import Figure, at_most
from bench.studio import demo_command
from bench.terminal import Burst, Terminal

KEYS = {"right": b"\x1b[C", "left": b"\x1b[D", "down": b"\x1b[B", "up": b"\x1b[A"}
ROUNDS = 25


def run() -> list[Figure]:
    """Medians over every arrow key, 120×40, 256 colours."""
    with demo_command() as command, Terminal(command) as terminal:
        terminal.until(r"\d+/\d+")
        terminal.settle(1.0)
        bursts = [burst for _ in range(ROUNDS) for burst in _round(terminal)]
        week = [terminal.press(key) for _ in range(8) for key in (b".", b",")]
    size = statistics.median(burst.size for burst in bursts)
    taken = statistics.median(burst.milliseconds for burst in bursts)
    leaf = statistics.median(burst.milliseconds for burst in week)
    return [
        at_most("bytes per cursor key", size, 700, "bytes"),
        at_most("time per cursor key", taken, 4, "ms"),
        Figure("time per change of week", f"{leaf:.1f} ms", "", None),
    ]


def _round(terminal: Terminal) -> list[Burst]:
    return [
        burst for name in ("right", "down", "down", "left", "up", "up") if (burst := terminal.press(KEYS[name])).size
    ]
