"""Finds the texts that the program marks for translation, and the literals that it shows without a mark."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2.ext import babel_extract

from studio_tui.domain.language import AREAS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "studio_tui"
_MESSAGES = (
    "usecases/letters/",
    "usecases/templates/",
    "domain/wording.py",
    "domain/news_words.py",
    "interchange/week_sheet.py",
    "spoken/",
)
_DIALOGS = (
    "book_client copy_days dialogs find form help host_session in_hand list_screen live_line menu notice_time quick_add "
    "quick_words repeat_rows scope_dialog series_form session_form session_rows shift_by tell_clients theme type_link "
    "waiting"
)
"""Screens that the calendar opens over itself."""
_CALENDAR = (
    "tui/widgets/",
    "tui/views/",
    "tui/screens/calendar",
    *(f"tui/screens/{name}.py" for name in _DIALOGS.split()),
)
_ENGLISH_ONLY = ("cli/", "demo/", "bootstrap/", "locale/", "storage/migrations/", "__main__.py")
_MARKS = {"_", "N_", "gettext", "phrase"}
_PLURALS = {"ngettext", "nphrase"}
_CLASS_TEXTS = {"HELP_TITLE"}
_CLASS_TABLES = {"HELP_SIGNS"}
_DRAWN = {"label", "hint"}
"""What rows of forms translate where they draw it: a label, and what stands in an empty field."""


class Text(NamedTuple):
    """A marked text: its English words, and those for several things where it counts."""

    one: str
    many: str | None
    path: str
    line: int


def area_of(path: str) -> str | None:
    """The catalogue of a file by its path in the package; None where only English is spoken."""
    if path.startswith(_ENGLISH_ONLY):
        return None
    if path.startswith(_MESSAGES):
        return "messages"
    if not path.startswith("tui/"):
        return "core"
    return "calendar" if path.startswith(_CALENDAR) or path.count("/") == 1 else "screens"


def files_of(area: str) -> list[Path]:
    """The files whose texts are in a catalogue, by path."""
    found = [*PACKAGE.rglob("*.py"), *(PACKAGE / "usecases/templates").glob("*.*")]
    return sorted({path for path in found if area_of(path.relative_to(PACKAGE).as_posix()) == area})


@cache
def texts_of(area: str) -> dict[str, Text]:
    """The marked texts of a catalogue, by their English words for one.

    Raises:
        ValueError: One text counts in one place and does not in another, or counts otherwise.
    """
    assert area in AREAS, area
    found: dict[str, Text] = {}
    for path in files_of(area):
        for text in _texts_in(path):
            known = found.setdefault(text.one, text)
            if known.many is None and text.many is not None:
                found[text.one] = text
            elif text.many not in (None, known.many):
                raise ValueError(
                    f"{text.path}:{text.line}: {text.one!r} counts as in {known.path}:{known.line}, not so"
                )
    return found


def _texts_in(path: Path) -> Iterator[Text]:
    name = path.relative_to(ROOT).as_posix()
    if path.suffix == ".py":
        yield from marked(path.read_text(encoding="utf-8"), name)
        return
    with path.open("rb") as file:
        for line, function, message, _ in babel_extract(file, ("_", "gettext", "ngettext"), (), {}):
            if isinstance(message, tuple):
                yield Text(str(message[0]), str(message[1]), name, line)
            elif function:
                yield Text(str(message), None, name, line)


def marked(source: str, name: str) -> Iterator[Text]:
    """The marked texts of a module.

    Raises:
        ValueError: What is marked is no literal, e.g. an f-string.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _of_call(node, name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from _of_class(node, name)


def _of_call(call: ast.Call, name: str) -> Iterator[Text]:
    function = called(call)
    if function in _PLURALS and len(call.args) == 3:
        one, many = (_literal(argument) for argument in call.args[:2])
        if one is not None and many is not None:
            yield Text(one, many, name, call.lineno)
        elif name.partition("/")[2] not in _SEAMS:
            raise ValueError(f"{name}:{call.lineno}: {function} needs two literals")
    elif function in _MARKS and len(call.args) == 1:
        text = _literal(call.args[0])
        if text is not None:
            yield Text(text, None, name, call.lineno)
        elif isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
            raise ValueError(f"{name}:{call.lineno}: a text that is put together cannot be translated")
    for part in drawn_elsewhere(call):
        text = _literal(part)
        if text:
            yield Text(text, None, name, part.lineno)


_SEAMS = {"domain/language.py", "domain/phrase.py"}


def drawn_elsewhere(call: ast.Call) -> list[ast.expr]:
    """The parts of a call that are translated where they are drawn: of bindings, and of the rows of forms."""
    function = called(call)
    if function == "Binding":
        return [*call.args[2:3], *(word.value for word in call.keywords if word.arg in {"description", "tooltip"})]
    if function.endswith("Row"):
        return [*call.args[1:2], *(word.value for word in call.keywords if word.arg in _DRAWN)]
    return []


def _of_class(node: ast.Assign | ast.AnnAssign, name: str) -> Iterator[Text]:
    for part in class_texts(node):
        text = _literal(part)
        if text:
            yield Text(text, None, name, part.lineno)


def class_texts(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    """The texts of a class that help translates where it draws them: its title and its signs."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    if names & _CLASS_TEXTS and node.value is not None:
        return [node.value]
    if names & _CLASS_TABLES and isinstance(node.value, ast.Dict):
        return list(node.value.values)
    return []


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
        case ast.Subscript(ast.Name(name)):
            return name
        case _:
            return ""


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
