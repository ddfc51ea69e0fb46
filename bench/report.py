"""One line of a measurement, and how lines are printed."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured ratio (or count) beside what is aimed at; `met` None where nothing is aimed at."""

    what: str
    value: str
    aim: str
    met: bool | None
    note: str = ""


def at_most(what: str, value: float, aim: float, unit: str = "×", note: str = "") -> Figure:
    """A figure that should not be larger than its aim."""
    return Figure(what, f"{value:.2f} {unit}", f"≤ {aim:g} {unit}", value <= aim, note)


def at_least(what: str, value: float, aim: float, unit: str = "×", note: str = "") -> Figure:
    """A figure that should not be smaller than its aim."""
    return Figure(what, f"{value:.2f} {unit}", f"≥ {aim:g} {unit}", value >= aim, note)


def as_table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| what | measured | aim | |", "| --- | --- | --- | --- |"]
    signs = {True: "met", False: "**not met**", None: ""}
    for figure in figures:
        note = f" ({figure.note})" if figure.note else ""
        lines.append(f"| {figure.what}{note} | {figure.value} | {figure.aim} | {signs[figure.met]} |")
    return "\n".join(lines)


def median_ratio(some: Sequence[float], others: Sequence[float]) -> float:
    """The median of what each round's two measurements are to each other: the machine's speed changes between rounds."""
    return statistics.median(one / other for one, other in zip(some, others, strict=True))
