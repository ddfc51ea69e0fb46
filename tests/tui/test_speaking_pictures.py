"""How the calendar with the drawer looks in Italian and Spanish, where words are longer than in English."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from syrupy.assertion import SnapshotAssertion

from studio_tui.domain.language import use_language
from tests.tui.aurora import Aurora
from tests.tui.settling import press, settled


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    use_language("en")


@pytest.mark.parametrize("language", ["it", "es"])
async def test_the_calendar_speaks(aurora: Aurora, picture: SnapshotAssertion, language: str) -> None:
    aurora.fill_week()
    app = aurora.app(language=language)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "enter")

        assert app.export_screenshot(simplify=True) == picture
