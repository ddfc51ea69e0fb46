"""The form of a staff member: what a role may do, and what leaving leaves behind, is said before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from studio_tui.domain.addresses import parse_address
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.people import Role, SiteId
from studio_tui.domain.text import fold
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.form import Form, Submit
from studio_tui.tui.screens.team import MAY, what_leaving_does
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow, in_words, within

if TYPE_CHECKING:
    from studio_tui.domain.people import StaffMember
    from studio_tui.usecases.team import TeamLine

_ROLES = (Role.INSTRUCTOR, Role.FRONT_DESK, Role.OWNER)
_ACTIVE = [(N_("yes"), True), (N_("no, has left"), False)]
_SITE = "site:"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChoice:
    """A filled-in staff member; empty texts are none."""

    name: str
    role: Role
    login: str
    email: str
    site_ids: tuple[SiteId, ...]
    active: bool


class StaffForm(Form[StaffChoice, "StaffMember"]):
    """Asks who somebody is and what they may do. Answers the saved staff member."""

    HELP_TITLE = "A staff member"

    def __init__(self, desk: Desk, submit: Submit[StaffChoice, StaffMember], *, line: TeamLine | None) -> None:
        """Make the form: of the member of `line`, or with None of a new one."""
        super().__init__(desk, submit)
        self.member = None if line is None else line.member
        self._leads = 0 if line is None else line.leads
        self._others: dict[str, str] = {}
        self.heading = _("New staff member") if line is None else _("Staff member {name}").format(name=line.member.name)

    async def rows(self) -> Sequence[FormRow[Any]]:
        stored = self._stored()
        lines = await self.desk.run(lambda studio: studio.team.lines())
        mine = None if self.member is None else self.member.id
        self._others = {fold(line.member.name): line.member.name for line in lines if line.member.id != mine}
        sites = [
            PickRow(
                f"{_SITE}{site.id}", _("Works at") if first else "", _works_at(site.name), stored[f"{_SITE}{site.id}"]
            )
            for first, site in ((index == 0, site) for index, site in enumerate(self.desk.sites))
        ]
        active = PickRow("active", "Works here", in_words(_ACTIVE), stored["active"])
        active.display = self.member is not None
        return [
            TextRow("name", "Name", stored["name"], self._name_note),
            PickRow("role", "Role", [(role.label, role) for role in _ROLES], stored["role"], lambda role: _(MAY[role])),
            TextRow("login", "Login", stored["login"], _login_note, hint="the operating system user"),
            TextRow("email", "Mail", stored["email"], _check_email),
            *sites,
            active,
        ]

    def read(self) -> StaffChoice:
        return StaffChoice(
            name=self.text("name"),
            role=self.row("role").value,
            login=self.text("login"),
            email=self.text("email"),
            site_ids=tuple(site.id for site in self.desk.sites if self.row(f"{_SITE}{site.id}").value),
            active=self.row("active").value,
        )

    def edited(self, row: FormRow[Any]) -> None:
        """Somebody who leaves, or who loses what a role allows, is told with what that does."""
        parts = []
        if not any(self.row(f"{_SITE}{site.id}").value for site in self.desk.sites):
            parts.append(_("Who works at no site is not offered as the leader of a session."))
        if self.member is not None:
            parts += self._losses(self.member)
        self.foretell("\n".join(parts))

    def _losses(self, member: StaffMember) -> list[str]:
        parts = []
        if member.active and not self.row("active").value:
            parts.append(what_leaving_does(self._leads))
        role = self.row("role")
        if role.dirty and member.id == self.desk.actor.id:
            parts.append(_("This is you: from the next act on you may do what this role may."))
        if member.login and not self.text("login"):
            parts.append(_("Without a login they cannot open this program any more."))
        return parts

    async def rebase(self) -> None:
        if self.member is None:
            return
        staff_id = self.member.id
        self.member, self._leads = await self.desk.run(
            lambda studio: (studio.catalogue.staff_member(staff_id), studio.team.leads(staff_id))
        )
        for key, value in self._stored().items():
            self.row(key).rebase(value)

    def _name_note(self, text: str) -> str | None:
        """Say that somebody else has the name: two people may, but the desk must tell them apart."""
        if not text.strip():
            raise InvalidInput(_("A staff member needs a name."), field="name")
        within(200, "name", text)
        other = self._others.get(fold(text.strip()))
        return other and _("{name} is on the team already: a second one is told apart by a longer name.").format(
            name=other
        )

    def _stored(self) -> dict[str, Any]:
        """What stands in the rows when nobody has typed anything."""
        member, here = self.member, self.desk.site.id
        works_at = (here,) if member is None else member.site_ids
        return {
            "name": "" if member is None else member.name,
            "role": Role.INSTRUCTOR if member is None else member.role,
            "login": "" if member is None else member.login or "",
            "email": "" if member is None else member.email or "",
            "active": True if member is None else member.active,
            **{f"{_SITE}{site.id}": site.id in works_at for site in self.desk.sites},
        }


def _works_at(site: str) -> list[tuple[str, bool]]:
    return [(_("{site}: yes").format(site=site), True), (_("{site}: no").format(site=site), False)]


def _login_note(text: str) -> str | None:
    within(100, "login", text)
    return None if text.strip() else _("Empty: cannot open this program, but can lead sessions.")


def _check_email(text: str) -> None:
    if text.strip():
        parse_address(text)
