"""`studio-tui sites`: studio locations."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from studio_tui.cli import records
from studio_tui.cli.context import Context
from studio_tui.cli.documents import SiteDocument
from studio_tui.cli.exits import Exit
from studio_tui.cli.opening_hours import add_hours
from studio_tui.cli.output import facts, table
from studio_tui.cli.parsing import Parser, Verbs, add_version
from studio_tui.cli.premises_documents import HoursDocument
from studio_tui.domain.people import Site

DEFAULT_LANGUAGE = "en"


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing={"a site": SiteDocument, "hours": HoursDocument})
    verbs.add("list", _list, "every site, by name")
    show = verbs.add("show", _show, "one site")
    show.add_argument("name", metavar="SITE", help="short name, name or id")
    add = verbs.add("add", _add, "make a site (owner only)")
    add.add_argument("slug", metavar="SHORT-NAME", help="what commands call it")
    add.add_argument("--name", default="", help="what people call it; the short name if not given")
    add.add_argument("--zone", required=True, help="its time zone, such as Europe/Rome")
    add.add_argument(
        "--language", default=DEFAULT_LANGUAGE, help=f"language of its mails (default: {DEFAULT_LANGUAGE})"
    )
    change = verbs.add("change", _change, "change a site (owner only); what is not given stays")
    change.add_argument("site_name", metavar="SITE", help="short name, name or id")
    change.add_argument("--name", help="what people call it")
    change.add_argument("--zone", help="its time zone; only while no session is to come")
    change.add_argument("--language", help="language of its mails")
    add_version(change)
    add_hours(verbs)


def _list(context: Context, _args: Namespace) -> int:
    sites = context.studio.catalogue.sites()
    rows = [(site.id, site.slug, site.name, site.zone, site.language) for site in sites]
    context.out.give(
        [records.of_site(site) for site in sites],
        table(("ID", "SHORT NAME", "NAME", "ZONE", "LANGUAGE"), rows),
    )
    return Exit.OK


def _show(context: Context, args: Namespace) -> int:
    return _print(context, context.studio.catalogue.site(args.name))


def _add(context: Context, args: Namespace) -> int:
    site = context.studio.catalogue.add_site(context.actor, args.slug, args.name, args.zone, args.language)
    return _print(context, site)


def _change(context: Context, args: Namespace) -> int:
    site = context.studio.catalogue.site(args.site_name)
    changed = replace(
        site,
        name=site.name if args.name is None else args.name,
        zone=site.zone if args.zone is None else args.zone,
        language=site.language if args.language is None else args.language,
    )
    version = site.change.version if args.if_version is None else args.if_version
    return _print(context, context.studio.catalogue.change_site(context.actor, changed, version=version))


def _print(context: Context, site: Site) -> int:
    known = [
        ("Site", f"{site.name} (#{site.id})"),
        ("Short name", site.slug),
        ("Time zone", site.zone),
        ("Language", site.language),
    ]
    context.out.give(records.of_site(site), facts(known))
    return Exit.OK
