"""How long until the calendar stands, and until its sessions do, beside a Textual program that does nothing?"""

from __future__ import annotations

import statistics

from bench.report import Figure, at_most
from bench.studio import demo_command
from bench.terminal import Terminal, python

RUNS = 15


def run() -> list[Figure]:
    """Ratios of the medians; the programs take turns."""
    bare: list[float] = []
    frame: list[float] = []
    data: list[float] = []
    with demo_command() as command:
        for turn in range(RUNS + 1):
            with Terminal(python("-m", "bench.bare_app")) as terminal:
                first = terminal.until("ready")
            with Terminal(command) as terminal:
                shown = terminal.until(r"Mon .* Tue ")
                full = terminal.until(r"\d+/\d+")
            if turn:  # the first turn warms the file cache
                bare.append(first)
                frame.append(shown)
                data.append(full)
    peer = statistics.median(bare)
    note = f"bare app {peer * 1e3:.0f} ms"
    return [
        at_most(
            "cold start to the first calendar frame against a bare Textual app",
            statistics.median(frame) / peer,
            1.2,
            note=note,
        ),
        at_most(
            "cold start to the sessions against a bare Textual app", statistics.median(data) / peer, 1.6, note=note
        ),
    ]
