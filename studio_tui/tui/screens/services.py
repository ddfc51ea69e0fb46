"""The services of a site: what clients book, and what each says about its sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.content import Content

from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.permissions import Act, check
from studio_tui.domain.services import Mode, may_sessions_change_mode
from studio_tui.domain.terminal import cell_width, pad, safe_display
from studio_tui.tui.desk import Desk
from studio_tui.tui.nouns import counted_upcoming
from studio_tui.tui.screens.list_screen import Line, ListScreen
from studio_tui.tui.wording import length_text, written_text

if TYPE_CHECKING:
    from studio_tui.domain.links import JoinLink
    from studio_tui.domain.people import StaffMember
    from studio_tui.domain.services import Service
    from studio_tui.tui.screens.service_form import ServiceChoice, ServiceForm
    from studio_tui.usecases.studio import Studio

_COLUMNS = ((N_("kind"), 13), (N_("mode"), 11), (N_("length"), 9), (N_("places"), 8), (N_("own link"), 10))
_MOST = 44
"""Cells of a name: on a wide screen the columns stay together."""


class ServicesScreen(ListScreen["Service"]):
    """Every service in a line; the panel says the rest."""

    HELP_TITLE = "Services"
    HELP_SIGNS: ClassVar = {
        "▌": "its colour on the calendar",
        "×": "not offered any more",
        "●": "has a link of its own",
    }
    BINDINGS: ClassVar = [
        Binding("enter", "edit", "Edit", id="services.edit", tooltip="Edit the service"),
        Binding("n", "new", "New", id="services.new", tooltip="Make a service"),
        Binding("d,delete", "offer", "Offered", id="services.offer", tooltip="Offer it no more, or again"),
        Binding("l", "link", "Link", id="services.link", tooltip="Set or clear the service's own link"),
        Binding(
            "M", "messages", "Messages", id="services.messages", show=False, tooltip="Which messages its sessions send"
        ),
        Binding("L", "show_link", "Show link", id="services.show_link", tooltip="Show the service's link, or hide it"),
    ]
    topics = ("service",)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown: tuple[int, JoinLink] | None = None

    # -- what is shown ---------------------------------------------------------------------------------------------

    @property
    def when_empty(self) -> str:
        return _(
            "No services yet. A service is what clients book: a class, an appointment or a course.\nn: new service"
        )

    def title_now(self) -> str:
        return _("Services · {name}").format(name=self.desk.site.name)

    async def load(self) -> Sequence[Line[Service]]:
        site_id = self.desk.site.id
        services = await self.desk.run(lambda studio: studio.catalogue.services(site_id))
        heading = [Line["Service"]("names", None)] if services else []
        return [*heading, *(Line(str(service.id), service) for service in services)]

    def row(self, line: Line[Service], width: int) -> Content:
        columns = _columns()
        name_cells = min(_MOST, max(12, width - 2 - sum(cells for _name, cells in columns)))
        service = line.item
        if service is None:
            names = "".join(pad(_(name), cells) for name, cells in columns)
            return Content(pad(f"  {_('Service')}", name_cells + 2) + names).stylize("dim")
        link = "" if service.link is None else _("● link")
        values = (_(service.kind.value), service.mode.label, length_text(service.duration), str(service.capacity), link)
        cells = "".join(pad(value, cells) for value, (_name, cells) in zip(values, columns, strict=True))
        style = "" if service.active else "dim strike"
        return Content.assemble(
            ("▌ " if service.active else "× ", f"$service-{service.colour}"),
            (pad(safe_display(service.name), name_cells), style),
            (cells, "" if service.active else "dim"),
        )

    def panel(self, item: Service) -> tuple[str, str]:
        written = written_text(item.change, self.desk.now(), self.desk.zone)
        lines = [
            written if item.active else f"{_('Not offered any more')} · {written}",
            _mode_text(item),
            *self._link_lines(item),
        ]
        if item.details:
            lines.append(_("Details for the client: {details}").format(details=item.details))
        return item.name, "\n".join(lines)

    # -- acts ------------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        self.action_edit()

    @work(exit_on_error=False, group="opens")
    async def action_edit(self) -> None:
        """Open the form of the service under the cursor."""
        if self.chosen is not None:
            await self._open_form(self.chosen)

    @work(exit_on_error=False, group="opens")
    async def action_new(self) -> None:
        """Open the form of a new service."""
        await self._open_form(None)

    @work(exit_on_error=False, group="act")
    async def action_offer(self) -> None:
        """Offer the service under the cursor no more, which is asked about if sessions are to come; or offer it again."""
        from studio_tui.tui.screens.dialogs import Confirm

        service, actor = self.chosen, self.desk.actor
        if service is None:
            return
        check(actor, Act.MANAGE_SERVICES)
        upcoming = await self.desk.run(lambda studio: studio.catalogue.upcoming(service.id)) if service.active else 0
        if upcoming:
            question = Confirm(
                self.desk,
                question=_("Offer {name} no more?").format(name=service.name),
                consequences=[what_ending_does(upcoming)],
                act=_("Offer it no more"),
            )
            if not await self.app.push_screen_wait(question):
                return
        saved = await self.desk.run(lambda studio: _offer(studio, actor, service, not service.active))
        await self.read_again(str(saved.id))
        said = (
            _("{name} is offered again. u undoes it.")
            if saved.active
            else _("{name} is not offered any more. u undoes it.")
        )
        self.tell(said.format(name=saved.name))

    @work(exit_on_error=False, group="opens")
    async def action_link(self) -> None:
        """Open the form at the service's own link."""
        if self.chosen is not None:
            await self._open_form(self.chosen, at_link=True)

    def action_messages(self) -> None:
        """Show which messages the sessions of the service under the cursor send."""
        from studio_tui.tui.screens.messages import MessagesScreen

        self.app.push_screen(MessagesScreen(self.desk, None if self.chosen is None else self.chosen.id))

    @work(exit_on_error=False, group="act")
    async def action_show_link(self) -> None:
        """Show the link of the service under the cursor, or hide it again."""
        service = self.chosen
        if service is None:
            return
        if self._shown is not None and self._shown[0] == service.id:
            self._shown = None
        else:
            link = await self._read_link(service)
            self._shown = None if link is None else (service.id, link)
        self.show_panel()

    async def _open_form(self, service: Service | None, *, at_link: bool = False) -> None:
        from studio_tui.tui.screens.service_form import ServiceForm

        check(self.desk.actor, Act.MANAGE_SERVICES)
        link = None if service is None else await self._read_link(service)

        async def submit(choice: ServiceChoice) -> Service:
            actor = self.desk.actor
            try:
                return await self.desk.run(lambda studio: save_service(studio, actor, form, choice))
            finally:
                self._shown = None
                await self.read_again()

        form = ServiceForm(self.desk, submit, service=service, link=link, at_link=at_link)
        saved = await self.app.push_screen_wait(form)
        if saved is not None:
            await self.read_again(str(saved.id))
            self.tell(_("{name} is saved. u undoes it.").format(name=saved.name))

    async def _read_link(self, service: Service) -> JoinLink | None:
        actor = self.desk.actor
        return await self.desk.run(lambda studio: studio.catalogue.service_link(actor, service.id))

    def _link_lines(self, service: Service) -> list[str]:
        """The service's own link: bullets until L is pressed (SPEC L11)."""
        if service.link is None:
            return [_("No link of its own (l sets one): its sessions take one typed by hand, or an account's.")]
        if self._shown is None or self._shown[0] != service.id:
            return [_("Its own link, for scheduled sessions: {link} (L shows it)").format(link="•" * 10)]
        link = self._shown[1]
        lines = [_("Its own link, for scheduled sessions: {link}").format(link=link.url)]
        lines += [_("Password: {password}").format(password=link.password)] if link.password else []
        lines += [_("For clients: {description}").format(description=link.description)] if link.description else []
        return lines


