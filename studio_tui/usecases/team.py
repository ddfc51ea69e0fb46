"""The team: who works here, in what role and where, and what hangs on each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from studio_tui.domain import permissions
from studio_tui.domain.addresses import parse_address
from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, Role, SiteId, StaffId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.domain.text import clean_line
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.resources import Resources

NAME_LIMIT, LOGIN_LIMIT = 200, 100


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A staff member, and how many active sessions that have not ended they lead, at all sites."""

    member: StaffMember
    leads: int


class Team:
    """The use cases of staff members. Finding one by name is the catalogue's."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def lines(self, site_id: SiteId | None = None) -> list[TeamLine]:
        """Staff of the site (all staff without one): active ones first, then by name."""

        def work(unit: UnitOfWork) -> list[TeamLine]:
            leads = unit.sessions.upcoming_by_leader(self._resources.clock())
            return [TeamLine(member, leads.get(member.id, 0)) for member in unit.people.staff(site_id)]

        return self._resources.read(work)

    def leads(self, staff_id: StaffId) -> int:
        """How many active sessions that have not ended a staff member leads: they go on without a change of leader."""
        return self._resources.read(
            lambda unit: len(unit.sessions.upcoming_ids(self._resources.clock(), staff_id=staff_id))
        )

    def add(
        self,
        actor: StaffMember,
        name: str,
        role: Role,
        sites: Iterable[SiteId],
        *,
        login: str | None = None,
        email: str | None = None,
    ) -> StaffMember:
        """Make a staff member and return them; only the owner can.

        Raises:
            NotAllowed, InvalidInput: Nothing was made.
        """

        def work(unit: UnitOfWork) -> StaffMember:
            permissions.check(actor, Act.MANAGE_SITE)
            author = Author(actor.name, self._resources.clock())
            unit.history.begin(actor, author.at)
            return make_member(unit, author, name, role, sites, login=login, email=email)

        return self._resources.write(work)

    def change(self, actor: StaffMember, member: StaffMember, *, version: int | None = None) -> StaffMember:
        """Write a staff member as given and return them; only the owner can. Sessions that they lead stay theirs.

        Raises:
            NotAllowed, InvalidInput, NotPossible, StaleVersion: Nothing was changed.
        """

        def work(unit: UnitOfWork) -> StaffMember:
            permissions.check(actor, Act.MANAGE_SITE)
            author = Author(actor.name, self._resources.clock())
            name, login, email = _clean(member.name, member.login, member.email)
            _check_login_is_free(unit, login, member.id)
            _check_an_owner_is_left(unit, member)
            before = unit.people.staff_member(member.id)
            what = _change_words(before, replace(member, name=name))
            unit.history.begin(actor, author.at, what)
            saved = unit.people.save_staff(replace(member, name=name, login=login, email=email), version, author)
            unit.changes.record("staff", saved.id, author, what)
            return saved

        return self._resources.write(work)


def make_member(
    unit: UnitOfWork,
    author: Author,
    name: str,
    role: Role,
    sites: Iterable[SiteId],
    *,
    login: str | None,
    email: str | None,
) -> StaffMember:
    """Make a staff member in the open transaction, and return them.

    Raises:
        InvalidInput: They cannot be.
    """
    known_name, known_login, known_email = _clean(name, login, email)
    _check_login_is_free(unit, known_login, None)
    member = unit.people.add_staff(known_name, role, known_login, known_email, tuple(sites), author)
    unit.changes.record("staff", member.id, author, phrase("added {known_name} to the staff", known_name=known_name))
    unit.history.say(phrase("added {known_name} to the staff", known_name=known_name))
    return member


def _clean(name: str, login: str | None, email: str | None) -> tuple[str, str | None, str | None]:
    known = clean_line(name, NAME_LIMIT, field="name")
    if not known:
        raise InvalidInput(_("A staff member needs a name."), field="name")
    typed = clean_line(email or "", field="email")
    address = parse_address(typed).text if typed else None
    return known, clean_line(login or "", LOGIN_LIMIT, field="login") or None, address


def _change_words(before: StaffMember, after: StaffMember) -> Phrase:
    """What became of a staff member, as after "Undo:"."""
    if before.active != after.active:
        if after.active:
            return phrase("brought {name} back", name=after.name)
        return phrase("let {name} leave", name=after.name)
    if before.role is not after.role:
        return phrase("made {name} {label}", name=after.name, label=after.role.phrase)
    if before.name != after.name:
        return phrase("renamed {name} to {after_name}", name=before.name, after_name=after.name)
    return phrase("changed {name}", name=after.name)


def _check_login_is_free(unit: UnitOfWork, login: str | None, mine: StaffId | None) -> None:
    other = unit.people.staff_by_login(login) if login else None
    if other is not None and other.id != mine:
        raise InvalidInput(
            _("{name} has the login {login} already.").format(name=other.name, login=login), field="login"
        )


def _check_an_owner_is_left(unit: UnitOfWork, member: StaffMember) -> None:
    """Nobody could bring an owner back afterwards."""
    if member.role is Role.OWNER and member.active:
        return
    before = unit.people.staff_member(member.id)
    others = [each for each in unit.people.staff() if each.role is Role.OWNER and each.active and each.id != member.id]
    if before.role is Role.OWNER and before.active and not others:
        raise NotPossible(_("{name} is the only owner: make somebody else an owner first.").format(name=before.name))
