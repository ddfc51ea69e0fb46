"""The form of a service, its own link included: what a new link does is counted before it is saved (SPEC L6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from textual import work

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.services import COLOURS, MAX_CAPACITY, Mode, ServiceKind
from studio_tui.domain.text import clean_text
from studio_tui.tui.desk import Desk
from studio_tui.tui.lengths import parse_length, parse_number, typed_length
from studio_tui.tui.link_words import make_link
from studio_tui.tui.screens.form import Form, Submit
from studio_tui.tui.screens.services import what_ending_does, what_stays_as_it_is
from studio_tui.tui.screens.type_link import link_rows
from studio_tui.tui.widgets.form_rows import FormRow, NotesRow, PickRow, TextRow, in_words, within
from studio_tui.tui.wording import effect_of_service_link

if TYPE_CHECKING:
    from studio_tui.domain.links import JoinLink
    from studio_tui.domain.services import Service
    from studio_tui.usecases.catalogue import ServiceDraft

_KINDS = [
    (N_("class"), ServiceKind.CLASS),
    (N_("appointment"), ServiceKind.APPOINTMENT),
    (N_("course"), ServiceKind.COURSE),
]
_KIND_NOTES: dict[ServiceKind, str] = {
    ServiceKind.APPOINTMENT: N_("One client."),
    ServiceKind.CLASS: N_("Many clients, booked session by session."),
    ServiceKind.COURSE: N_("A fixed run of sessions, booked as a whole."),
}
_MODES = (Mode.IN_PERSON, Mode.ONLINE)
_MAY_CHANGE: list[tuple[str, bool | None]] = [(N_("as usual"), None), (N_("yes"), True), (N_("no"), False)]
_OFFERED = [(N_("yes"), True), (N_("no, kept for its past"), False)]
_COLOUR_NAMES = (
    N_("blue"),
    N_("green"),
    N_("yellow"),
    N_("red"),
    N_("magenta"),
    N_("cyan"),
    N_("orange"),
    N_("purple"),
)
_LINK = ("url", "password", "description")
_OF_NEW_ONES = {"capacity": N_("places"), "duration": N_("length")}
"""What only sessions that are made from now on take from their service."""


@dataclass(frozen=True, slots=True)
class ServiceChoice:
    """A filled-in service. `link` is what the service's link is to be; it counts only if `link_changed`."""

    draft: ServiceDraft
    changed: bool
    link: JoinLink | None
    link_changed: bool


