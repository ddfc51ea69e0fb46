"""One command's way to the studio: opened, and people and places found, at the first need."""

from __future__ import annotations

import gc
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from studio_tui.cli.entry import Entry, Overrides, ScreenOptions
from studio_tui.cli.exits import UsageError
from studio_tui.cli.output import Output
from studio_tui.domain.errors import NotFound, NotPossible
from studio_tui.domain.people import Client, ClientId, Site, StaffId, StaffMember
from studio_tui.domain.text import fold, matches
from studio_tui.domain.zones import zone

if TYPE_CHECKING:
    from studio_tui.domain.agenda import ClientLine, SessionDetail
    from studio_tui.domain.sessions import SessionId
    from studio_tui.settings import Settings
    from studio_tui.usecases.studio import Studio

_MOST_FOUND, _MOST_NAMED = 1_000, 20
T = TypeVar("T")


class Context:
    """What a command works with."""

    def __init__(self, entry: Entry, args: Namespace) -> None:
        self.entry = entry
        self.out = Output(as_json=getattr(args, "as_json", False))
        self.acting: str | None = getattr(args, "acting", None)
        self.site_name: str | None = getattr(args, "site", None)
        self.overrides = Overrides(
            data_dir=getattr(args, "data_dir", None),
            config=getattr(args, "config", None),
            database=getattr(args, "database", None),
        )

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once."""
        return self.entry.load_settings(self.overrides)

    @cached_property
    def studio(self) -> Studio:
        """The use cases, on the opened database."""
        # Importing makes many objects and no garbage: looking for some costs a tenth of a short command's time.
        gc.disable()
        try:
            return self.entry.open_studio(self.settings)
        finally:
            gc.enable()

    def close(self) -> None:
        """Close the database if it was opened."""
        if "studio" in self.__dict__:
            self.studio.resources.database.close()

    @property
    def screen_options(self) -> ScreenOptions:
        """What the arguments say to the screens."""
        return ScreenOptions(acting=self.acting, site=self.site_name)

    @cached_property
    def now(self) -> datetime:
        """The instant at which the command was given, aware UTC."""
        return self.studio.resources.clock()

    @cached_property
    def actor(self) -> StaffMember:
        """Who acts: named by --as, else the staff member with the operating system user's login.

        In a studio that has no staff yet it is whoever opens it, as an owner without a record.

        Raises:
            NotFound: Nobody has that login or name.
        """
        catalogue = self.studio.catalogue
        if self.acting is not None:
            return catalogue.staff_member(self.acting)
        login = self.entry.login()
        try:
            return catalogue.actor(login)
        except NotFound:
            if catalogue.staff():
                raise
        return self.studio.founding.founder(login)

    @cached_property
    def site(self) -> Site:
        """The site: named by --site or the settings, else the only one, else the only one where the acting person works.

        Raises:
            NotFound: There is no such site, or none at all.
            UsageError: It could be more than one.
        """
        catalogue = self.studio.catalogue
        named = self.site_name or self.settings.site
        if named:
            return catalogue.site(named)
        sites = catalogue.sites()
        if len(sites) > 1:
            mine = self._my_sites()
            sites = [each for each in sites if each.id in mine] or sites
        if not sites:
            raise NotFound("There is no site yet: make one with “studio-tui sites add”.")
        if len(sites) > 1:
            raise UsageError(f"Name a site with --site: {', '.join(each.slug for each in sites)}.")
        return sites[0]

    @property
    def zone(self) -> ZoneInfo:
        """The site's zone."""
        return zone(self.site.zone)

    def detail(self, session_id: SessionId) -> SessionDetail:
        """The session; from here on the command is about its site, whatever --site says."""
        detail = self.studio.calendar.detail(session_id)
        self.__dict__["site"] = detail.site
        return detail

    def staff_id(self, name: str | None) -> StaffId | None:
        """The id of the staff member with this name, login or id; None for an empty text."""
        return self.studio.catalogue.staff_member(name).id if name else None

    def client(self, text: str) -> Client:
        """The one client with this id, address or name, or whose name has words that begin so.

        Raises:
            NotFound: There is none, or more than one.
        """
        desk = self.studio.booking
        number = text.removeprefix("#")
        if number.isascii() and number.isdecimal():
            return desk.client(self.actor, ClientId(int(number)))
        found = desk.find_clients(self.actor, text, limit=_MOST_FOUND)
        wanted = fold(" ".join(text.split()))
        exact = [each for each in found if wanted in (fold(each.name), fold(each.email or ""))]
        names = [(each.name, int(each.id)) for each in found]
        return _only(exact if len(exact) == 1 else found, text, "client", names)

    def confirm(self, question: str, *, yes: bool) -> None:
        """Go on if --yes was given or somebody at a terminal says so.

        Raises:
            NotPossible: Nobody said yes; the sentence repeats what would have happened.
        """
        if yes:
            return
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise NotPossible(f"{question} Add --yes to do it.")
        self.out.note(f"{question} Type y to do it:")
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise NotPossible("Nothing was changed.")

    def _my_sites(self) -> Sequence[int]:
        try:
            return self.actor.site_ids
        except NotFound:  # whoever only reads need not be on the staff
            return ()


def line_of_client(lines: Sequence[ClientLine], text: str) -> ClientLine:
    """The one client of a session with this id or name, or whose name has words that begin so; active ones first.

    Raises:
        NotFound: There is none, or more than one.
    """
    number = text.removeprefix("#")
    if number.isascii() and number.isdecimal():
        found = [line for line in lines if line.client_id == int(number)]
    else:
        found = [line for line in lines if matches(text, line.name)]
    active = [line for line in found if line.active] or found
    return _only(active, text, "client of this session", [(line.name, int(line.client_id)) for line in active])


def _only(found: Sequence[T], text: str, what: str, names: Sequence[tuple[str, int]]) -> T:
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f"There is no {what} called “{text}”.")
    listed = ", ".join(f"{name} (#{number})" for name, number in names[:_MOST_NAMED])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    raise NotFound(f"“{text}” could be more than one {what}: {listed}{more}.")
