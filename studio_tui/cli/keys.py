"""`studio-tui key`: what join links and sign-ins are sealed with."""

from __future__ import annotations

from argparse import Namespace

from studio_tui.cli.context import Context
from studio_tui.cli.documents import KeyDocument, RotationDocument
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import counted
from studio_tui.cli.parsing import Parser, Verbs

_ROTATE = """\
Screens and workers may go on working meanwhile. Broken off, it goes on where it was when it is run again; until it is
done the key file holds both keys, the new one first. Backups that were made before open with the old key alone: keep a
copy of it apart from them for as long as you keep them, or make a new backup.

Where the key comes from systemd or the environment, put a new one (“studio-tui key new”) on a line before the present
one there, start every worker and screen anew, run this command, and take the old line away."""


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing={"rotate": RotationDocument, "new": KeyDocument})
    rotate = verbs.add(
        "rotate", _rotate, "make a new key, seal everything anew with it, and drop the old one", more=_ROTATE
    )
    rotate.add_argument("--keep", action="store_true", help="leave the old key in force behind the new one")
    verbs.add("new", _new, "print a fresh key, to be put where the key comes from outside")


def _rotate(context: Context, args: Namespace) -> int:
    rotation = context.studio.key_rotation.rotate(context.actor, keep=args.keep)
    document: RotationDocument = {
        "resealed": rotation.resealed,
        "unreadable": rotation.unreadable,
        "old_keys": rotation.old_keys,
        "source": rotation.source,
    }
    lines = [
        f"{counted(rotation.resealed, 'link or sign-in', 'links and sign-ins')} sealed anew; "
        f"the key comes from the {rotation.source}."
    ]
    if rotation.unreadable:
        lines.append(
            f"{counted(rotation.unreadable, 'stays as it is', 'stay as they are')}: no key opens it. Type the link, or "
            "sign in, again."
        )
    if rotation.old_keys:
        lines.append("The old key is still in force: take it away once nothing needs it any more.")
    lines.append("Backups that were made before open with the old key alone.")
    context.out.give(document, lines)
    return Exit.OK


def _new(context: Context, _args: Namespace) -> int:
    from studio_tui.usecases.key_rotation import KeyRotation

    document: KeyDocument = {"key": KeyRotation.fresh_key()}
    context.out.give(document, [document["key"]])
    return Exit.OK