class ServiceForm(Form[ServiceChoice, "Service"]):
    """Asks for all that a service says about its sessions. Answers the saved service."""

    HELP_TITLE = "A service"

    def __init__(
        self,
        desk: Desk,
        submit: Submit[ServiceChoice, Service],
        *,
        service: Service | None,
        link: JoinLink | None,
        at_link: bool = False,
    ) -> None:
        """Make the form: of `service` with its own link, or with None of a new one. `at_link`: begin at the link."""
        super().__init__(desk, submit)
        self.heading = _("New service") if service is None else _("Service {name}").format(name=service.name)
        self.service = service
        self._link = link
        self._at_link = at_link
        self._http_hosts: tuple[str, ...] = ()
        self._link_effect = ""
        self._upcoming = 0
        self._places = ""

    async def rows(self) -> Sequence[FormRow[Any]]:
        self._http_hosts = await self.desk.run(lambda studio: studio.resources.http_hosts)
        if (service := self.service) is not None:
            self._upcoming = await self.desk.run(lambda studio: studio.catalogue.upcoming(service.id))
        stored = _stored(self.service, self._link)
        url, password, description = (stored[key] for key in _LINK)
        return [
            TextRow("name", "Name", stored["name"], _check_name),
            PickRow("kind", "Kind", in_words(_KINDS), stored["kind"], lambda kind: _(_KIND_NOTES[kind])),
            PickRow("mode", "Mode", [(mode.label, mode) for mode in _MODES], stored["mode"]),
            PickRow("may_change", "May change", in_words(_MAY_CHANGE), stored["may_change"], self._may_change_note),
            TextRow("capacity", "Places", stored["capacity"], self._check_capacity, short=True),
            TextRow("duration", "Length", stored["duration"], _check_length, hint="60, 1:30", short=True),
            PickRow("colour", "Colour", in_words((name, name) for name in COLOURS), stored["colour"]),
            PickRow("active", "Offered", in_words(_OFFERED), stored["active"], self._messages_note),
            *link_rows(url, password, description, self._http_hosts, required=False),
            NotesRow("details", "Details", stored["details"], _check_details),
        ]

    def read(self) -> ServiceChoice:
        from studio_tui.usecases.catalogue import ServiceDraft

        draft = ServiceDraft(
            id=None if self.service is None else self.service.id,
            site_id=self.desk.site.id,
            name=self.text("name"),
            kind=self.row("kind").value,
            mode=self.row("mode").value,
            sessions_may_change_mode=self.row("may_change").value,
            details=self.row("details").value,
            capacity=parse_number(self.text("capacity"), 1, MAX_CAPACITY, _("Places"), "capacity"),
            duration=self._duration(),
            colour=self.row("colour").value,
            active=self.row("active").value,
        )
        changed = any(row.dirty for row in self.form_rows if row.key not in _LINK)
        return ServiceChoice(draft, changed, self._typed_link(), self._link_dirty())

    def edited(self, row: FormRow[Any]) -> None:
        """A kind brings its number of places, a mode what may change; a link is counted before it is saved."""
        if row.key == "kind":
            self._bring_places(row.value)
        if row.key == "mode":
            self.row("may_change").look()
        if row.key in _LINK:
            self._count()
        self._foretell()

    def _bring_places(self, kind: ServiceKind) -> None:
        """An appointment has one place; who only looked at that kind has the places back."""
        places = self.row("capacity")
        if kind is ServiceKind.APPOINTMENT and places.value != "1":
            self._places, places.value = places.value, "1"
        elif kind is not ServiceKind.APPOINTMENT and self._places and places.value == "1":
            self._places, places.value = "", self._places

    async def rebase(self) -> None:
        if self.service is None:
            return
        service_id, actor = self.service.id, self.desk.actor
        self.service, self._link = await self.desk.run(
            lambda studio: (studio.catalogue.service(service_id), studio.catalogue.service_link(actor, service_id))
        )
        for key, value in _stored(self.service, self._link).items():
            self.row(key).rebase(value)

    def focus_first(self) -> None:
        """Begin at the name, or at the link if that is what somebody came for."""
        self.row("url" if self._at_link else "name").control.focus()

    @work(exit_on_error=False, exclusive=True, group="count")
    async def _count(self) -> None:
        self._link_effect = ""
        service, actor = self.service, self.desk.actor
        if service is not None and self._link_dirty():
            try:
                link = self._typed_link()
            except InvalidInput:
                link = None  # the row says it
            else:
                preview = await self.desk.run(
                    lambda studio: studio.catalogue.preview_service_link(actor, service.id, link)
                )
                self._link_effect = effect_of_service_link(preview, cleared=link is None)
        self._foretell()

    def _foretell(self) -> None:
        parts = [self._link_effect]
        if self.service is not None and self.row("mode").dirty:
            mode = self.row("mode").value.label
            parts.insert(
                0,
                _("All its sessions become {mode}, except those switched by hand; their notices follow.").format(
                    mode=mode
                ),
            )
        fresh = [what for key, what in _OF_NEW_ONES.items() if self.row(key).dirty]
        if self._upcoming and fresh:
            parts.insert(0, what_stays_as_it_is(self._upcoming, fresh))
        if self.service is not None and self.service.active and not self.row("active").value and self._upcoming:
            parts.insert(0, what_ending_does(self._upcoming))
        self.foretell("\n".join(part for part in parts if part))

    def _link_dirty(self) -> bool:
        return any(row.dirty for row in self.form_rows if row.key in _LINK)

    def _typed_link(self) -> JoinLink | None:
        if not self.text("url"):
            return None
        return make_link(self.text("url"), self.text("password"), self.text("description"), self._http_hosts)

    def _duration(self) -> timedelta:
        row = self.row("duration")
        return self.service.duration if self.service is not None and not row.dirty else parse_length(row.value)

    def _messages_note(self, _offered: bool) -> str | None:
        return None if self.service is None else _("Messages of its sessions: M in the list.")

    def _may_change_note(self, value: bool | None) -> str:
        """Say what a single session may do, and what is usual for the mode (SPEC M2)."""
        modes = [row.value for row in self.form_rows if row.key == "mode"]
        online = (modes[0] if modes else Mode.IN_PERSON) is Mode.ONLINE
        may = value if value is not None else not online
        other = (Mode.IN_PERSON if online else Mode.ONLINE).label
        words = _("A single session can be held {mode}.") if may else _("A single session cannot be held {mode}.")
        return words.format(mode=other)

    def _check_capacity(self, text: str) -> None:
        number = parse_number(text, 1, MAX_CAPACITY, _("Places"), "capacity")
        kinds = [row.value for row in self.form_rows if row.key == "kind"]
        if ServiceKind.APPOINTMENT in kinds and number != 1:
            raise InvalidInput(_("An appointment is for one client: it has 1 place."), field="capacity")


def _stored(service: Service | None, link: JoinLink | None) -> dict[str, Any]:
    """What stands in the rows when nobody has typed anything."""
    return {
        "name": "" if service is None else service.name,
        "kind": ServiceKind.CLASS if service is None else service.kind,
        "mode": Mode.IN_PERSON if service is None else service.mode,
        "may_change": None if service is None else service.sessions_may_change_mode,
        "capacity": "10" if service is None else str(service.capacity),
        "duration": "60" if service is None else typed_length(service.duration),
        "colour": COLOURS[0] if service is None else service.colour,
        "active": True if service is None else service.active,
        "url": "" if link is None else link.url,
        "password": (link.password or "") if link is not None else "",
        "description": (link.description or "") if link is not None else "",
        "details": "" if service is None else service.details,
    }


def _check_name(text: str) -> None:
    if not text.strip():
        raise InvalidInput(_("A service needs a name."), field="name")
    within(200, "name", text)


def _check_length(text: str) -> None:
    parse_length(text)


def _check_details(text: str) -> None:
    clean_text(text, 4_000, field="details")
