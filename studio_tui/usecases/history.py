"""Undo and redo of a person's edits. Each is a write of its own, forward: whoever holds an older copy is refused as ever."""

from __future__ import annotations

from studio_tui.domain.edits import Edit, EditId, EditStands, EditState, RowChange, Turned, Turns
from studio_tui.domain.errors import NotFound, NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, StaffMember
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.turning import Turning

RECENT = 20


class History:
    """The use cases of a person's own edits, whichever program they were made with."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def undo(self, actor: StaffMember) -> Turned:
        """Take the person's newest edit back, with all that it touched, and return what was done.

        Raises:
            NotPossible: There is nothing to undo.
            EditStands: Somebody else changed the thing since, or other rows depend on it; nothing was changed.
            NotAllowed: The person's role no longer permits it.
        """
        return self._turn(actor, EditState.UNDONE)

    def redo(self, actor: StaffMember) -> Turned:
        """Do the edit again that the person undid last, and return what was done.

        Raises:
            NotPossible, EditStands, NotAllowed: As for `undo`.
        """
        return self._turn(actor, EditState.DONE)

    def peek(self, actor: StaffMember) -> Turns:
        """What the person's next undo and redo would be."""
        return self._resources.read(lambda unit: Turns(unit.edits.next_undo(actor.id), unit.edits.next_redo(actor.id)))

    def recent(self, actor: StaffMember, limit: int = RECENT) -> list[Edit]:
        """The person's edits without their rows, newest first, those that were undone among them."""
        return self._resources.read(lambda unit: unit.edits.recent(actor.id, limit))

    def set_aside(self, actor: StaffMember, edit_id: EditId) -> Edit:
        """Let an edit that cannot be undone or redone stand, so that the one before it is the next; return it.

        Raises:
            NotFound: It is no longer the person's next one to undo or redo.
        """

        def work(unit: UnitOfWork) -> Edit:
            for edit in (unit.edits.next_undo(actor.id, lock=True), unit.edits.next_redo(actor.id, lock=True)):
                if edit is not None and edit.id == edit_id:
                    return unit.edits.turn(edit, EditState.DROPPED, self._resources.clock(), edit.changes)
            raise NotFound(_("That edit is not the next one to undo or redo."))

        return self._resources.write(work)

    def _turn(self, actor: StaffMember, state: EditState) -> Turned:
        undo = state is EditState.UNDONE
        verb = "undone" if undo else "redone"

        def work(unit: UnitOfWork) -> Turned:
            edit = (unit.edits.next_undo if undo else unit.edits.next_redo)(actor.id, lock=True)
            if edit is None:
                raise NotPossible(_("There is nothing to undo.") if undo else _("There is nothing to redo."))
            if edit.changes is None:
                raise EditStands(edit, verb, _("it touched too many rows at once."))
            author = Author(actor.name, self._resources.clock())
            wanted = [change.turned() for change in edit.changes] if undo else list(edit.changes)
            turning = Turning(unit, edit, verb, wanted, actor, author, self._resources.settle)
            turning.run()
            turned = unit.edits.turn(edit, state, author.at, _oriented(turning.changes, undo=undo))
            return Turned(edit=turned, sessions=turning.sessions, told=turning.told, kept=turning.kept)

        return self._resources.write(work)


def _oriented(changes: list[RowChange], *, undo: bool) -> list[RowChange]:
    """What was just written, as a change from before the edit to after it."""
    return [change.turned() for change in changes] if undo else changes
