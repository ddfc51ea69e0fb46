"""What a person chose for themselves on the screens, kept in a small file of their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_writing = threading.Lock()
_OWNER_ONLY = 0o600
_OWNER_ONLY_FOLDER = 0o700


def read(path: Path | None) -> Mapping[str, str]:
    """What was chosen, by name; a file that cannot be read counts as none, for nothing in it is worth a refusal."""
    if path is None:
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    import json  # most starts find no file, and do not pay for it

    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def keep_quietly(path: Path | None, **chosen: str) -> None:
    """As `keep`; what cannot be written is forgotten with the program's end."""
    with suppress(OSError):
        keep(path, **chosen)


def keep(path: Path | None, **chosen: str) -> None:
    """Add what was chosen to what is kept; an empty text forgets it. Without a path nothing is kept.

    Raises:
        OSError: The file cannot be written.
    """
    if path is None:
        return
    import json

    with _writing:
        kept = {name: value for name, value in {**read(path), **chosen}.items() if value}
        path.parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        new.replace(path)
