"""The services of a site: what clients book, and what each says about its sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.content import Content

from studio_tui.domain.permissions import Act, check
from studio_tui.domain.services import may_sessions_change_mode
from studio_tui.domain.terminal import pad, safe_display
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.list_screen import Line, ListScreen
from studio_tui.tui.wording import counted, length_text, written_text

if TYPE_CHECKING:
    from studio_tui.domain.links import JoinLink
    from studio_tui.domain.people import StaffMember
    from studio_tui.domain.services import Service
    from studio_tui.tui.screens.service_form import ServiceChoice, ServiceForm
    from studio_tui.usecases.studio import Studio

_COLUMNS = (("kind", 13), ("mode", 11), ("length", 9), ("places", 8), ("own link", 10))
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
        Binding("L", "show_link", "Show link", id="services.show_link", tooltip="Show the service's link, or hide it"),
    ]
    topics = ("service",)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.title_text = f"Services · {desk.site.name}"
        self._shown: tuple[int, JoinLink] | None = None

    # -- what is shown ---------------------------------------------------------------------------------------------

    @property
    def when_empty(self) -> str:
        return "No services yet. A service is what clients book: a class, an appointment or a course.\nn: new service"

    async def load(self) -> Sequence[Line[Service]]:
        site_id = self.desk.site.id
        services = await self.desk.run(lambda studio: studio.catalogue.services(site_id))
        heading = [Line["Service"]("names", None)] if services else []
        return [*heading, *(Line(str(service.id), service) for service in services)]

    def row(self, line: Line[Service], width: int) -> Content:
        name_cells = min(_MOST, max(12, width - 2 - sum(cells for _, cells in _COLUMNS)))
        service = line.item
        if service is None:
            names = "".join(pad(name, cells) for name, cells in _COLUMNS)
            return Content(pad("  Service", name_cells + 2) + names).stylize("dim")
        link = "" if service.link is None else "● link"
        values = (service.kind.value, service.mode.label, length_text(service.duration), str(service.capacity), link)
        cells = "".join(pad(value, cells) for value, (_, cells) in zip(values, _COLUMNS, strict=True))
        style = "" if service.active else "dim strike"
        return Content.assemble(
            ("▌ " if service.active else "× ", f"$service-{service.colour}"),
            (pad(safe_display(service.name), name_cells), style),
            (cells, "" if service.active else "dim"),
        )

    def panel(self, item: Service) -> tuple[str, str]:
        written = written_text(item.change, self.desk.now(), self.desk.zone)
        may = "can" if may_sessions_change_mode(item) else "cannot"
        own = "" if item.sessions_may_change_mode is None else " (set so)"
        lines = [
            f"{'' if item.active else 'Not offered any more · '}{written}",
            f"Its sessions are {item.mode.label}; a single one {may} change mode{own}.",
            *self._link_lines(item),
        ]
        if item.details:
            lines.append(f"Details for the client: {item.details}")
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
                question=f"Offer {service.name} no more?",
                consequences=[what_ending_does(upcoming)],
                act="Offer it no more",
            )
            if not await self.app.push_screen_wait(question):
                return
        saved = await self.desk.run(lambda studio: _offer(studio, actor, service, not service.active))
        await self.read_again(str(saved.id))
        self.tell(f"{saved.name} is {'offered again' if saved.active else 'not offered any more'}. u undoes it.")

    @work(exit_on_error=False, group="opens")
    async def action_link(self) -> None:
        """Open the form at the service's own link."""
        if self.chosen is not None:
            await self._open_form(self.chosen, at_link=True)

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
            self.tell(f"{saved.name} is saved. u undoes it.")

    async def _read_link(self, service: Service) -> JoinLink | None:
        actor = self.desk.actor
        return await self.desk.run(lambda studio: studio.catalogue.service_link(actor, service.id))

    def _link_lines(self, service: Service) -> list[str]:
        """The service's own link: bullets until L is pressed (SPEC L11)."""
        if service.link is None:
            return ["No link of its own (l sets one): its sessions take one typed by hand, or an account's."]
        if self._shown is None or self._shown[0] != service.id:
            return [f"Its own link, for scheduled sessions: {'•' * 10} (L shows it)"]
        link = self._shown[1]
        lines = [f"Its own link, for scheduled sessions: {link.url}"]
        lines += [f"Password: {link.password}"] if link.password else []
        lines += [f"For clients: {link.description}"] if link.description else []
        return lines


def what_ending_does(upcoming: int) -> str:
    """What stays on the calendar when a service is offered no more."""
    stay = "stays" if upcoming == 1 else "stay"
    return f"{counted(upcoming, 'upcoming session')} {stay} on the calendar; no new ones can be made of it."


def what_stays_as_it_is(upcoming: int, facts: Sequence[str]) -> str:
    """What sessions that exist keep when their service changes."""
    keep, own = ("keeps", "its") if upcoming == 1 else ("keep", "their")
    return f"{counted(upcoming, 'upcoming session')} {keep} {own} {' and '.join(facts)}; new ones take what is here."


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
