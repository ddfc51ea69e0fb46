"""What `doctor` looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio_tui.bootstrap.opening import open_studio
from studio_tui.bootstrap.push import push_channels
from studio_tui.bootstrap.sending import channels_of
from studio_tui.domain.errors import StudioError

if TYPE_CHECKING:
    from studio_tui.domain.checks import Check
    from studio_tui.settings import Settings


def doctor(settings: Settings) -> list[Check]:
    """Look at everything that matters; a thing that cannot be looked at is a check that failed."""
    import asyncio

    from studio_tui.domain.checks import Check
    from studio_tui.settings import masked_url
    from studio_tui.usecases.health import examine

    checks = [Check("settings", None, f"{settings.paths.config_file}, data in {settings.paths.data_dir}")]
    try:
        studio = open_studio(settings)
    except StudioError as error:
        checks.append(Check("database", False, str(error)))
    else:
        address = masked_url(settings.database_url)
        checks += examine(studio.resources, studio.notifying, studio.meeting_keeping, address)
        studio.resources.database.close()
    for channel in channels_of(settings, push_channels(settings)).values():
        result = asyncio.run(channel.probe())
        checks.append(Check(channel.name, result.ok, result.text))
    return checks
