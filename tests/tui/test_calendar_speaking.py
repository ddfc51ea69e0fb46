"""The calendar, its drawer, forms and help in other languages: as they look, and with the same keys."""

from collections.abc import Iterator

import pytest
from syrupy.assertion import SnapshotAssertion

from studio_tui.domain.agenda import SessionDetail
from studio_tui.domain.language import N_, phrases, use_language
from studio_tui.domain.sessions import SessionStatus
from studio_tui.tui.widgets.agenda_layout import Field, agenda_fields
from studio_tui.tui.widgets.session_drawer import SessionDrawer
from tests.tui.aurora import Aurora
from tests.tui.cursor import opened
from tests.tui.meditation import busy
from tests.tui.settling import on_screen, press, write

LANGUAGES = pytest.mark.parametrize("language", ["it", "es"])


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    use_language("en")


async def picture_of(aurora: Aurora, language: str, *keys: str, typed: str = "") -> str:
    async with opened(aurora, (80, 24), language=language) as pilot:
        await press(pilot, *keys)
        if typed:
            await write(pilot, typed)
        return pilot.app.export_screenshot(simplify=True)


@LANGUAGES
@pytest.mark.parametrize(
    "keys",
    [("tab",), ("tab", "4"), ("tab", "3"), ("tab", "enter"), ("n",), ("question_mark",), ("tab", "d")],
    ids=["week", "agenda", "month", "drawer", "form", "help", "question"],
)
async def test_the_screens_in_another_language(
    aurora: Aurora, language: str, keys: tuple[str, ...], picture: SnapshotAssertion
) -> None:
    busy(aurora)

    assert await picture_of(aurora, language, *keys) == picture


@LANGUAGES
async def test_a_line_that_adds_a_session_understands_the_languages_days(
    aurora: Aurora, language: str, picture: SnapshotAssertion
) -> None:
    busy(aurora)

    assert await picture_of(aurora, language, "a", typed="mar 18:30 Medit") == picture


@LANGUAGES
async def test_keys_answer_the_same_in_every_language(aurora: Aurora, language: str) -> None:
    session = busy(aurora)

    def detail() -> SessionDetail:
        return aurora.calendar.detail(session.id)

    async with opened(aurora, language=language) as pilot:
        await press(pilot, "tab", "d", "n")
        assert detail().session.status is SessionStatus.ACTIVE
        await press(pilot, "enter", "l", "x")
        assert detail().masked_link is None
        await press(pilot, "escape", "d", "y")
        assert detail().session.status is SessionStatus.CANCELLED


@pytest.mark.parametrize("language", ["en", "it", "es"])
def test_the_agendas_columns_have_room_for_the_languages_words(language: str) -> None:
    use_language(language)
    words = phrases(language).gettext(N_("in person"))

    assert dict(agenda_fields(120))[Field.MODE] >= len(words)


@LANGUAGES
async def test_the_drawer_stays_open_when_the_language_changes(aurora: Aurora, language: str) -> None:
    busy(aurora)
    drawn = phrases(language).gettext("Join link")

    async with opened(aurora, (80, 24)) as pilot:
        await press(pilot, "tab", "enter", "f7", *["down"] * (["it", "es"].index(language) + 1), "enter")

        assert drawn in on_screen(pilot)
        assert "Join link" not in on_screen(pilot)
        assert "Meditation" in on_screen(pilot)
        drawer = pilot.app.screen.query_one(SessionDrawer)
        assert drawer.has_class("-open")
        assert drawer.has_focus_within
