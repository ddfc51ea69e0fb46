"""The form of a session's (or a course's) link: what is typed is judged at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from studio_tui.tui.desk import Desk
from studio_tui.tui.link_words import LINK_HINT, judge_link, make_link
from studio_tui.tui.screens.form import Form, Submit
from studio_tui.tui.widgets.form_rows import FormRow, TextRow, within

if TYPE_CHECKING:
    from studio_tui.domain.links import JoinLink


class TypeLink(Form["JoinLink", bool]):
    """Asks for a join link: its address, and perhaps a password and a line for clients (SPEC §1, A3)."""

    HELP_TITLE = "A join link"

    def __init__(self, desk: Desk, submit: Submit[JoinLink, bool], *, heading: str, consequence: str) -> None:
        super().__init__(desk, submit)
        self.heading = heading
        self._consequence = consequence
        self._http_hosts: tuple[str, ...] = ()

    async def rows(self) -> Sequence[FormRow[Any]]:
        self._http_hosts = await self.desk.run(lambda studio: studio.resources.http_hosts)
        self.foretell(self._consequence)
        return link_rows("", "", "", self._http_hosts, required=True)

    def read(self) -> JoinLink:
        return make_link(self.text("url"), self.text("password"), self.text("description"), self._http_hosts)


def link_rows(
    url: str, password: str, description: str, http_hosts: Sequence[str], *, required: bool
) -> list[FormRow[Any]]:
    """The rows of a join link; filled-in secret parts show bullets until they are changed or revealed (SPEC L11)."""
    from studio_tui.domain.links import DESCRIPTION_LIMIT, PASSWORD_LIMIT

    judge = partial(judge_link, http_hosts=tuple(http_hosts), required=required)
    fits = partial(within, PASSWORD_LIMIT, "password")
    short = partial(within, DESCRIPTION_LIMIT, "description")
    return [
        TextRow("url", "Link", url, judge, hint=LINK_HINT, secret=True),
        TextRow("password", "Password", password, fits, hint="if it needs one", secret=True),
        TextRow("description", "For clients", description, short, hint="e.g. how to dial in"),
    ]
