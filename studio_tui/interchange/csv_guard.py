"""Cells that a spreadsheet would take for a formula: written so that it does not, and read back as they were."""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_GUARD = "'"


def guarded(cell: str) -> str:
    """The cell with an apostrophe before it if a program could take it for a formula, or for a guarded one."""
    bare = cell.lstrip(_GUARD)
    return f"{_GUARD}{cell}" if bare.startswith(_STARTS) else cell


def unguarded(cell: str) -> str:
    """What was guarded."""
    bare = cell.lstrip(_GUARD)
    return cell[1:] if cell.startswith(_GUARD) and bare.startswith(_STARTS) else cell
