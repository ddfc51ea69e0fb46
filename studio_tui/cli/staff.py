"""`studio-tui staff`: the people who work here."""

from __future__ import annotations

import argparse
from argparse import Namespace
from dataclasses import replace

from studio_tui.cli import records
from studio_tui.cli.context import Context
from studio_tui.cli.documents import StaffDocument
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import counted, facts, table
from studio_tui.cli.parsing import Parser, Verbs, add_version
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.people import Role, SiteId, StaffMember


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing={"a staff member": StaffDocument})
    verbs.add("list", _list, "staff, of all sites unless --site names one")
    show = verbs.add("show", _show, "one staff member")
    _add_who(show)
    add = verbs.add("add", _add, "add a staff member (owner only)", more=_FIRST)
    add.add_argument("name", metavar="NAME")
    _add_fields(add, role=Role.INSTRUCTOR)
    change = verbs.add("change", _change, "change a staff member (owner only); what is not given stays")
    _add_who(change)
    change.add_argument("--name")
    _add_fields(change)
    change.add_argument("--active", action=argparse.BooleanOptionalAction, help="whether they work here (still)")
    add_version(change)
    leave = verbs.add(
        "leave", _leave, "somebody no longer works here (owner only); sessions that they lead stay theirs"
    )
    _add_who(leave)
    leave.add_argument("--yes", action="store_true", help="do not ask, whatever sessions they still lead")
    add_version(leave)


_FIRST = "The first staff member of a new studio is its owner: add NAME --role owner --login $(id -un)"


def _add_who(parser: Parser) -> None:
    parser.add_argument("who", metavar="WHO", help="name, login or id")


def _add_fields(parser: Parser, *, role: Role | None = None) -> None:
    default = f" (default: {role.value})" if role else ""
    parser.add_argument("--role", type=_role, default=role, help=f"owner, front-desk or instructor{default}")
    parser.add_argument("--login", help="operating system user who acts as this person; empty for none")
    parser.add_argument("--email", help="mail address; empty for none")
    parser.add_argument(
        "--works-at", metavar="SITE", action="append", help="a site where they work; may be given several times"
    )


def _role(text: str) -> Role:
    try:
        return Role(text.replace("-", "_"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no role: owner, front-desk or instructor") from None


def _list(context: Context, _args: Namespace) -> int:
    catalogue = context.studio.catalogue
    staff = catalogue.staff(None if context.site_name is None else context.site.id)
    slugs = _slugs(context)
    rows = [
        (
            member.id,
            member.name,
            member.role.label,
            member.login,
            ", ".join(slugs[site_id] for site_id in member.site_ids),
            "" if member.active else "no longer works here",
        )
        for member in staff
    ]
    context.out.give(
        [records.of_staff(member, slugs) for member in staff],
        table(("ID", "NAME", "ROLE", "LOGIN", "SITES", "STATE"), rows),
    )
    return Exit.OK


def _show(context: Context, args: Namespace) -> int:
    return _print(context, context.studio.catalogue.staff_member(args.who))


def _add(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.founding import NOBODY_YET

    if context.actor.id == NOBODY_YET and args.role is not Role.OWNER:
        raise NotPossible(f"Nobody else could add staff afterwards: the first one is the owner. {_FIRST}.")
    member = context.studio.team.add(
        context.actor, args.name, args.role, _sites(context, args), login=args.login or None, email=args.email or None
    )
    return _print(context, member)


def _change(context: Context, args: Namespace) -> int:
    member = context.studio.catalogue.staff_member(args.who)
    changed = replace(
        member,
        name=member.name if args.name is None else args.name,
        role=args.role or member.role,
        login=member.login if args.login is None else args.login or None,
        email=member.email if args.email is None else args.email or None,
        active=member.active if args.active is None else args.active,
        site_ids=member.site_ids if args.works_at is None else _sites(context, args),
    )
    version = member.change.version if args.if_version is None else args.if_version
    return _print(context, context.studio.team.change(context.actor, changed, version=version))


def _leave(context: Context, args: Namespace) -> int:
    member = context.studio.catalogue.staff_member(args.who)
    leads = context.studio.team.leads(member.id)
    if leads:
        context.confirm(f"{member.name} leads {counted(leads, 'upcoming session')}, which stay theirs.", yes=args.yes)
    version = member.change.version if args.if_version is None else args.if_version
    return _print(context, context.studio.team.change(context.actor, replace(member, active=False), version=version))


def _sites(context: Context, args: Namespace) -> tuple[SiteId, ...]:
    """The sites that were named, else the one that the command is about."""
    if args.works_at is None:
        return (context.site.id,)
    return tuple(dict.fromkeys(context.studio.catalogue.site(name).id for name in args.works_at))


def _slugs(context: Context) -> dict[int, str]:
    return {site.id: site.slug for site in context.studio.catalogue.sites()}


def _print(context: Context, member: StaffMember) -> int:
    slugs = _slugs(context)
    leads = context.studio.team.leads(member.id)
    known = [
        ("Staff member", f"{member.name} (#{member.id})"),
        ("Role", member.role.label),
        ("Login", member.login),
        ("Mail", member.email),
        ("Sites", ", ".join(slugs[site_id] for site_id in member.site_ids)),
        ("Leads", counted(leads, "upcoming session") if leads else None),
        ("State", None if member.active else "no longer works here"),
    ]
    context.out.give(records.of_staff(member, slugs), facts(known))
    return Exit.OK
