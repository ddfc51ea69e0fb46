"""What is wrong with a studio's own template, by its text alone, with the lines.

Nothing that a checked template can say runs for ever: it has no ranges, no own functions and no computing.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.usecases.letters.template_kinds import LABELS, MailKind

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

FILTERS = frozenset({
    "capitalize", "d", "default", "e", "escape", "first", "indent", "int", "join", "last", "length", "list", "lower",
    "replace", "round", "sort", "string", "striptags", "title", "trim", "truncate", "unique", "upper", "urlencode",
    "wordwrap",
})  # fmt: skip
_METHODS = frozenset({
    "capitalize", "endswith", "lower", "lstrip", "replace", "row", "rstrip", "split", "splitlines", "startswith",
    "strip", "title", "upper",
})  # fmt: skip
_DEEPEST = 2


class Fault(NamedTuple):
    """What is wrong with a template, and in which line, counted from 1."""

    line: int
    sentence: str


def faults_of(source: str, kind: MailKind, suffix: str, environment: Environment) -> list[Fault]:
    """All that is wrong with a template's text, by line.

    Args:
        source: The template.
        kind: What mails are made with it.
        suffix: `.html` or `.txt`.
        environment: That it will be used in.
    """
    from jinja2 import TemplateSyntaxError

    try:
        tree = environment.parse(source)
        found = [*_filters(tree), *_calls(tree), *_forbidden(tree), *_loops(tree, 0)]
        found += [*_labels(tree), *_others(tree, kind, suffix)]
        # To look for names is to translate the template, which works out what is constant and refuses unknown filters.
        found += [] if found else _unknown_names(tree, kind)
    except TemplateSyntaxError as error:
        return [Fault(error.lineno, f"The template cannot be read: {str(error.message).rstrip('.')}.")]
    except RecursionError:
        return [Fault(1, "The template is nested too deeply.")]
    return sorted(set(found))


def _unknown_names(tree: nodes.Template, kind: MailKind) -> Iterator[Fault]:
    from jinja2 import meta, nodes

    unknown = meta.find_undeclared_variables(tree) - set(kind.placeholders) - _own_names(tree)
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name in unknown:
            yield Fault(name.lineno, _no_placeholder(name.name, kind))


def _own_names(tree: nodes.Template) -> set[str]:
    """What the template itself gives a name to, which its blocks may use as well."""
    from jinja2 import nodes

    names = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    return names | {each.target for each in tree.find_all(nodes.Import)} | _imported(tree)


def _imported(tree: nodes.Template) -> set[str]:
    from jinja2 import nodes

    every = [name for each in tree.find_all(nodes.FromImport) for name in each.names]
    return {name if isinstance(name, str) else name[1] for name in every}


def _no_placeholder(name: str, kind: MailKind) -> str:
    if name == "url":
        return f"No join link may stand in a message of the kind {kind.name}: {{{{ url }}}} is unknown here."
    close = get_close_matches(name, kind.placeholders, n=1)
    hint = f"did you mean {{{{ {close[0]} }}}}?" if close else f"there are {', '.join(sorted(kind.placeholders))}."
    return f"There is no placeholder {{{{ {name} }}}} in a mail of the kind {kind.name}; {hint}"


def _labels(tree: nodes.Template) -> Iterator[Fault]:
    from jinja2 import nodes

    for part in tree.find_all(nodes.Getattr):
        owner = part.node.name if isinstance(part.node, nodes.Name) else ""
        if part.attr.startswith("_") or (owner in LABELS and part.attr not in LABELS[owner]):
            yield Fault(part.lineno, f"There is no placeholder {{{{ {owner}.{part.attr} }}}}.")


def _others(tree: nodes.Template, kind: MailKind, suffix: str) -> Iterator[Fault]:
    """Other templates that it stands on: only the built-in ones of its own kind."""
    from jinja2 import nodes

    parts = ("mail.html", "rows.html", "button.html") if suffix == ".html" else ()
    notice = (f"notice{suffix}",) if kind.carries_link and kind.name != "notice" else ()
    allowed = (f"{kind.name}{suffix}", *notice, *parts)
    for other in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        named = other.template  # type: ignore[attr-defined]
        if not (isinstance(named, nodes.Const) and named.value in allowed):
            only = f"A template may only stand on the built-in {' and '.join(allowed)}."
            yield Fault(other.lineno, "This one may not stand on others." if "." in kind.name else only)


def _filters(tree: nodes.Template) -> Iterator[Fault]:
    from jinja2 import nodes

    for each in tree.find_all(nodes.Filter):
        if each.name == "safe":
            yield Fault(each.lineno, "|safe is refused: what clients and staff typed could then change the mail.")
        elif each.name not in FILTERS:
            yield Fault(each.lineno, f"There is no filter |{each.name}; there are {', '.join(sorted(FILTERS))}.")


def _calls(tree: nodes.Template) -> Iterator[Fault]:
    from jinja2 import nodes

    imported = _imported(tree) | {"super"}
    for call in tree.find_all(nodes.Call):
        target = call.node
        by_name = isinstance(target, nodes.Name) and target.name in imported
        by_method = isinstance(target, nodes.Getattr) and target.attr in _METHODS
        if not (by_name or by_method):
            yield Fault(call.lineno, f"Only these can be called: {', '.join(sorted(_METHODS))}.")


def _forbidden(tree: nodes.Template) -> Iterator[Fault]:
    from jinja2 import nodes

    refused: tuple[tuple[tuple[type[nodes.Node], ...], str], ...] = (
        (
            (nodes.EvalContextModifier, nodes.ScopedEvalContextModifier),
            "{% autoescape %} is refused: what clients and staff typed could then change the mail.",
        ),
        (
            (nodes.Macro, nodes.CallBlock),
            "{% macro %} and {% call %} are refused: a mail needs no functions of its own.",
        ),
        ((nodes.Mul, nodes.Pow, nodes.Mod), "There is nothing to multiply or divide in a mail."),
    )
    for kinds, told in refused:
        yield from (Fault(each.lineno, told) for each in tree.find_all(kinds))


def _loops(node: nodes.Node, depth: int) -> Iterator[Fault]:
    from jinja2 import nodes

    if isinstance(node, nodes.For):
        depth += 1
        if depth > _DEEPEST or node.recursive:
            yield Fault(
                node.lineno, f"At most {_DEEPEST} loops may stand inside each other, and none may repeat itself."
            )
    for child in node.iter_child_nodes():
        yield from _loops(child, depth)
