"""What `--json` prints of acts on several sessions; see `documents`."""

from __future__ import annotations

from typing import TypedDict

from studio_tui.cli.documents import SessionDocument


class CopiedDocument(TypedDict):
    """A session that was copied, or would be: `session_id` of the copy is null until it is made."""

    source_id: int
    session_id: int | None
    title: str
    starts_at: str
    clashes: list[str]


class LeftOutDocument(TypedDict):
    """A session that is not copied, and why."""

    source_id: int
    title: str
    why: str


class CopyDocument(TypedDict):
    """A copied day or week; `saved` is false for a dry run."""

    saved: bool
    first: str
    target: str
    days: int
    made: list[CopiedDocument]
    left_out: list[LeftOutDocument]


class InTheWayDocument(TypedDict):
    """A session that cannot be changed so, and why."""

    session_id: int
    title: str
    why: str


class BulkDocument(TypedDict):
    """A change of several sessions; with anything `in_the_way` nothing is changed, and a dry run changes nothing."""

    saved: bool
    clients: int
    notices_following: int
    notices_by_hand: int
    notices_too_late: int
    clashes: list[str]
    in_the_way: list[InTheWayDocument]
    sessions: list[SessionDocument]


class QuickDocument(TypedDict):
    """What a typed line would make (`quick-add --dry-run`); lengths in minutes."""

    line: str
    title: str
    starts_at: str
    ends_at: str
    staff: str | None
    room: str
    capacity: int
    mode: str
    clashes: list[str]
