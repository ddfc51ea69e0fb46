"""What somebody was typing when the line dropped: kept in a file of their own, and given back at the next start."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _

_OWNER_ONLY = 0o600
_OWNER_ONLY_FOLDER = 0o700


class Unsaved(NamedTuple):
    """Text that is typed and not saved: of what form, and what stands in which field. Never a link or a password."""

    what: str
    texts: dict[str, str]


class DraftsLost(StudioError):
    """The file with what was typed cannot be read any more."""


def keep(path: Path, unsaved: Iterable[Unsaved]) -> None:
    """Add what is unsaved to what was kept and not taken yet, for the owner's eyes only; without any, no file is made.

    Raises:
        OSError: The file cannot be written.
    """
    found = [form for form in unsaved if form.texts]
    if found:
        with suppress(DraftsLost):
            found = take(path) + found
        path.parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(found, file)


def take(path: Path) -> list[Unsaved]:
    """What was kept, which is forgotten by that; empty if nothing was.

    Raises:
        DraftsLost: The file is there and holds something else.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    path.unlink()
    try:
        return [Unsaved(str(what), {str(k): str(v) for k, v in texts.items()}) for what, texts in json.loads(text)]
    except (ValueError, TypeError, AttributeError):
        raise DraftsLost(_("What was being typed when the line dropped could not be read again.")) from None
