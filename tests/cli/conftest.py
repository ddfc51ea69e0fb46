"""The command line on a small studio: the same code as the installed program, in this process."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from studio_tui.cli.entry import Entry, Overrides, ScreenOptions
from studio_tui.cli.main import run
from studio_tui.domain.checks import Check
from studio_tui.domain.dry_run import WouldSend
from studio_tui.settings import Settings, load_settings
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.studio import Studio
from tests.builders import SmallStudio


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it printed, as JSON: one document and nothing else."""
        return json.loads(self.out)


@dataclass
class Started:
    """What was started beside the use cases, in order."""

    calls: list[tuple[object, ...]] = field(default_factory=list)
    checks: Sequence[Check] = ()
    fates: Sequence[WouldSend] = ()

    def screens(self, settings: Settings, options: ScreenOptions) -> int:
        self.calls.append(("screens", options))
        return 0

    def demo(self, overrides: Overrides, reset: bool, options: ScreenOptions) -> int:
        self.calls.append(("demo", reset, overrides.data_dir))
        return 0

    def worker(self, settings: Settings, once: bool) -> int:
        self.calls.append(("worker", once))
        return 0

    def would_send(self, settings: Settings, studio: Studio, until: datetime | None) -> Sequence[WouldSend]:
        self.calls.append(("dry run", until))
        return self.fates

    def doctor(self, settings: Settings) -> Sequence[Check]:
        return self.checks


class Shell:
    """Types commands. They act as the owner's login unless they say otherwise."""

    def __init__(self, open_studio: Callable[[Settings], Studio], folder: Path, capsys: Any, monkeypatch: Any) -> None:
        self.login = "paola"
        self.started = Started()
        self.environ: dict[str, str] = {}
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self._folder = folder
        self._entry = Entry(
            load_settings=self._settings,
            open_studio=open_studio,
            login=lambda: self.login,
            run_screens=self.started.screens,
            run_demo=self.started.demo,
            run_worker=self.started.worker,
            would_send=self.started.would_send,
            doctor=self.started.doctor,
        )

    def __call__(self, *argv: object, stdin: str = "", terminal: bool = False) -> Ran:
        """Run one command; `stdin` is what is piped into it, or typed at a terminal."""
        source = io.StringIO(stdin)
        if terminal:
            source.isatty = lambda: True  # type: ignore[method-assign]
        self._monkeypatch.setattr("sys.stdin", source)
        self._capsys.readouterr()
        with self._monkeypatch.context() as patch:
            if terminal:
                patch.setattr("sys.stdout.isatty", lambda: True, raising=False)
                patch.setattr("sys.stderr.isatty", lambda: True, raising=False)
            code = run([str(each) for each in argv], self._entry)
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)

    def ok(self, *argv: object, stdin: str = "") -> Ran:
        """Run one command that must succeed."""
        ran = self(*argv, stdin=stdin)
        assert ran.code == 0, ran.err
        return ran

    def json(self, *argv: object, stdin: str = "") -> Any:
        """The document of a command that must succeed."""
        return self.ok(*argv, "--json", stdin=stdin).document

    def _settings(self, overrides: Overrides) -> Settings:
        named = {"paths.data_dir": overrides.data_dir or self._folder, "database.url": overrides.database}
        return load_settings({**named, "config": overrides.config}, self.environ)


@pytest.fixture
def small(sqlite_database: Database) -> SmallStudio:
    return SmallStudio(sqlite_database)


@pytest.fixture
def shell(small: SmallStudio, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Commands on the studio `small`."""
    return Shell(lambda _: small.studio, tmp_path, capsys, monkeypatch)
