"""The words of the Messages screen: what each kind is for, when it goes out, and what switching it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio_tui.domain.language import N_, _
from studio_tui.domain.message_rules import lead_words
from studio_tui.domain.messages import REFUSABLE, MessageKind
from studio_tui.domain.reminders import ATTENDANCE_LEAD
from studio_tui.tui.nouns import counted_clients, counted_messages

if TYPE_CHECKING:
    from studio_tui.domain.message_rules import SwitchEffect
    from studio_tui.domain.people import Site
    from studio_tui.domain.services import Service

_WHEN = {
    MessageKind.BOOKED: N_("once somebody is booked"),
    MessageKind.NOTICE: N_("at the notice time"),
    MessageKind.MOVED: N_("when you tell the clients"),
    MessageKind.LINK: N_("when you send the new link"),
    MessageKind.CANCELLED: N_("when you tell the clients"),
    MessageKind.UNBOOKED: N_("once a booking is cancelled"),
    MessageKind.WRITTEN: N_("when you write to the clients"),
}
_ABOUT = {
    MessageKind.BOOKED: N_("Confirms a place, with the join link if there is one by then."),
    MessageKind.NOTICE: N_("Brings the join link. It goes to addresses that were never verified, too."),
    MessageKind.REMINDER: N_("Reminds of the session. One that is late is skipped, never sent late."),
    MessageKind.ATTENDANCE: N_("Asks to come, or to cancel while that is free. One that is late is skipped."),
    MessageKind.MOVED: N_("Says that a session was moved or changed in another way."),
    MessageKind.LINK: N_("Brings a new link to clients who hold an old one."),
    MessageKind.CANCELLED: N_("Says that a session does not take place, without any link."),
    MessageKind.UNBOOKED: N_("Says that a place was given back, without any link."),
    MessageKind.WRITTEN: N_("What you write yourself; two a day at the most for each client."),
}


def when_words(kind: MessageKind, site: Site, service: Service | None) -> str:
    """When messages of the kind go out."""
    if kind is MessageKind.REMINDER:
        own = None if service is None else service.reminder_lead
        return _("{lead} before the start").format(lead=lead_words(own or site.reminder_lead))
    if kind is MessageKind.ATTENDANCE:
        if service is None:
            return _("as each service's limit says")
        limit = service.free_cancellation
        if limit is None:
            return _("never: no limit is set")
        return _("{lead} before the start").format(lead=lead_words(limit + ATTENDANCE_LEAD))
    return _(_WHEN[kind])


def about_lines(kind: MessageKind) -> list[str]:
    """What a kind is for, and whether a client can refuse it."""
    refusable = [_("A client can refuse these: in the client's form.")] if kind in REFUSABLE else []
    return [_(_ABOUT[kind]), *refusable]


def off_lines(kind: MessageKind, effect: SwitchEffect) -> list[str]:
    """What switching a kind off does."""
    lines = []
    if effect.stopped:
        told = _("{messages} that wait will not be sent, to {clients}.")
        lines.append(told.format(messages=counted_messages(effect.stopped), clients=counted_clients(effect.clients)))
    else:
        lines.append(_("Nothing of it waits at the moment."))
    if kind is MessageKind.NOTICE:
        lines.append(_("Clients of online sessions will not get the link at the notice time."))
    return [*lines, _("u undoes it.")]


def on_words(effect: SwitchEffect) -> str:
    """What switching a kind on did."""
    if effect.at_once:
        return _("{messages} planned, {n} of them due at once: their sessions go on now.").format(
            messages=counted_messages(effect.planned), n=effect.at_once
        )
    if effect.planned:
        return _("{messages} planned. Nothing whose time has passed is sent.").format(
            messages=counted_messages(effect.planned)
        )
    return _("Nothing whose time has passed is sent.")


def site_rule_lines(site: Site) -> list[tuple[str, str]]:
    """A site's rules: what each is about, and what holds."""
    hidden, shown = _("without the join link"), _("with the join link")
    return [
        (_("Reminders"), _("{lead} before the start").format(lead=lead_words(site.reminder_lead))),
        (_("Answers go to"), site.reply_to or _("the address that mails come from")),
        (_("Confirmations"), hidden if site.hide_links_in_mails else shown),
        (_("Client's area"), hidden if site.hide_links_in_area else shown),
    ]


def service_rule_lines(site: Site, service: Service) -> list[tuple[str, str]]:
    """A service's rules: what each is about, and what holds."""
    lead, limit = service.reminder_lead, service.free_cancellation
    reminders = _("{lead} before the start").format(lead=lead_words(lead or site.reminder_lead))
    free = (
        _("no limit is set: nobody is asked whether they come")
        if limit is None
        else _("until {lead} before the start; clients are asked {earlier} before that").format(
            lead=lead_words(limit), earlier=lead_words(ATTENDANCE_LEAD)
        )
    )
    return [
        (_("Reminders"), reminders if lead else _("{when}, as the site says").format(when=reminders)),
        (_("Free to cancel"), free),
    ]
