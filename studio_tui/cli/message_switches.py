"""`studio-tui messages list|switch|rules`: which messages go out, and when."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.message_documents import KindDocument, ServiceRulesDocument, SiteRulesDocument, SwitchDocument
from studio_tui.cli.output import counted, facts, table
from studio_tui.cli.parsing import Parser, Verbs, add_version
from studio_tui.domain.message_rules import ServiceRules, SiteRules, lead_words, parse_lead
from studio_tui.domain.messages import MessageKind

if TYPE_CHECKING:
    from studio_tui.domain.message_rules import KindLine, SwitchEffect
    from studio_tui.domain.people import Site
    from studio_tui.domain.services import Service, ServiceId

PRINTING = {
    "list": KindDocument,
    "switch": SwitchDocument,
    "rules": SiteRulesDocument,
    "rules --service": ServiceRulesDocument,
}
_SAID = {"on": True, "off": False, "unset": None}
_UNSET = """\
“unset” takes back what was said: of a service, the site decides again; of the site, the kind goes out. What waits of a
kind that is switched off will not be sent; nothing whose time has passed is sent when it is switched on."""
_LENGTHS = """\
Times are lengths such as “24h”, “2d” or “90 min”. Of a service an empty one takes it back: reminders then go out when the
site says, and without a limit of free cancellation nobody is asked whether they come. Without options the rules are shown."""
_MINUTE = timedelta(minutes=1)


def add_verbs(verbs: Verbs) -> None:
    """Add what belongs to the switches."""
    _add_service(verbs.add("list", _list, "which kinds of messages go out, and who decides it"))
    switch = verbs.add("switch", _switch, "switch a kind on or off, for the site or for one service", more=_UNSET)
    switch.add_argument("kind", choices=[kind.value for kind in MessageKind], help="which messages")
    switch.add_argument("said", choices=list(_SAID), metavar="{on,off,unset}")
    _add_service(switch)
    switch.add_argument("--dry-run", action="store_true", help="only say what it would do to what waits")
    add_version(switch)
    rules = verbs.add("rules", _rules, "show or change when messages go out and what stands in them", more=_LENGTHS)
    _add_service(rules)
    add = rules.add_argument
    add("--reminder-lead", metavar="LENGTH", help="how long before the start a reminder goes out")
    add("--free-cancellation", metavar="LENGTH", help="of a service: until when a place can be given back free")
    add("--reply-to", metavar="ADDRESS", help="of a site: where answers go; empty: to where mails come from")
    yes_no = argparse.BooleanOptionalAction
    add("--hide-links-in-mails", action=yes_no, help="of a site: whether confirmations leave the link out")
    add("--hide-links-in-area", action=yes_no, help="of a site: whether “clients bookings” leaves the link out")
    add_version(rules)


def _add_service(parser: Parser) -> None:
    parser.add_argument("--service", metavar="SERVICE", help="one service, by name or id (default: the site)")


def _service(context: Context, args: Namespace) -> Service | None:
    if args.service is None:
        return None
    return context.studio.catalogue.find_service(context.site.id, args.service)


def _id(service: Service | None) -> ServiceId | None:
    return None if service is None else service.id


def _list(context: Context, args: Namespace) -> int:
    settings = context.studio.messages.settings(context.actor, context.site.id, _id(_service(context, args)))
    rows = [
        (line.kind.value, "on" if line.on else "off", line.decider.label, line.kind.label) for line in settings.lines
    ]
    document = [_of_kind(line) for line in settings.lines]
    context.out.give(document, table(("KIND", "GOES OUT", "WHO DECIDES", "WHICH"), rows))
    return Exit.OK


def _of_kind(line: KindLine) -> KindDocument:
    return {
        "kind": line.kind.value,
        "label": line.kind.label,
        "on": line.on,
        "decided_by": line.decider.name.lower(),
        "site": line.site,
        "service": line.service,
    }


def _switch(context: Context, args: Namespace) -> int:
    messages, service_id = context.studio.messages, _id(_service(context, args))
    kind, said, site_id = MessageKind(args.kind), _SAID[args.said], context.site.id
    if args.dry_run:
        effect = messages.foresee(context.actor, site_id, service_id, kind, said)
    else:
        effect = messages.switch(context.actor, site_id, service_id, kind, said, version=args.if_version)
    document: SwitchDocument = {
        "kind": kind.value,
        "on": said,
        "service_id": service_id,
        "saved": not args.dry_run,
        "stopped": effect.stopped,
        "clients": effect.clients,
        "planned": effect.planned,
        "at_once": effect.at_once,
    }
    context.out.give(document, _effect_lines(effect, dry_run=args.dry_run))
    return Exit.OK


def _effect_lines(effect: SwitchEffect, *, dry_run: bool) -> Iterator[str]:
    will = "would" if dry_run else "will"
    if effect.stopped:
        yield f"{counted(effect.stopped, 'message')} that waited {will} not be sent, to {counted(effect.clients, 'client')}."
    elif effect.planned:
        now = f", {effect.at_once} of them due at once: their sessions go on now" if effect.at_once else ""
        yield f"{counted(effect.planned, 'message')} {will} go out in time{now}."
    else:
        yield "Nothing that waits changes."


def _rules(context: Context, args: Namespace) -> int:
    service = _service(context, args)
    return _site_rules(context, args) if service is None else _service_rules(context, args, service)


def _site_rules(context: Context, args: Namespace) -> int:
    if args.free_cancellation is not None:
        raise UsageError("A limit of free cancellation is a service's: name it with --service.")
    site = context.studio.messages.settings(context.actor, context.site.id).site
    given: dict[str, Any] = {
        "reminder_lead": None if args.reminder_lead is None else parse_lead(args.reminder_lead, "reminder_lead"),
        "reply_to": args.reply_to,
        "hide_links_in_mails": args.hide_links_in_mails,
        "hide_links_in_area": args.hide_links_in_area,
    }
    changed = {name: value for name, value in given.items() if value is not None}
    if changed:
        rules = replace(SiteRules.of(site), **changed)
        version = site.change.version if args.if_version is None else args.if_version
        site = context.studio.messages.set_rules(context.actor, site.id, rules, version=version)
    context.out.give(_of_site(site), facts(_site_facts(site)))
    return Exit.OK


def _of_site(site: Site) -> SiteRulesDocument:
    return {
        "site": site.slug,
        "reminder_lead_minutes": site.reminder_lead // _MINUTE,
        "reply_to": site.reply_to,
        "hide_links_in_mails": site.hide_links_in_mails,
        "hide_links_in_area": site.hide_links_in_area,
        "version": site.change.version,
    }


def _site_facts(site: Site) -> list[tuple[str, object]]:
    return [
        ("Site", site.name),
        ("Reminders", f"{lead_words(site.reminder_lead)} before the start"),
        ("Answers go to", site.reply_to or "the address that mails come from"),
        ("Links in confirmations", "hidden" if site.hide_links_in_mails else "shown"),
        ("Links in the client's area", "hidden" if site.hide_links_in_area else "shown"),
    ]


def _service_rules(context: Context, args: Namespace, service: Service) -> int:
    if (args.reply_to, args.hide_links_in_mails, args.hide_links_in_area) != (None, None, None):
        raise UsageError("Answers and links are the site's: leave --service out.")
    given = {"reminder_lead": args.reminder_lead, "free_cancellation": args.free_cancellation}
    changed = {
        name: parse_lead(text, name) if text.strip() else None for name, text in given.items() if text is not None
    }
    if changed:
        rules = replace(ServiceRules.of(service), **changed)
        version = service.change.version if args.if_version is None else args.if_version
        service = context.studio.messages.set_service_rules(context.actor, service.id, rules, version=version)
    lead, limit = service.reminder_lead, service.free_cancellation
    document: ServiceRulesDocument = {
        "service_id": service.id,
        "reminder_lead_minutes": None if lead is None else lead // _MINUTE,
        "free_cancellation_minutes": None if limit is None else limit // _MINUTE,
        "version": service.change.version,
    }
    known: list[tuple[str, object]] = [
        ("Service", service.name),
        ("Reminders", "as the site says" if lead is None else f"{lead_words(lead)} before the start"),
        ("Free to cancel", "no limit is set" if limit is None else f"until {lead_words(limit)} before the start"),
    ]
    context.out.give(document, facts(known))
    return Exit.OK
