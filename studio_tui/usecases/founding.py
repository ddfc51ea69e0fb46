"""The first steps of a studio that nobody has set up: its first site, and the owner who goes on from there."""

from __future__ import annotations

from dataclasses import dataclass

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, Change, Role, Site, StaffId, StaffMember
from studio_tui.domain.text import fold
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.catalogue import make_site
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.team import make_member

NOBODY_YET = StaffId(0)
"""The id of whoever opens a studio that has no staff: they act as its owner, without a record."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a studio is: its sites by name, how many people work there, and how many clients it has."""

    sites: tuple[Site, ...]
    staff: int
    clients: int

    @property
    def founded(self) -> bool:
        """Whether somebody can open it."""
        return bool(self.sites and self.staff)


class Founding:
    """The use cases of the first-run guide. They work once: afterwards the owner makes sites and staff."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def standing(self) -> Standing:
        """How far the studio is."""
        return self._resources.read(
            lambda unit: Standing(tuple(unit.people.sites()), len(unit.people.staff()), unit.clients.count())
        )

    def founder(self, login: str) -> StaffMember:
        """Whoever opens a studio without staff, as an owner without a record."""
        return StaffMember(
            id=NOBODY_YET,
            name=login,
            role=Role.OWNER,
            login=login,
            email=None,
            active=True,
            site_ids=(),
            change=Change(version=0, changed_by=login, changed_at=self._resources.clock()),
        )

    def first_site(self, login: str, name: str, zone_name: str, language: str) -> Site:
        """Make the first site, with a short name made of its name, and return it.

        Raises:
            InvalidInput: Nothing was made.
            NotPossible: There is a site already, or somebody else is the studio's owner.
        """

        def work(unit: UnitOfWork) -> Site:
            if unit.people.sites():
                raise NotPossible(_("Somebody has made a site meanwhile: open the program again."))
            author = Author(_founder_or_owner(unit, login), self._resources.clock())
            return make_site(unit, author, _short_name(name), name, zone_name, language)

        return self._resources.write(work)

    def first_owner(self, login: str, name: str, email: str | None = None) -> StaffMember:
        """Make the first staff member, the owner, who acts under this login and works at every site; return them.

        Raises:
            InvalidInput: Nothing was made.
            NotPossible: Somebody works here already.
        """

        def work(unit: UnitOfWork) -> StaffMember:
            if unit.people.staff():
                raise NotPossible(_("Somebody has become the owner meanwhile: open the program again."))
            author = Author(name.strip() or login, self._resources.clock())
            sites = tuple(site.id for site in unit.people.sites())
            return make_member(unit, author, name, Role.OWNER, sites, login=login, email=email)

        return self._resources.write(work)


def _founder_or_owner(unit: UnitOfWork, login: str) -> str:
    """Whose name the first site is made in.

    Raises:
        NotPossible: People work here, and this login is not an owner's.
    """
    if not unit.people.staff():
        return login
    member = unit.people.staff_by_login(login)
    if member is None or member.role is not Role.OWNER or not member.active:
        raise NotPossible(_("Only the owner can make the first site: let them open the program."))
    return member.name


def _short_name(name: str) -> str:
    """What commands call the site: `Studio Aurora · Roma` becomes `studio-aurora-roma`."""
    words = "".join(char if char.isascii() and char.isalnum() else " " for char in fold(name)).split()
    return "-".join(words)[:60].strip("-") or "site"
