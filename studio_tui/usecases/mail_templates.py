"""The templates of mails: one frame for all of them, and what each kind says in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template


@cache
def templates_of(kind: str) -> tuple[Template, Template]:
    """The templates of the text and of the HTML body of a kind of mail, e.g. "notice"."""
    environment = _environment()
    return environment.get_template(f"{kind}.txt"), environment.get_template(f"{kind}.html")


@cache
def _environment() -> Environment:
    """Whatever is put into HTML is escaped, and a value that a template asks for in vain is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("studio_tui.usecases", "templates"),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
