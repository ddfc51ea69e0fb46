"""The form of whoever sets up a studio: its first owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from studio_tui.domain.addresses import parse_address
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.form import Form, Submit
from studio_tui.tui.widgets.form_rows import FormRow, TextRow, within

if TYPE_CHECKING:
    from studio_tui.domain.people import StaffMember


@dataclass(frozen=True, slots=True)
class OwnerChoice:
    """A filled-in owner; an empty address is none."""

    name: str
    email: str


class OwnerForm(Form[OwnerChoice, "StaffMember"]):
    """Asks the person at the keyboard for their name. Answers the owner whom `submit` made."""

    HELP_TITLE = "You"

    def __init__(self, desk: Desk, submit: Submit[OwnerChoice, StaffMember]) -> None:
        super().__init__(desk, submit)
        self.heading = _("You, the owner")

    async def rows(self) -> Sequence[FormRow[Any]]:
        self.introduce(
            _("The program knows you as {login}, the user who is logged in here.").format(login=self.desk.login)
        )
        name = TextRow("name", "Your name", self.desk.first_run.full_name, _check_name, hint="as colleagues know you")
        name.control.select_on_focus = True  # a guess is typed over
        return [
            name,
            TextRow("email", "Mail", "", _check_email, hint="you can leave it empty"),
        ]

    def read(self) -> OwnerChoice:
        return OwnerChoice(self.text("name"), self.text("email"))


def _check_name(text: str) -> None:
    if not text.strip():
        raise InvalidInput(_("Everybody on the team has a name."), field="name")
    within(200, "name", text)


def _check_email(text: str) -> None:
    if text.strip():
        parse_address(text)
