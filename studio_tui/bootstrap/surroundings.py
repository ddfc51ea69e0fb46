"""What the computer knows about the person and the place: first guesses for a new studio."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from pathlib import Path

_LOCAL_TIME = Path("/etc/localtime")


def full_name() -> str:
    """The name of the operating system user, as the system has it written down; empty if it has not."""
    try:
        user = pwd.getpwuid(os.getuid())
    except KeyError:
        return ""
    name = user.pw_gecos.partition(",")[0].strip()
    return "" if name == user.pw_name else name


def local_zone(environ: Mapping[str, str] = os.environ, link: Path = _LOCAL_TIME) -> str:
    """The IANA name of the computer's own time zone; empty if it cannot be told, or is no place's."""
    named = environ.get("TZ", "").removeprefix(":")
    if not named:
        named = os.path.realpath(link).partition("/zoneinfo/")[2]
    return named if "/" in named and not named.startswith(("/", "Etc/")) else ""


def language(environ: Mapping[str, str] = os.environ) -> str:
    """The language of the computer's locale, such as `it`; English if there is none."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if code := environ.get(variable, "").partition("_")[0].partition(".")[0]:
            return code if code not in ("C", "POSIX") else "en"
    return "en"
