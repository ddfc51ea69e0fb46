"""The first steps of a studio that nobody has set up."""

from __future__ import annotations

import pytest

from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.people import Role
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.studio import Studio
from tests.builders import FixedClock, SmallStudio, make_studio


@pytest.fixture
def empty(database: Database) -> Studio:
    return make_studio(database, FixedClock())


def test_the_first_site_and_the_first_owner_make_a_studio(empty: Studio) -> None:
    assert not empty.founding.standing().founded

    site = empty.founding.first_site("rosa", " Studio Àurora · Roma ", "Europe/Rome", "it")
    assert (site.slug, site.name, site.change.changed_by) == ("studio-aurora-roma", "Studio Àurora · Roma", "rosa")
    assert empty.founding.standing().sites == (site,)
    assert not empty.founding.standing().founded

    owner = empty.founding.first_owner("rosa", "Rosa Conti", "rosa@studio.example")
    assert (owner.role, owner.login, owner.site_ids) == (Role.OWNER, "rosa", (site.id,))
    assert empty.catalogue.actor("rosa") == owner
    assert empty.founding.standing().founded


def test_the_owner_can_come_before_the_site(empty: Studio) -> None:
    empty.founding.first_owner("rosa", "Rosa Conti")

    with pytest.raises(NotPossible, match="Only the owner"):
        empty.founding.first_site("stranger", "Roma", "Europe/Rome", "it")
    assert empty.founding.first_site("rosa", "Roma", "Europe/Rome", "it").change.changed_by == "Rosa Conti"


@pytest.mark.parametrize(
    ("name", "zone", "language", "field"),
    [
        ("Roma", "Mars/Base", "it", ""),
        ("Roma", "Europe/Rome", "italian!", "language"),
        ("x" * 300, "UTC", "en", "name"),
    ],
)
def test_an_impossible_first_site_is_refused(empty: Studio, name: str, zone: str, language: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        empty.founding.first_site("rosa", name, zone, language)
    assert refusal.value.field == field
    assert empty.founding.standing().sites == ()


@pytest.mark.parametrize(("name", "slug"), [("ΣΣ", "site"), ("A" * 100, "a" * 60), ("…", "site"), ("Łódź 1", "lodz-1")])
def test_any_name_gives_a_short_one(empty: Studio, name: str, slug: str) -> None:
    assert empty.founding.first_site("rosa", name, "UTC", "en").slug == slug


def test_a_studio_is_founded_once(small: SmallStudio) -> None:
    founding = small.studio.founding

    with pytest.raises(NotPossible, match="made a site meanwhile"):
        founding.first_site("paola", "Roma", "Europe/Rome", "it")
    with pytest.raises(NotPossible, match="become the owner meanwhile"):
        founding.first_owner("stranger", "Somebody")
