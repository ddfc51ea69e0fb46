"""The error tree: every refusal that a person can meet, as one clear sentence.

A subclass says *what kind* of refusal it is, so that a screen can put it beside the right field and the command line
can choose its exit code. The message is for the front desk: what, where, and how to mend it. It never holds a secret.
"""

from __future__ import annotations

from datetime import datetime

from studio_tui.domain.language import _
from studio_tui.domain.phrase import Phrase


class StudioError(Exception):
    """Base of every error that the program raises on purpose; `str(error)` is one sentence for a person."""

    @property
    def said(self) -> Phrase | str:
        """The sentence as it is to be kept: in no language yet, where it was raised so."""
        return self.args[0] if self.args and isinstance(self.args[0], Phrase) else str(self)


class NotFound(StudioError):
    """The thing that was named does not exist (or not at this site)."""


class NotAllowed(StudioError):
    """The acting person's role does not permit this (SPEC §7)."""


class NotPossible(StudioError):
    """A rule refuses the act in the present state; the sentence names the reason and the way out."""


class InvalidInput(StudioError):
    """A typed value is not usable. `field` names the input so that a form can show the sentence beside it."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class StaleVersion(StudioError):
    """Somebody else changed the row since it was read: nothing was written.

    Attributes:
        changed_by: Name of the person who changed it.
        changed_at: When, aware UTC.
    """

    def __init__(self, what: str, *, changed_by: str, changed_at: datetime) -> None:
        super().__init__(
            _(
                "{what} was changed by {who} at {when:%H:%M:%S} UTC, after you opened it. Nothing was saved: look at the new "
                "state and try again."
            ).format(what=what, who=changed_by or _("somebody else"), when=changed_at)
        )
        self.changed_by = changed_by
        self.changed_at = changed_at


class Unreachable(StudioError):
    """Something outside the program (database, provider) is busy or cannot be reached; trying again later may do."""
