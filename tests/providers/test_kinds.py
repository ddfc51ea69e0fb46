"""A provider is one module with one small class; adding one touches nothing else."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio_tui import bootstrap, providers
from studio_tui.domain.providers import SignedIn
from studio_tui.providers.kinds import find_kinds
from studio_tui.settings import Settings, load_settings
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.worker.keeper import MeetingKeeper
from tests.builders import SmallStudio

WHEREBY = '''
"""Whereby: every session gets a room under the studio's own address."""

import secrets

from studio_tui.domain.account_kinds import ConnectWay, FormField
from studio_tui.domain.links import make_join_link
from studio_tui.domain.providers import Identity, MeetingTerms, ProviderMeeting, SignedIn
from studio_tui.providers.forms import read_form, way_called


class Whereby:
    key, name, summary = "{key}", "{name}", "every session gets a room"
    ways = (ConnectWay(key="room", label="A Whereby name", fields=(FormField("name", "Name", 40, required=True),)),)
    terms = MeetingTerms()

    @classmethod
    def from_settings(cls, settings):
        return cls()

    async def sign_in(self, way, values, lender=None):
        given = read_form(way_called(way, self.ways), values)
        return SignedIn(given, Identity(given.get("name"), given.get("name")))

    def open(self, keeper, lender=None):
        return Rooms(keeper)

    async def revoke(self, credentials):
        pass


class Rooms:
    def __init__(self, keeper):
        self.keeper = keeper

    async def create(self, request):
        return await self.update(secrets.token_hex(16), request)

    async def update(self, external_id, request):
        name = (await self.keeper.current()).get("name")
        return ProviderMeeting(external_id, make_join_link(f"https://{{name}}.whereby.com/{{external_id}}"))

    async def delete(self, external_id):
        pass

    async def find(self, marker):
        return []

    async def whoami(self):
        return Identity("studio", "studio")

    async def start_url(self, external_id):
        return ""


class Empty:
    @classmethod
    def from_settings(cls, settings):
        return cls()


class Broken:
    @classmethod
    def from_settings(cls, settings):
        return 1 / 0
'''


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"paths.data_dir": tmp_path / "data", "paths.key_file": tmp_path / "key" / "key"}, {})


@pytest.fixture
def dropped_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module in the package of providers, and nothing else."""
    folder = tmp_path / "providers"
    folder.mkdir()
    alone = WHEREBY.partition("class Empty")[0]
    (folder / "whereby.py").write_text(alone.format(key="whereby", name="Whereby"), encoding="utf-8")
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(folder)])
    yield
    sys.modules.pop("studio_tui.providers.whereby", None)


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str = "aurora_rooms:Whereby") -> None:
    """A package with an entry point, as pip leaves it."""
    site = tmp_path / "site-packages"
    info = site / "aurora_rooms-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "aurora_rooms.py").write_text(WHEREBY.format(key="bbb", name="BigBlueButton room"), encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: aurora-rooms\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[studio_tui.conference_kinds]\nbbb = {target}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, "aurora_rooms", raising=False)


def test_the_programs_own_kinds_are_found_by_name(settings: Settings) -> None:
    assert [(kind.key, kind.name) for kind in find_kinds(settings)] == [
        ("custom", "Custom link"),
        ("jitsi", "Jitsi"),
        ("zoom", "Zoom"),
    ]


@pytest.mark.usefixtures("dropped_in")
async def test_a_module_dropped_in_is_offered_connected_and_makes_the_sessions_meetings(settings: Settings) -> None:
    studio = bootstrap.open_studio(settings)
    small = SmallStudio(studio.resources.database, vault=studio.resources.vault)
    session = small.session(starts_at=datetime.now(UTC) + timedelta(hours=3))
    assert "whereby" in [kind.key for kind in studio.conferencing.kinds()]

    signing = studio.signing_in
    made = await signing.sign_in(small.owner, small.rome.id, None, "whereby", "room", {"name": "aurora"})
    assert isinstance(made, SignedIn)
    signing.connect(small.owner, small.rome.id, None, "whereby", "room", made)
    await MeetingKeeper(studio.meeting_keeping).settle()

    with studio.resources.database.reading() as unit:
        decision = LinkContexts(unit).decide([session])[session.id]
    assert decision.link is not None
    link = studio.resources.vault.open(decision.link, decision.meeting.owner if decision.meeting else "")
    assert link.url.startswith("https://aurora.whereby.com/")


def test_an_installed_package_brings_its_own_kind(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch)

    assert [kind.key for kind in find_kinds(settings)] == ["bbb", "custom", "jitsi", "zoom"]


@pytest.mark.parametrize(
    "target",
    [
        *("aurora_rooms:Nothing", "no_such_module:Whereby", "aurora_rooms:secrets"),
        *("aurora_rooms:Empty", "aurora_rooms:Broken"),
    ],
)
def test_a_kind_that_cannot_be_loaded_is_logged_and_left_out(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, target: str
) -> None:
    install(tmp_path, monkeypatch, target)

    with caplog.at_level(logging.WARNING):
        assert [kind.key for kind in find_kinds(settings)] == ["custom", "jitsi", "zoom"]
    assert "conference kind bbb" in caplog.text


def test_two_kinds_of_one_key_leave_the_programs_own(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    install(tmp_path, monkeypatch)
    rooms = tmp_path / "site-packages" / "aurora_rooms.py"
    rooms.write_text(WHEREBY.format(key="zoom", name="Another Zoom"), encoding="utf-8")

    with caplog.at_level(logging.WARNING):
        assert [kind.name for kind in find_kinds(settings)] == ["Custom link", "Jitsi", "Zoom"]
    assert "two kinds" in caplog.text


def test_the_kinds_talk_to_the_servers_that_the_settings_name(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "paths.data_dir": tmp_path,
            "zoom.sign_in_url": "http://127.0.0.1:9",
            "zoom.api_url": "http://127.0.0.1:9/v2",
            "links.http_hosts": "jitsi.local",
        },
        {},
    )

    kinds = {kind.key: kind for kind in find_kinds(settings)}

    assert "127.0.0.1:9" in kinds["zoom"]._sign_in.url  # type: ignore[attr-defined]
    assert kinds["jitsi"]._http_hosts == ("jitsi.local",)  # type: ignore[attr-defined]


def test_finding_the_kinds_imports_no_library_of_theirs() -> None:
    asks = (
        "import sys; from studio_tui.settings import load_settings; from studio_tui.providers.kinds import find_kinds; "
        "find_kinds(load_settings({}, {})); print([name for name in ('httpx', 'jwt', 'certifi') if name in sys.modules])"
    )

    assert subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True).stdout == "[]\n"
