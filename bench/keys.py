"""What a cursor key costs: bytes to the terminal, and milliseconds until the screen stands still again."""

from __future__ import annotations

import statistics

from bench.report import Figure, at_most
from bench.studio import demo_command
from bench.terminal import Burst, Terminal

KEYS = {"right": b"\x1b[C", "left": b"\x1b[D", "down": b"\x1b[B", "up": b"\x1b[A"}
VIEWS = {"week": b"2", "day by staff": b"1", "month": b"3", "agenda": b"4", "day by room": b"5"}
ROUNDS = 25
_STILL_S = 0.4
"""Seconds without output after which the screen stands still; the heartbeat writes every second."""


def run() -> list[Figure]:
    """Medians over every arrow key in each view, 120×40, 256 colours."""
    found: list[Figure] = []
    with demo_command() as command, Terminal(command) as terminal:
        terminal.until(r"\d+/\d+")
        for view, key in VIEWS.items():
            terminal.press(key)
            terminal.settle(_STILL_S)
            bursts = [burst for _ in range(ROUNDS) for burst in _round(terminal)]
            leaves = [terminal.press(key) for _ in range(8) for key in (b".", b",")]
            size = statistics.median(burst.size for burst in bursts)
            taken = statistics.median(burst.milliseconds for burst in bursts)
            leaf = statistics.median(burst.milliseconds for burst in leaves)
            found += [
                at_most(f"{view}: bytes per cursor key", size, 700, "bytes"),
                at_most(f"{view}: time per cursor key", taken, 4, "ms"),
                Figure(f"{view}: time per page turned", f"{leaf:.1f} ms", "", None),
            ]
    return found


def _round(terminal: Terminal) -> list[Burst]:
    return [
        burst for name in ("right", "down", "down", "left", "up", "up") if (burst := terminal.press(KEYS[name])).size
    ]
