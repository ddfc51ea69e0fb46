"""Exit codes: what a script learns from a command without reading its words."""

from __future__ import annotations

from enum import IntEnum

from studio_tui.domain.errors import NotAllowed, NotFound, StaleVersion, StudioError, Unreachable


class Exit(IntEnum):
    """What the program ends with. 130 and 141 are what a shell reports for a signal."""

    OK = 0
    PROBLEM = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    REFUSED = 5
    STALE = 6
    UNREACHABLE = 7
    BUG = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


EXPLAINED = """\
exit codes:
  0  done
  1  done, and a problem was found (doctor, preflight, notices troubled, notices reconcile, accounts old-links,
     accounts clashes, messages check, import --strict, clients test-push)
  2  the command was not understood
  3  something that was named does not exist
  4  the acting person may not do that
  5  refused: a rule forbids it, a value is not usable, or the question was answered with no
  6  somebody else has changed it since it was read (--if-version)
  7  the database or a conference provider is busy or cannot be reached: try again later
  70 an error of the program itself
  130 interrupted (Ctrl+C)"""


class UsageError(StudioError):
    """The command line is incomplete or cannot be understood."""


_CODES: tuple[tuple[type[StudioError], Exit], ...] = (
    (UsageError, Exit.USAGE),
    (NotFound, Exit.NOT_FOUND),
    (NotAllowed, Exit.NOT_ALLOWED),
    (StaleVersion, Exit.STALE),
    (Unreachable, Exit.UNREACHABLE),
)


def exit_code_of(error: StudioError) -> Exit:
    """The code for an error that ends a command; every refusal that has none of its own is REFUSED."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), Exit.REFUSED)
