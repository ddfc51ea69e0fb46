"""The seam through which texts are translated: screens speak one language, a message its reader's, a worker English."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, datetime
from threading import Thread

import pytest

from studio_tui.domain.language import (
    LANGUAGES,
    N_,
    _,
    keep_to_english,
    language_of,
    ngettext,
    phrases,
    screens_language,
    use_language,
)
from studio_tui.domain.spelling import spelt
from studio_tui.spoken.dates import names


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    use_language("en")


def test_english_texts_are_their_own() -> None:
    assert _(N_("{n} left")).format(n=3) == "3 left"


def test_one_is_told_apart_from_none_and_many() -> None:
    told = [ngettext("{n} message", "{n} messages", n).format(n=n) for n in (0, 1, 2)]
    assert told == ["0 messages", "1 message", "2 messages"]


@pytest.mark.parametrize(
    ("tags", "language"),
    [(("it-CH",), "it"), (("IT_it", "es"), "it"), (("de", "es-MX"), "es"), (("de",), "en"), ((), "en"), (("",), "en")],
)
def test_the_first_language_that_is_known_is_spoken(tags: tuple[str, ...], language: str) -> None:
    assert language_of(*tags) == language
    assert phrases(*tags).language == language


def test_screens_change_their_language_and_messages_keep_theirs() -> None:
    use_language("it")
    assert _("reminder") == "promemoria"
    assert phrases("es").gettext("reminder") == "recordatorio"
    use_language("en")
    assert _("reminder") == "reminder"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_no_text_in_every_language(language: str) -> None:
    assert phrases(language).gettext("") == ""
    assert phrases(language).gettext("never translated") == "never translated"
    assert phrases(language).ngettext("never one", "never many", 2) == "never many"


def test_a_worker_beside_the_screens_keeps_to_english() -> None:
    use_language("it")
    said: list[str] = []

    async def turn() -> None:
        said.append(await asyncio.to_thread(_, "reminder"))

    def work() -> None:
        keep_to_english()
        said.append(screens_language())
        asyncio.run(turn())

    worker = Thread(target=work)
    worker.start()
    worker.join()
    assert said == ["en", "reminder"]
    assert screens_language() == "it"


def test_short_dates_are_spelt_in_the_screens_language() -> None:
    day = datetime(2026, 9, 2, 18, 5)  # noqa: DTZ001 - as a clock on the wall shows it
    assert spelt(day, "%a %-d %b %H:%M") == "Wed 2 Sep 18:05"
    assert spelt(date(2026, 9, 12), "%A %-d %B %Y") == "Saturday 12 September 2026"
    use_language("it", names("it"))
    assert spelt(day, "%a %-d %b %H:%M") == "mer 2 set 18:05"
    use_language("es", names("es"))
    assert spelt(day, "%a %-d %b %d") == "mié 2 sep 02"
