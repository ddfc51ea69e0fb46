"""The team: who works here, in what role and where, and what each of them leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.content import Content

from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.people import Role
from studio_tui.domain.permissions import Act, check
from studio_tui.domain.terminal import cell_width, pad, safe_display
from studio_tui.tui.nouns import counted_upcoming
from studio_tui.tui.screens.list_screen import Line, ListScreen
from studio_tui.tui.wording import written_text

if TYPE_CHECKING:
    from studio_tui.domain.people import StaffMember
    from studio_tui.tui.screens.staff_form import StaffChoice
    from studio_tui.usecases.studio import Studio
    from studio_tui.usecases.team import TeamLine

_ROLE, _LOGIN, _LEADS, _MOST = 12, 14, 10, 30
MAY = {
    Role.OWNER: N_("May do everything, the settings of sites and staff included."),
    Role.FRONT_DESK: N_("May change services, rooms, sessions, bookings, clients, links and notices."),
    Role.INSTRUCTOR: N_("May change the sessions that they lead, with their bookings, links and notices."),
}
"""What a role may do, in a sentence (SPEC §7)."""


class TeamScreen(ListScreen["TeamLine"]):
    """Everybody in a line, those of this site first; the panel says the rest."""

    HELP_TITLE = "Team"
    HELP_SIGNS: ClassVar = {"▸": "you", "×": "no longer works here"}
    BINDINGS: ClassVar = [
        Binding("enter", "edit", "Edit", id="team.edit", tooltip="Edit the staff member"),
        Binding("n", "new", "New", id="team.new", tooltip="Add a staff member"),
        Binding("d,delete", "leave_or_return", "Leaves", id="team.leave", tooltip="They leave, or come back"),
    ]
    topics = ("staff", "site", "session")

    # -- what is shown ---------------------------------------------------------------------------------------------

    @property
    def when_empty(self) -> str:
        return _("Nobody works here yet.\nn: add somebody")

    def title_now(self) -> str:
        return _("Team · {name}").format(name=self.desk.site.name)

    async def load(self) -> Sequence[Line[TeamLine]]:
        lines = await self.desk.run(lambda studio: studio.team.lines())
        here = [line for line in lines if self.desk.site.id in line.member.site_ids]
        elsewhere = [line for line in lines if line not in here]
        rows = [Line["TeamLine"]("names", None), *(Line(str(line.member.id), line) for line in here)]
        if elsewhere:
            rows += [Line["TeamLine"]("elsewhere", None), *(Line(str(line.member.id), line) for line in elsewhere)]
        return rows

    def row(self, line: Line[TeamLine], width: int) -> Content:
        name_cells = min(_MOST, max(12, width - 2 - _ROLE - _LOGIN - _LEADS - 12))
        sites_cells = max(0, width - 2 - name_cells - _ROLE - _LOGIN - _LEADS)
        if line.item is None:
            if line.key == "elsewhere":
                return Content(f"── {_('At other sites')} ".ljust(width, "─")).stylize("dim")
            names = pad(_("role"), _ROLE) + pad(_("login"), _LOGIN) + pad(_("sites"), sites_cells)
            names += _("leads").rjust(_LEADS)
            return Content(pad(f"  {_('Name')}", name_cells + 2) + names).stylize("dim")
        member = line.item.member
        leads = ngettext("{n} next", "{n} next", line.item.leads).format(n=line.item.leads) if line.item.leads else ""
        me = "▸ " if member.id == self.desk.actor.id else "  "
        return Content.assemble(
            me if member.active else "× ",
            (pad(safe_display(member.name), name_cells), "" if member.active else "dim strike"),
            (pad(member.role.label, _ROLE), "" if member.active else "dim"),
            (pad(safe_display(member.login or "–"), _LOGIN), "" if member.active else "dim"),
            (pad(self._sites_in(member, sites_cells), sites_cells), "dim"),
            (leads.rjust(_LEADS), "dim"),
        )

    def panel(self, item: TeamLine) -> tuple[str, str]:
        member = item.member
        written = written_text(member.change, self.desk.now(), self.desk.zone)
        lines = [written if member.active else f"{_('No longer works here')} · {written}", _(MAY[member.role])]
        if member.login is None:
            lines.append(_("No login: cannot open this program."))
        else:
            lines.append(_("Opens this program as the operating system user {login}.").format(login=member.login))
        words = _("Mail: {mail} · works at {sites}")
        lines.append(words.format(mail=member.email or _("none"), sites=self._sites_of(member) or _("no site")))
        lines.append(_("Leads {sessions}.").format(sessions=counted_upcoming(item.leads)))
        return member.name, "\n".join(lines)

    # -- acts ------------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        self.action_edit()

    @work(exit_on_error=False, group="opens")
    async def action_edit(self) -> None:
        """Open the form of the staff member under the cursor."""
        if self.chosen is not None:
            await self._open_form(self.chosen)

    @work(exit_on_error=False, group="opens")
    async def action_new(self) -> None:
        """Open the form of a new staff member."""
        await self._open_form(None)

    @work(exit_on_error=False, group="act")
    async def action_leave_or_return(self) -> None:
        """Somebody no longer works here, which is asked about if they lead sessions; or they come back."""
        from studio_tui.tui.screens.dialogs import Confirm

        line, actor = self.chosen, self.desk.actor
        if line is None:
            return
        check(actor, Act.MANAGE_SITE)
        member, leads = line.member, line.leads
        if member.active and leads:
            question = Confirm(
                self.desk,
                question=_("{name} leaves?").format(name=member.name),
                consequences=[what_leaving_does(leads), _("Their bookings, links and notices stay as they are.")],
                act=_("{name} leaves").format(name=member.name),
            )
            if not await self.app.push_screen_wait(question):
                return
        changed = replace(member, active=not member.active)
        version = member.change.version
        saved = await self.desk.run(lambda studio: studio.team.change(actor, changed, version=version))
        await self.read_again(str(saved.id))
        said = (
            _("{name} works here again. u undoes it.")
            if saved.active
            else _("{name} no longer works here. u undoes it.")
        )
        self.tell(said.format(name=saved.name))

    async def _open_form(self, line: TeamLine | None) -> None:
        from studio_tui.tui.screens.staff_form import StaffForm

        check(self.desk.actor, Act.MANAGE_SITE)

        async def submit(choice: StaffChoice) -> StaffMember:
            actor, member = self.desk.actor, form.member
            try:
                return await self.desk.run(lambda studio: _save(studio, actor, member, choice))
            finally:
                await self.read_again()

        form = StaffForm(self.desk, submit, line=line)
        saved = await self.app.push_screen_wait(form)
        if saved is not None:
            if saved.id == self.desk.actor.id:
                self.desk.actor = saved
            await self.read_again(str(saved.id))
            self.tell(_("{name} is saved. u undoes it.").format(name=saved.name))

    def _sites_in(self, member: StaffMember, cells: int) -> str:
        """The sites by name, or where they do not fit by number."""
        names = safe_display(self._sites_of(member))
        number = len(member.site_ids)
        return (
            names
            if cell_width(names) < cells or number < 2
            else ngettext("{n} site", "{n} sites", number).format(n=number)
        )

    def _sites_of(self, member: StaffMember) -> str:
        return ", ".join(site.name for site in self.desk.sites if site.id in member.site_ids)


def what_leaving_does(leads: int) -> str:
    """What stays behind when somebody leaves."""
    if not leads:
        return _("Leads no upcoming session.")
    words = ngettext(
        "Leads {sessions}: stays theirs until it gets another leader.",
        "Leads {sessions}: stay theirs until they get another leader.",
        leads,
    )
    return words.format(sessions=counted_upcoming(leads))


def _save(studio: Studio, actor: StaffMember, member: StaffMember | None, choice: StaffChoice) -> StaffMember:
    login, email = choice.login or None, choice.email or None
    if member is None:
        return studio.team.add(actor, choice.name, choice.role, choice.site_ids, login=login, email=email)
    changed = replace(
        member,
        name=choice.name,
        role=choice.role,
        login=login,
        email=email,
        site_ids=choice.site_ids,
        active=choice.active,
    )
    return studio.team.change(actor, changed, version=member.change.version)
