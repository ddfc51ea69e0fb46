"""The program put together: what the settings say is what runs."""

from __future__ import annotations

import asyncio
import logging
import mailbox
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio_tui import bootstrap
from studio_tui.bootstrap import opening
from studio_tui.cli.entry import Overrides, ScreenOptions
from studio_tui.domain.delivery import Channel, DeliveryState
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.providers import SignedIn
from studio_tui.settings import Settings, load_settings
from studio_tui.usecases.studio import Studio
from tests.builders import SmallStudio
from tests.doubles.zoom_double import SERVER_FORM, ZoomDouble


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"paths.data_dir": tmp_path / "data", "paths.key_file": tmp_path / "key" / "key"}, {})


@pytest.fixture
def studio(settings: Settings) -> Studio:
    return bootstrap.open_studio(settings)


def running_class(studio: Studio) -> SmallStudio:
    """A studio whose one session has just begun, with one client and a link."""
    small = SmallStudio(studio.resources.database, vault=studio.resources.vault)
    now = datetime.now(UTC)
    small.clock.set(now)
    small.connect()
    session = small.session(starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(hours=1))
    small.book(session)
    return small


def command(settings: Settings, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "studio_tui", "--data-dir", str(settings.paths.data_dir), *arguments]


def test_a_worker_run_once_puts_the_due_notice_into_the_maildir_once(settings: Settings, studio: Studio) -> None:
    running_class(studio)
    for _ in range(2):
        assert bootstrap.run_worker(settings, once=True) == 0
    (message,) = mailbox.Maildir(settings.maildir, create=False)
    assert message["Auto-Submitted"] == "auto-generated"


def test_doctor_finds_a_working_studio_in_order_but_for_its_worker(settings: Settings, studio: Studio) -> None:
    running_class(studio)
    verdicts = {check.name: check.ok for check in bootstrap.doctor(settings)}
    assert verdicts["database"] is verdicts["migrations"] is verdicts["outbox"] is verdicts["key"] is True
    assert verdicts["worker"] is False


def test_doctor_says_that_a_mail_server_does_not_answer(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "paths.data_dir": tmp_path,
            "smtp.host": "127.0.0.1",
            "smtp.port": 1,
            "smtp.security": "none",
            "smtp.sender": "desk@aurora.example",
        },
        {},
    )
    (mail,) = [check for check in bootstrap.doctor(settings) if check.name == "email"]
    assert mail.ok is False


def test_a_row_that_was_lost_is_planned_again_when_a_worker_starts(settings: Settings, studio: Studio) -> None:
    small = running_class(studio)
    with studio.resources.database.writing() as unit:
        unit.db.exec_driver_sql("DELETE FROM outbox")
    assert bootstrap.run_worker(settings, once=True) == 0
    with studio.resources.database.reading() as unit:
        (session_id,) = unit.sessions.upcoming_ids(small.clock())
    assert [d.state for d in studio.notifying.deliveries(session_id)] == [DeliveryState.SENT]


def test_a_push_that_no_server_is_named_for_fails_with_what_to_do(settings: Settings, studio: Studio) -> None:
    small = running_class(studio)
    with studio.resources.database.reading() as unit:
        (session,) = unit.sessions.upcoming(small.rome.id, small.clock())
    small.book(session, small.client(push_topic="topic-of-a-client"))
    bootstrap.run_worker(settings, once=True)
    (push,) = [d for d in studio.notifying.deliveries(session.id) if d.channel is Channel.PUSH]
    assert push.state is DeliveryState.FAILED
    assert "Push is not set up" in push.last_text


def test_the_demo_touches_no_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    for reset in (True, False):
        with pytest.raises(NotPossible, match="not made by the demo"):
            bootstrap.run_demo(Overrides(data_dir=tmp_path), reset, ScreenOptions())
    assert (tmp_path / "thesis.txt").exists()


def test_a_demo_has_its_key_in_its_folder_and_a_studio_has_not(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    assert folder not in opening.load_settings(Overrides(data_dir=folder)).paths.key_file.parents
    (folder / opening.DEMO_MARK).touch()
    assert opening.load_settings(Overrides(data_dir=folder)).paths.key_file == folder / "private" / "key"


@pytest.mark.parametrize("arguments", [("sites", "list"), ("worker", "--once")], ids=["a command", "the worker"])
def test_a_data_folder_that_is_a_file_is_refused_in_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "notes").write_text("mine")
    argv = [sys.executable, "-m", "studio_tui", "--data-dir", str(tmp_path / "notes"), *arguments]

    ran = subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    assert ran.returncode not in (0, 70)
    assert "notes cannot be made (there is a file of that name): name another one with --data-dir" in ran.stderr
    assert (tmp_path / "notes").read_text() == "mine"


def test_an_error_of_the_program_is_one_sentence_without_its_message(settings: Settings) -> None:
    broken = "import studio_tui.cli.main as m\ndef run(*a): raise RuntimeError('alice@clients.example')\nm.run = run\n"
    program = broken + "import sys\nfrom studio_tui.bootstrap import main\nsys.exit(main(['sites', 'list']))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == bootstrap.BUG
    assert "RuntimeError" in ended.stderr
    assert "alice" not in ended.stderr


def test_the_command_answers_from_any_folder(settings: Settings, studio: Studio, tmp_path: Path) -> None:
    studio.resources.database.close()
    ended = subprocess.run(
        command(settings, "sites", "list", "--json"), capture_output=True, text=True, check=True, cwd="/"
    )
    assert ended.stdout.strip() != ""


def test_the_log_tells_no_requests_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    library = logging.getLogger("httpx")
    monkeypatch.setattr(library, "level", logging.INFO)
    opening.keep_addresses_out_of_the_log()
    assert not library.isEnabledFor(logging.INFO)
    assert library.isEnabledFor(logging.WARNING)


def test_meetings_are_made_as_long_ahead_as_the_settings_say(tmp_path: Path, zoom: ZoomDouble) -> None:
    chosen = {"paths.data_dir": tmp_path / "data", "paths.key_file": tmp_path / "key" / "key"}
    settings = load_settings({**chosen, "conferences.horizon_days": 2}, zoom.environment)
    studio = bootstrap.open_studio(settings)
    small = SmallStudio(studio.resources.database, vault=studio.resources.vault)
    small.clock.set(datetime.now(UTC))
    signed_in = asyncio.run(studio.signing_in.sign_in(small.owner, small.rome.id, None, "zoom", "server", SERVER_FORM))
    assert isinstance(signed_in, SignedIn)
    studio.signing_in.connect(small.owner, small.rome.id, None, "zoom", "server", signed_in)
    near, _far = (small.session(starts_at=small.clock() + timedelta(days=days)) for days in (1, 3))

    assert bootstrap.run_worker(settings, once=True) == 0

    studio.resources.database.close()
    [meeting] = zoom.meetings.values()
    assert meeting.starts_at == near.starts_at.replace(microsecond=0)
