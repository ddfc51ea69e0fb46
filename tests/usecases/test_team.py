"""Who works here (SPEC §7), and what hangs on each of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.people import Role
from studio_tui.domain.services import ServiceKind
from tests.builders import HOUR, SmallStudio
from tests.usecases.support import contents


def test_the_owner_makes_and_changes_staff(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    site = small.catalogue.add_site(small.owner, "prati", "Prati", "Europe/Rome", "it")
    member = small.team.add(
        small.owner, " Ugo  Riva ", Role.FRONT_DESK, [site.id], login="ugo", email="ugo@Aurora.example "
    )

    assert (member.name, member.login, member.email) == ("Ugo  Riva", "ugo", "ugo@aurora.example")
    assert small.catalogue.staff(site.id) == [member]
    changed = small.team.change(small.owner, replace(member, role=Role.INSTRUCTOR, active=False, login="", email=""))
    assert (changed.role, changed.active, changed.change.version) == (Role.INSTRUCTOR, False, 2)
    assert (changed.login, changed.email) == (None, None)


def test_a_login_belongs_to_one_person(small: SmallStudio) -> None:
    with pytest.raises(InvalidInput, match="Anna Ferri has the login anna already") as refusal:
        small.team.add(small.owner, "Anna Bis", Role.INSTRUCTOR, [], login=" anna ")
    assert refusal.value.field == "login"
    with pytest.raises(InvalidInput, match="Anna Ferri has the login"):
        small.team.change(small.owner, replace(small.desk, login="anna"))
    small.team.change(small.owner, replace(small.teacher, email="anna@studio.example"))


@pytest.mark.parametrize("name", ["", "   ", "\x1b"])
def test_a_staff_member_needs_a_name(small: SmallStudio, name: str) -> None:
    with pytest.raises(InvalidInput, match="needs a name"):
        small.team.add(small.owner, name, Role.OWNER, [])
    with pytest.raises(InvalidInput, match="needs a name"):
        small.team.change(small.owner, replace(small.desk, name=name))


@pytest.mark.parametrize("email", ["anna", "anna@", "a@b.example, c@d.example", "Anna <a@b.example>"])
def test_what_is_no_mail_address_is_refused_beside_its_field(small: SmallStudio, email: str) -> None:
    before = contents(small.database)

    with pytest.raises(InvalidInput) as refusal:
        small.team.change(small.owner, replace(small.teacher, email=email))
    assert refusal.value.field == "email"
    assert contents(small.database) == before


@pytest.mark.parametrize("change", [{"role": Role.FRONT_DESK}, {"active": False}])
def test_the_last_owner_stays_one(small: SmallStudio, change: dict[str, object]) -> None:
    before = contents(small.database)

    with pytest.raises(NotPossible, match="Paola Greco is the only owner"):
        small.team.change(small.owner, replace(small.owner, **change))  # type: ignore[arg-type]
    assert contents(small.database) == before

    small.team.change(small.owner, replace(small.desk, role=Role.OWNER))
    small.team.change(small.owner, replace(small.owner, **change))  # type: ignore[arg-type]


def test_a_member_is_told_with_the_sessions_that_they_still_lead(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.session()
    small.session(starts_at=small.clock() - 3 * HOUR)
    small.scheduling.cancel(small.owner, small.session().id, version=None)
    small.course()
    assert small.posture.kind is ServiceKind.COURSE

    lines = {line.member.name: line.leads for line in small.team.lines(small.rome.id)}

    assert lines == {"Anna Ferri": 4, "Luca Rossi": 0, "Marco Bruno": 0, "Paola Greco": 0}
    assert small.team.leads(small.teacher.id) == 4
    assert len(small.team.lines()) == 5


def test_sessions_of_whoever_leaves_stay_theirs(small: SmallStudio) -> None:
    session = small.session()

    small.team.change(small.owner, replace(small.teacher, active=False))

    assert small.read(session) == session


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"active": False}, "let Anna Ferri leave"),
        ({"role": Role.FRONT_DESK}, "made Anna Ferri front desk"),
        ({"name": "Anna Bis"}, "renamed Anna Ferri to Anna Bis"),
        ({"site_ids": ()}, "changed Anna Ferri"),
    ],
)
def test_a_change_of_a_member_is_told_and_undone(
    small_anywhere: SmallStudio, change: dict[str, object], words: str
) -> None:
    small = small_anywhere
    small.team.change(small.owner, replace(small.teacher, **change))  # type: ignore[arg-type]

    assert small.studio.history.recent(small.owner)[0].what == words
    small.studio.history.undo(small.owner)

    back = small.catalogue.staff_member(small.teacher.id)
    assert replace(back, change=small.teacher.change) == small.teacher
