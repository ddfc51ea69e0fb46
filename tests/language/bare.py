"""Finds literals that people read and that nobody marked for translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.language.marked import called, class_texts, drawn_elsewhere

_SENTENCE = re.compile(r"[A-Za-z]*[a-z]{2,}['’,.:;]? +[A-Za-z(“{]")
"""A word, a blank, a letter: names, keys, styles and formats have none, nearly always."""
_STYLE = re.compile(r"((\$[a-z-]+|bold|dim|strike|underline|reverse|italic|not|on|black|white|red) ?)+")
"""How a text looks, in the words of the library that draws it."""
_MARKS = {"_", "N_", "gettext", "ngettext", "phrase", "nphrase"}
_NOT_SHOWN = {
    *("getLogger", "debug", "info", "warning", "error", "critical", "exception", "log"),
    *("ValueError", "TypeError", "AssertionError", "NotImplementedError", "RuntimeError", "KeyError", "LookupError"),
    *(
        "text",
        "execute",
        "exec_driver_sql",
        "compile",
        "add_argument",
        "query",
        "query_one",
        "TypeVar",
        "cast",
        "Index",
    ),
    *("record", "record_each"),
    *("styles", "with_hint", "prefix_with", "work", "set_class", "has_class", "CheckConstraint", "BINDINGS"),
}
"""Calls whose words are for logs, programmers, databases and styles."""
_STYLES = ("CSS", "DEFAULT_CSS", "CSS_PATH", "COMPONENT_CLASSES", "__all__")


def bare_texts(source: str) -> Iterator[tuple[int, str]]:
    """The literals of a module that look like words to people and are not marked, with their lines."""
    tree = ast.parse(source)
    apart = set(_apart(tree))
    for node, text in _literals(tree, apart):
        if _SENTENCE.search(text) and not _STYLE.fullmatch(text) and not text.startswith("<"):  # markup
            yield node.lineno, text


def _literals(node: ast.AST, apart: set[ast.AST]) -> Iterator[tuple[ast.expr, str]]:
    if node in apart:
        return
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
        yield node, "".join(map(str, parts))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _literals(part.value, apart)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node, node.value
    for child in ast.iter_child_nodes(node):
        yield from _literals(child, apart)


def _apart(tree: ast.AST) -> Iterator[ast.AST]:
    """What is marked, translated where it is drawn, or never shown."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _parts_of_call(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from class_texts(node)
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id in _STYLES for target in targets):
                yield node
        yield from _types_and_docs(node)


def _parts_of_call(call: ast.Call) -> Iterator[ast.AST]:
    name = called(call)
    if name in _MARKS:
        yield from call.args
    elif name in _NOT_SHOWN:
        yield call
    yield from drawn_elsewhere(call)


def _types_and_docs(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(value=ast.Constant()):
            yield node.value
        case ast.AnnAssign() | ast.arg(annotation=ast.expr()):
            yield from [node.annotation] if node.annotation is not None else []
        case ast.FunctionDef(returns=ast.expr() as returns) | ast.AsyncFunctionDef(returns=ast.expr() as returns):
            yield returns
        case ast.Assert(msg=ast.expr() as message):
            yield message
