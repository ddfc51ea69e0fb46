"""`studio-tui services`: what clients book."""

from __future__ import annotations

import argparse
from argparse import Namespace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from studio_tui.cli import records
from studio_tui.cli.context import Context
from studio_tui.cli.documents import ServiceDocument, ServiceLinkDocument
from studio_tui.cli.exits import Exit
from studio_tui.cli.join_links import CARE, add_link_options, judged, read_link, warning_about
from studio_tui.cli.output import counted, facts, table
from studio_tui.cli.parsing import Parser, Verbs, add_details, add_version, minutes, mode
from studio_tui.domain.services import COLOURS, Mode, Service, ServiceKind, may_sessions_change_mode

if TYPE_CHECKING:
    from studio_tui.domain.links import JoinLink

DEFAULT_CAPACITY, DEFAULT_LENGTH = 10, timedelta(hours=1)


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing={"a service": ServiceDocument, "set-link, clear-link": ServiceLinkDocument})
    verbs.add("list", _list, "the site's services, by name")
    _add_which(verbs.add("show", _show, "one service"))
    add = verbs.add("add", _add, "make a service")
    add.add_argument("name", metavar="NAME")
    _add_fields(add)
    change = verbs.add("change", _change, "change a service; what is not given stays")
    _add_which(change)
    change.add_argument("--name")
    _add_fields(change)
    change.add_argument("--active", action=argparse.BooleanOptionalAction, help="whether it can be booked")
    add_version(change)
    set_link = verbs.add("set-link", _set_link, "set the service's link: its scheduled sessions take it", more=CARE)
    _add_which(set_link)
    add_link_options(set_link)
    clear = verbs.add("clear-link", _clear_link, "clear the service's link")
    _add_which(clear)
    for verb in (set_link, clear):
        verb.add_argument("--dry-run", action="store_true", help="only say what it would do to how many sessions")
        add_version(verb)


def _add_which(parser: Parser) -> None:
    parser.add_argument("service", metavar="SERVICE", help="name or id")


def _add_fields(parser: Parser) -> None:
    parser.add_argument("--kind", choices=[kind.value for kind in ServiceKind], help="default for a new one: class")
    parser.add_argument("--mode", type=mode, metavar="{online,in-person}", help="default for a new one: in-person")
    parser.add_argument(
        "--sessions-may-change-mode", choices=["yes", "no", "default"], help="whether single sessions may change mode"
    )
    parser.add_argument("--capacity", type=int, metavar="N", help=f"places; default for a new one: {DEFAULT_CAPACITY}")
    parser.add_argument("--minutes", type=minutes, metavar="N", help="length; default for a new one: 60")
    parser.add_argument("--colour", choices=COLOURS, help="its colour in the calendar")
    add_details(parser)


def _list(context: Context, _args: Namespace) -> int:
    services = context.studio.catalogue.services(context.site.id)
    rows = [
        (
            service.id,
            service.name,
            service.kind.value,
            service.mode.label,
            service.capacity,
            service.duration // timedelta(minutes=1),
            "own link" if service.link else "",
            "" if service.active else "not active",
        )
        for service in services
    ]
    headings = ("ID", "NAME", "KIND", "MODE", "PLACES", "MINUTES", "LINK", "STATE")
    context.out.give([records.of_service(service) for service in services], table(headings, rows))
    return Exit.OK


def _show(context: Context, args: Namespace) -> int:
    return _print(context, _find(context, args))


def _add(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.catalogue import ServiceDraft

    appointment = args.kind == ServiceKind.APPOINTMENT
    draft = ServiceDraft(
        site_id=context.site.id,
        name=args.name,
        kind=ServiceKind(args.kind or ServiceKind.CLASS),
        mode=args.mode or Mode.IN_PERSON,
        sessions_may_change_mode=_yes_or_no(args.sessions_may_change_mode, None),
        details=args.details or "",
        capacity=(1 if appointment else DEFAULT_CAPACITY) if args.capacity is None else args.capacity,
        duration=DEFAULT_LENGTH if args.minutes is None else args.minutes,
        colour=args.colour or COLOURS[0],
    )
    return _print(context, context.studio.catalogue.save_service(context.actor, draft))


def _change(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.catalogue import ServiceDraft

    service = _find(context, args)
    draft = ServiceDraft(
        id=service.id,
        site_id=service.site_id,
        name=_given(args.name, service.name),
        kind=ServiceKind(args.kind or service.kind),
        mode=args.mode or service.mode,
        sessions_may_change_mode=_yes_or_no(args.sessions_may_change_mode, service.sessions_may_change_mode),
        details=_given(args.details, service.details),
        capacity=_given(args.capacity, service.capacity),
        duration=_given(args.minutes, service.duration),
        colour=args.colour or service.colour,
        active=_given(args.active, service.active),
    )
    version = _given(args.if_version, service.change.version)
    return _print(context, context.studio.catalogue.save_service(context.actor, draft, version=version))


def _set_link(context: Context, args: Namespace) -> int:
    service = _find(context, args)
    link = judged(read_link(args), context.studio.resources.http_hosts)
    if warning := warning_about(link.url):
        context.out.note(warning)
    return _apply(context, args, service, link)


def _clear_link(context: Context, args: Namespace) -> int:
    return _apply(context, args, _find(context, args), None)


def _apply(context: Context, args: Namespace, service: Service, link: JoinLink | None) -> int:
    """Set or clear the link, or only say what that would do (SPEC L6)."""
    catalogue = context.studio.catalogue
    if args.dry_run:
        effect = catalogue.preview_service_link(context.actor, service.id, link)
    else:
        effect = catalogue.set_service_link(context.actor, service.id, link, version=args.if_version)
    document: ServiceLinkDocument = {
        "service_id": service.id,
        "saved": not args.dry_run,
        "added": effect.added,
        "changed": effect.changed,
        "kept": effect.kept,
        "skipped": effect.skipped,
    }
    done = f"The link of {service.name} {'would be' if args.dry_run else 'is'} {'set' if link else 'cleared'}."
    counts = (
        f"Upcoming sessions: {effect.added} added, {effect.changed} changed, "
        f"{effect.kept} kept (typed by hand), {effect.skipped} skipped (occasional)."
    )
    context.out.give(document, [f"{done} {counts}"])
    return Exit.OK


def _find(context: Context, args: Namespace) -> Service:
    return context.studio.catalogue.find_service(context.site.id, args.service)


def _given(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _yes_or_no(text: str | None, otherwise: bool | None) -> bool | None:
    return otherwise if text is None else {"yes": True, "no": False}.get(text)


def _print(context: Context, service: Service) -> int:
    may_change = "may change mode" if may_sessions_change_mode(service) else "may not change mode"
    known = [
        ("Service", f"{service.name} (#{service.id})"),
        ("Kind", service.kind.value),
        ("Mode", f"{service.mode.label}; single sessions {may_change}"),
        ("Capacity", counted(service.capacity, "place")),
        ("Length", counted(service.duration // timedelta(minutes=1), "minute")),
        ("Colour", service.colour),
        ("Link", "one of its own" if service.link else None),
        ("State", None if service.active else "not active"),
        ("Details for the client", service.details or None),
    ]
    context.out.give(records.of_service(service), facts(known))
    return Exit.OK
