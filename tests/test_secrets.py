"""After a whole story nothing secret can be read anywhere: not in the database's bytes, its backups, the logs or `doctor`."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio_tui import bootstrap
from studio_tui.domain.links import JoinLink
from studio_tui.domain.providers import PastePrompt, SignedIn
from studio_tui.settings import Settings, load_settings
from studio_tui.usecases.key_rotation import KeyRotation
from tests.builders import HOUR, SmallStudio
from tests.doubles.zoom_double import BROWSER_FORM, SERVER_FORM, ZoomDouble

SECRETS_OF_LINKS = ["pwd=TulipSecret", "tulip-password", "older-tulip-password", "service-tulip-password"]


@pytest.fixture
def settings(tmp_path: Path, zoom: ZoomDouble) -> Settings:
    return load_settings(
        {"paths.data_dir": tmp_path / "data", "paths.key_file": tmp_path / "apart" / "key"}, zoom.environment
    )


def live(settings: Settings, zoom: ZoomDouble) -> Iterator[str]:
    """A day of the studio, with all that can hold a secret; what must not be found."""
    studio = bootstrap.open_studio(settings)
    small = SmallStudio(studio.resources.database, vault=studio.resources.vault)
    now = datetime.now(UTC)
    small.clock.set(now)
    signing_in, rome = studio.signing_in, small.rome.id

    async def by_browser() -> SignedIn:
        prompt = await signing_in.sign_in(small.owner, rome, small.teacher.id, "zoom", "browser", BROWSER_FORM)
        assert isinstance(prompt, PastePrompt)
        return await prompt.finish(zoom.agree(prompt.address))

    signed_in = asyncio.run(signing_in.sign_in(small.owner, rome, None, "zoom", "server", SERVER_FORM))
    assert isinstance(signed_in, SignedIn)
    signing_in.connect(small.owner, rome, None, "zoom", "server", signed_in)
    sessions = [small.session(starts_at=now + n * HOUR, staff_id=small.substitute.id) for n in (1, 2, 3)]
    running = small.session(starts_at=now - timedelta(minutes=1), ends_at=now + HOUR, staff_id=small.substitute.id)
    small.book(running)
    zoom.settings.drop_next_answer = True
    bootstrap.run_worker(settings, once=True)
    signing_in.try_again(small.owner, running.id)
    bootstrap.run_worker(settings, once=True)
    asyncio.run(signing_in.start_url(small.owner, running.id))

    for password in SECRETS_OF_LINKS[1:3]:
        link = JoinLink(f"https://meet.example.com/room?{SECRETS_OF_LINKS[0]}", password, "Bring a mat")
        small.linking.type_link(small.owner, sessions[0].id, link, version=None)
    small.linking.restore(small.owner, sessions[0].id, version=None)
    small.history.undo(small.owner)
    service = JoinLink("https://meet.example.com/service", SECRETS_OF_LINKS[3])
    small.catalogue.set_service_link(small.owner, small.barre.id, service)
    signing_in.connect(small.owner, rome, small.teacher.id, "zoom", "browser", asyncio.run(by_browser()))
    zoom.expire_tokens()
    small.session(starts_at=now + 5 * HOUR)
    bootstrap.run_worker(settings, once=True)
    zoom.revoke_everything()
    small.session(starts_at=now + 6 * HOUR)
    bootstrap.run_worker(settings, once=True)

    yield from SECRETS_OF_LINKS
    yield from zoom.sign_ins.handed_out
    yield SERVER_FORM["client_secret"]
    for meeting in zoom.meetings.values():
        yield f"pwd={meeting.password}"
    yield from settings.paths.key_file.read_text().split()
    studio.resources.database.close()


def files_of(settings: Settings) -> Iterator[Path]:
    """All that the program wrote, but for the key and the mails, which take the link to whoever it is for."""
    for path in settings.paths.data_dir.rglob("*"):
        if path.is_file() and settings.maildir not in path.parents:
            yield path


def test_nothing_secret_is_left_where_it_could_be_read(
    settings: Settings, zoom: ZoomDouble, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        secrets = sorted({*live(settings, zoom)})
        told = [f"{check.name} {check.text}" for check in bootstrap.doctor(settings)]
    with closing(sqlite3.connect(settings.paths.data_dir / "studio.db")) as database:
        settings.paths.backups_dir.mkdir(exist_ok=True)
        with closing(sqlite3.connect(settings.paths.backups_dir / "copy.db")) as copy:
            database.backup(copy)
        dump = "\n".join(database.iterdump())
    out, err = capfd.readouterr()
    said = {"the dump": dump, "doctor": "\n".join(told), "the log": caplog.text, "the terminal": out + err}
    raw = {str(path): path.read_bytes().decode("latin-1") for path in files_of(settings)}

    assert len(secrets) > 12
    assert any(path.endswith("copy.db") for path in raw)
    assert "sign_in" in dump
    assert "edit" in dump
    for where, text in (said | raw).items():
        assert [secret for secret in secrets if secret in text] == [], where
    assert any("needs a new sign-in" in line for line in told)


def test_doctor_tells_of_the_key_the_sign_ins_and_the_meetings(settings: Settings, zoom: ZoomDouble) -> None:
    for _ in live(settings, zoom):
        pass
    checks = {check.name: check for check in bootstrap.doctor(settings)}

    assert checks["key"].text == f"key file {settings.paths.key_file}"
    assert checks["sign-in"].ok is False
    assert "to be made" in checks["meetings"].text

    studio = bootstrap.open_studio(settings)
    KeyRotation(studio.resources, lambda _s: None).rotate(studio.catalogue.actor("paola"), keep=True)
    studio.resources.database.close()
    checks = {check.name: check for check in bootstrap.doctor(settings)}
    assert "2 keys" in checks["key"].text
