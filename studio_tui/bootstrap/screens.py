"""The full-screen program, and the same on a demo studio."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from studio_tui.bootstrap.opening import DEMO_MARK, load_settings, log_to_file, login, make_folder, open_studio
from studio_tui.bootstrap.sending import Background

if TYPE_CHECKING:
    from studio_tui.cli.entry import Overrides, ScreenOptions
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.settings import Settings
    from studio_tui.tui.first_run import FirstRun
    from studio_tui.usecases.studio import Studio


def run_screens(settings: Settings, options: ScreenOptions) -> int:
    """Open the full-screen program, with a worker beside it unless the settings say no; return its exit code."""
    from studio_tui.tui import app
    from studio_tui.tui.desk import TuiOptions

    log_to_file(settings)
    background = Background(settings) if settings.worker.inside_tui else None
    tui = settings.tui
    acting = options.acting or login()
    own = settings.paths.data_dir / "people" / quote(acting, safe="")
    screens = app.StudioApp(
        lambda: open_studio(settings, committed=background.wake if background else None),
        options=TuiOptions(
            login=acting,
            site=options.site or settings.site,
            theme=tui.theme,
            ascii=tui.ascii,
            mouse=tui.mouse,
            drafts=own / "unsaved.json",
            keymap=tui.keymap,
            movement=tui.movement.value,
            language=tui.language.value,
            first_run=lambda: _first_run(settings),
            preferences=own / "preferences.json",
        ),
        watch=_watch,
        background=background,
    )
    return app.run_screens(screens)


def run_demo(overrides: Overrides, reset: bool, options: ScreenOptions) -> int:
    """Open the demo studio, made afresh if it does not exist or `reset` is set; return the exit code."""
    from dataclasses import replace

    from studio_tui.demo.build import build_demo

    folder = overrides.data_dir or load_settings(overrides).paths.data_dir.parent / "studio-tui-demo"
    _claim(folder)
    if reset:
        import shutil

        shutil.rmtree(folder)
        _claim(folder)
    settings = _in_english(load_settings(replace(overrides, data_dir=folder)))
    studio = open_studio(settings)
    try:
        if not studio.catalogue.sites():
            print(f"Making the demo studio in {folder} …", flush=True)
            build_demo(studio.resources, login())
    finally:
        studio.resources.database.close()
    code = run_screens(settings, options)
    if settings.smtp.host is None:
        with suppress(OSError):  # the terminal may be gone
            print(f"The demo's mails are files in {settings.maildir}")
    return code


def _in_english(settings: Settings) -> Settings:
    """The settings, with the demo's screens in English whatever its sites speak, unless the settings name a language."""
    from dataclasses import replace

    from studio_tui.settings import ScreenLanguage

    tui = settings.tui
    chosen = ScreenLanguage.ENGLISH if tui.language is ScreenLanguage.SITE else tui.language
    return replace(settings, tui=replace(tui, language=chosen))


def _first_run(settings: Settings) -> FirstRun:
    """What is known of the person and the place; only the guide of a new studio asks for it."""
    from studio_tui.bootstrap.surroundings import full_name, language, local_zone
    from studio_tui.tui.first_run import FirstRun

    return FirstRun(
        full_name=full_name(),
        zone=local_zone(),
        language=language(),
        settings_file=settings.paths.config_file,
        mail_host=settings.smtp.host,
        maildir=settings.maildir,
    )


def _watch(
    studio: Studio,
    on_change: Callable[[list[ChangeRow]], None],
    stop: threading.Event,
    on_error: Callable[[Exception | None], None],
) -> None:
    from studio_tui.storage.watching import watch

    watch(studio.resources.database, on_change, stop, on_error)


def _claim(folder: Path) -> None:
    """Make the folder the demo's.

    Raises:
        NotPossible: It holds something else, which is left alone.
    """
    from studio_tui.domain.errors import NotPossible

    make_folder(folder)
    if not any(folder.iterdir()):
        (folder / DEMO_MARK).touch()
    elif not (folder / DEMO_MARK).is_file():
        raise NotPossible(f"{folder} was not made by the demo: name another folder with --data-dir.")
