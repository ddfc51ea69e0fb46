"""How long does the program live on after its terminal is gone?"""

from __future__ import annotations

import statistics

from bench.report import Figure, at_most
from bench.studio import demo_command
from bench.terminal import Terminal

RUNS = 5


def run() -> list[Figure]:
    """The median of the seconds, against the one second that it may take."""
    took: list[float] = []
    with demo_command() as command:
        for _ in range(RUNS):
            with Terminal(command) as terminal:
                terminal.until(r"\d+/\d+")
                took.append(terminal.hang_up())
    note = f"slowest of {RUNS}: {max(took) * 1e3:.0f} ms"
    return [at_most("end after a dropped line against one second", statistics.median(took), 1.0, note=note)]
