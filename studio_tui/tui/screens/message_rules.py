"""The forms of what a site and a service say of their messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from studio_tui.domain.language import N_, _
from studio_tui.domain.message_rules import ServiceRules, SiteRules, lead_words, parse_lead, typed_lead
from studio_tui.domain.reminders import ATTENDANCE_LEAD
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.client_form import check_address
from studio_tui.tui.screens.form import Form
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow, in_words

if TYPE_CHECKING:
    from studio_tui.domain.people import Site
    from studio_tui.domain.services import Service

_HIDDEN = [(N_("with the join link"), False), (N_("without the join link"), True)]


class SiteRulesForm(Form[SiteRules, "Site"]):
    """Changes a site's rules by itself, and answers the site."""

    HELP_TITLE = "Rules of messages"

    def __init__(self, desk: Desk, site: Site) -> None:
        super().__init__(desk, self._carry_out)
        self.heading = _("Messages of {name}").format(name=site.name)
        self._site = site

    async def rows(self) -> Sequence[FormRow[Any]]:
        stored = _of_site(self._site)
        return [
            TextRow("reminder_lead", "Reminders", stored["reminder_lead"], _lead_note, hint="24 h, 2 d, 90 min"),
            TextRow("reply_to", "Answers go to", stored["reply_to"], _reply_note, hint="desk@studio.example"),
            PickRow(
                "hide_links_in_mails", "Confirmations", in_words(_HIDDEN), stored["hide_links_in_mails"], _mails_note
            ),
            PickRow("hide_links_in_area", "Client's area", in_words(_HIDDEN), stored["hide_links_in_area"], _area_note),
        ]

    def read(self) -> SiteRules:
        return SiteRules(
            reminder_lead=parse_lead(self.text("reminder_lead"), "reminder_lead"),
            reply_to=self.text("reply_to") or None,
            hide_links_in_mails=self.row("hide_links_in_mails").value,
            hide_links_in_area=self.row("hide_links_in_area").value,
        )

    async def rebase(self) -> None:
        site_id = self._site.id
        self._site = await self.desk.run(lambda studio: studio.catalogue.site(site_id))
        for key, value in _of_site(self._site).items():
            self.row(key).rebase(value)

    async def _carry_out(self, rules: SiteRules) -> Site:
        actor, site_id, version = self.desk.actor, self._site.id, self._site.change.version
        return await self.desk.run(lambda studio: studio.messages.set_rules(actor, site_id, rules, version=version))


class ServiceRulesForm(Form[ServiceRules, "Service"]):
    """Changes a service's rules by itself, and answers the service."""

    HELP_TITLE = "Rules of messages"

    def __init__(self, desk: Desk, site: Site, service: Service) -> None:
        super().__init__(desk, self._carry_out)
        self.heading = _("Messages of {name}").format(name=service.name)
        self._site = site
        self._service = service

    async def rows(self) -> Sequence[FormRow[Any]]:
        stored = _of_service(self._service)
        return [
            TextRow("reminder_lead", "Reminders", stored["reminder_lead"], self._lead_note, hint="24 h, 2 d, 90 min"),
            TextRow("free_cancellation", "Free to cancel", stored["free_cancellation"], _limit_note, hint="24 h, 2 d"),
        ]

    def read(self) -> ServiceRules:
        return ServiceRules(
            reminder_lead=_lead(self.text("reminder_lead"), "reminder_lead"),
            free_cancellation=_lead(self.text("free_cancellation"), "free_cancellation"),
        )

    async def rebase(self) -> None:
        service_id = self._service.id
        self._service = await self.desk.run(lambda studio: studio.catalogue.service(service_id))
        for key, value in _of_service(self._service).items():
            self.row(key).rebase(value)

    async def _carry_out(self, rules: ServiceRules) -> Service:
        actor, service_id, version = self.desk.actor, self._service.id, self._service.change.version
        return await self.desk.run(
            lambda studio: studio.messages.set_service_rules(actor, service_id, rules, version=version)
        )

    def _lead_note(self, text: str) -> str:
        if text.strip():
            return _lead_note(text)
        words = lead_words(self._site.reminder_lead)
        return _("As the site says: {lead} before the start.").format(lead=words)


def _of_site(site: Site) -> dict[str, Any]:
    """What stands in the rows when nobody has typed anything."""
    return {
        "reminder_lead": typed_lead(site.reminder_lead),
        "reply_to": site.reply_to or "",
        "hide_links_in_mails": site.hide_links_in_mails,
        "hide_links_in_area": site.hide_links_in_area,
    }


def _of_service(service: Service) -> dict[str, Any]:
    leads = {"reminder_lead": service.reminder_lead, "free_cancellation": service.free_cancellation}
    return {key: "" if lead is None else typed_lead(lead) for key, lead in leads.items()}


def _lead(text: str, field: str) -> timedelta | None:
    return parse_lead(text, field) if text.strip() else None


def _lead_note(text: str) -> str:
    lead = lead_words(parse_lead(text, "reminder_lead"))
    return _("{lead} before the start; a reminder whose time has passed is skipped.").format(lead=lead)


def _limit_note(text: str) -> str:
    if not text.strip():
        return _("Without a limit nobody is asked whether they come.")
    limit = parse_lead(text, "free_cancellation")
    asked = lead_words(limit + ATTENDANCE_LEAD)
    return _("Clients are asked {lead} before the start whether they come.").format(lead=asked)


def _reply_note(text: str) -> str | None:
    if not text.strip():
        return _("Empty: answers go to the address that mails come from.")
    return check_address(text)


def _mails_note(hidden: bool) -> str:
    if hidden:
        return _("Clients get the link at the notice time, not before.")
    return _("Whoever is booked gets the link at once, if there is one.")


def _area_note(hidden: bool) -> str:
    if hidden:
        return _("“studio-tui clients bookings” leaves the link out.")
    return _("“studio-tui clients bookings” gives the link to your web page.")
