"""The program's settings: one typed tree, filled from arguments, the environment, a file and defaults, in that order."""

from studio_tui.settings.loading import CONFIG_VARIABLE, load_settings
from studio_tui.settings.tree import (
    AfterCrash,
    Conferences,
    Gotify,
    Links,
    LogForm,
    Messages,
    Movement,
    Ntfy,
    Paths,
    Pushover,
    ScreenLanguage,
    Security,
    Settings,
    Smtp,
    Tui,
    Worker,
    Zoom,
    masked_url,
)
from studio_tui.settings.values import BadSettings

__all__ = [
    "CONFIG_VARIABLE",
    "AfterCrash",
    "BadSettings",
    "Conferences",
    "Gotify",
    "Links",
    "LogForm",
    "Messages",
    "Movement",
    "Ntfy",
    "Paths",
    "Pushover",
    "ScreenLanguage",
    "Security",
    "Settings",
    "Smtp",
    "Tui",
    "Worker",
    "Zoom",
    "load_settings",
    "masked_url",
]