def _columns() -> list[tuple[str, int]]:
    """The columns with their widths: as wide as the longest word for a mode needs."""
    mode = max(cell_width(mode.label) for mode in Mode) + 1
    return [(name, max(cells, mode) if name == "mode" else cells) for name, cells in _COLUMNS]


def _mode_text(service: Service) -> str:
    """How the service's sessions take place, and whether that may be changed for one of them."""
    as_usual = service.sessions_may_change_mode is None
    if may_sessions_change_mode(service):
        words = (
            _("Its sessions are {mode}; a single one can change mode.")
            if as_usual
            else _("Its sessions are {mode}; a single one can change mode (set so).")
        )
    else:
        words = (
            _("Its sessions are {mode}; a single one cannot change mode.")
            if as_usual
            else _("Its sessions are {mode}; a single one cannot change mode (set so).")
        )
    return words.format(mode=service.mode.label)


def what_ending_does(upcoming: int) -> str:
    """What stays on the calendar when a service is offered no more."""
    words = ngettext(
        "{sessions} stays on the calendar; no new ones can be made of it.",
        "{sessions} stay on the calendar; no new ones can be made of it.",
        upcoming,
    )
    return words.format(sessions=counted_upcoming(upcoming))


def what_stays_as_it_is(upcoming: int, facts: Sequence[str]) -> str:
    """What sessions that exist keep when their service changes."""
    words = ngettext(
        "{sessions} keeps its {facts}; new ones take what is here.",
        "{sessions} keep their {facts}; new ones take what is here.",
        upcoming,
    )
    return words.format(sessions=counted_upcoming(upcoming), facts=_(" and ").join(_(fact) for fact in facts))


def _offer(studio: Studio, actor: StaffMember, service: Service, active: bool) -> Service:
    from studio_tui.usecases.catalogue import ServiceDraft

    draft = ServiceDraft(
        id=service.id,
        site_id=service.site_id,
        name=service.name,
        kind=service.kind,
        mode=service.mode,
        sessions_may_change_mode=service.sessions_may_change_mode,
        details=service.details,
        capacity=service.capacity,
        duration=service.duration,
        colour=service.colour,
        active=active,
    )
    return studio.catalogue.save_service(actor, draft, version=service.change.version)


def save_service(studio: Studio, actor: StaffMember, form: ServiceForm, choice: ServiceChoice) -> Service:
    """Save what was changed: the service, its link, or both. The form goes on from what has been saved."""
    service = form.service
    if service is None or choice.changed:
        version = None if service is None else service.change.version
        form.service = service = studio.catalogue.save_service(actor, choice.draft, version=version)
    if choice.link_changed:
        studio.catalogue.set_service_link(actor, service.id, choice.link, version=service.change.version)
        form.service = service = studio.catalogue.service(service.id)
    return service
