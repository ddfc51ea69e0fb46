"""Colours: the themes of this program, the colours of services, and which theme suits a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

from studio_tui.domain.language import N_

_ON_DARK = {
    "blue": "#6ea8fe",
    "green": "#7ccf8f",
    "yellow": "#e3c567",
    "red": "#f28b82",
    "magenta": "#e58fd8",
    "cyan": "#6fd0d6",
    "orange": "#f2a65a",
    "purple": "#b294f5",
}
_ON_LIGHT = {
    "blue": "#1c5fb8",
    "green": "#1f7a3f",
    "yellow": "#8a6a00",
    "red": "#b3261e",
    "magenta": "#9c2f8c",
    "cyan": "#0b7285",
    "orange": "#b3540b",
    "purple": "#6741c9",
}
_ON_ANSI = {
    "blue": "ansi_bright_blue",
    "green": "ansi_green",
    "yellow": "ansi_yellow",
    "red": "ansi_red",
    "magenta": "ansi_magenta",
    "cyan": "ansi_cyan",
    "orange": "ansi_bright_yellow",
    "purple": "ansi_bright_magenta",
}

_ON_BLACK = {
    "blue": "#8ec1ff",
    "green": "#7dff9b",
    "yellow": "#ffe14d",
    "red": "#ff8a80",
    "magenta": "#ff9df0",
    "cyan": "#6ff6ff",
    "orange": "#ffb45c",
    "purple": "#cbb2ff",
}


def _scrollbar(bar: str, *, hover: str, active: str, ground: str) -> dict[str, str]:
    """A scrollbar's colours; what it runs on stays as it is."""
    parts = ("background", "background-hover", "background-active", "corner-color")
    grounds = {f"scrollbar-{part}": ground for part in parts}
    return {"scrollbar": bar, "scrollbar-hover": hover, "scrollbar-active": active, **grounds}


DARK = Theme(
    name="studio-dark",
    primary="#4c8dd6",
    secondary="#7a9cc6",
    accent="#f0b55a",
    warning="#f0b55a",
    error="#f07a72",
    success="#7ccf8f",
    foreground="#dfe3e8",
    background="#14171c",
    surface="#1b1f26",
    panel="#252b34",
    variables={
        "block-cursor-background": "#4c8dd6",
        "block-cursor-foreground": "#0c0f13",
        "footer-key-foreground": "#f0b55a",
        "input-selection-background": "#4c8dd6 40%",
        **_scrollbar("#46505e", hover="#566274", active="#4c8dd6", ground="#1f242c"),
    },
)
LIGHT = Theme(
    name="studio-light",
    primary="#1c5fb8",
    secondary="#4a6b94",
    accent="#9a5b00",
    warning="#9a5b00",
    error="#b3261e",
    success="#1f7a3f",
    foreground="#20242a",
    background="#fbfbf9",
    surface="#f1f1ee",
    panel="#e4e5e2",
    dark=False,
    variables={
        "block-cursor-background": "#1c5fb8",
        "block-cursor-foreground": "#ffffff",
        "footer-key-foreground": "#9a5b00",
        "input-selection-background": "#1c5fb8 30%",
        **_scrollbar("#b4b8b2", hover="#9ca19a", active="#1c5fb8", ground="#e9eae6"),
    },
)
CONTRAST = Theme(
    name="studio-contrast",
    primary="#66b3ff",
    secondary="#ffffff",
    accent="#ffd60a",
    warning="#ffd60a",
    error="#ff8a80",
    success="#7dff9b",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1a1a1a",
    text_alpha=1.0,
    variables={
        **{f"service-{name}": colour for name, colour in _ON_BLACK.items()},
        "block-cursor-background": "#ffd60a",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "bold",
        "footer-key-foreground": "#ffd60a",
        "footer-description-foreground": "#ffffff",
        "input-selection-background": "#66b3ff",
        "text-muted": "#e0e0e0",
        "text-disabled": "#c8c8c8",
        **_scrollbar("#ffffff", hover="#ffffff", active="#ffd60a", ground="#333333"),
    },
)
"""White on black: text at 21:1, every colour of a service at 7:1 or more; `contrast.Readable` sees to what is dimmed."""

_TERMINALS_OWN = {
    "block-cursor-background": "ansi_blue",
    "block-cursor-text-style": "bold",
    "ansi-background": "ansi_black",
    "ansi-foreground": "ansi_white",
    "border-blurred": "ansi_black",
    "input-cursor-background": "ansi_white",
    "input-cursor-foreground": "ansi_black",
    "input-cursor-text-style": "none",
    "input-selection-background": "ansi_bright_blue",
    "input-selection-foreground": "ansi_black",
    "screen-selection-background": "ansi_bright_blue",
    "screen-selection-foreground": "ansi_black",
}


def _on_terminal(
    name: str, *, secondary: str, accent: str, error: str, success: str, variables: dict[str, str]
) -> Theme:
    """A theme of the colours that the terminal was set to, on its own background."""
    return Theme(
        name=name,
        primary="ansi_blue",
        secondary=secondary,
        accent=accent,
        warning=accent,
        error=error,
        success=success,
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        text_alpha=1.0,
        variables={**_TERMINALS_OWN, "footer-key-foreground": accent, **variables},
        ansi=True,
    )


ANSI = _on_terminal(
    "studio-ansi",
    secondary="ansi_cyan",
    accent="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    variables={"block-cursor-foreground": "ansi_bright_white"},
)
"""Nothing but the sixteen colours that the terminal was set to, on its own background."""

MONO = _on_terminal(
    "studio-mono",
    secondary="ansi_default",
    accent="ansi_default",
    error="ansi_default",
    success="ansi_default",
    variables={
        **{f"service-{name}": "ansi_default" for name in _ON_ANSI},
        "block-cursor-foreground": "ansi_default",
        "input-cursor-background": "ansi_default",
        "input-cursor-text-style": "reverse",
    },
)
"""No colour at all: what differs is bold, dim, underlined or reversed. `WithoutColour` reverses what is blue here."""

_COLOURLESS = ("dumb", "vt1", "vt2", "vt3")
_SIXTEEN = ("linux", "ansi", "cons25", "cygwin", "xterm-16color", "screen-16color", "putty-16color")

THEMES = (DARK, LIGHT, CONTRAST, ANSI, MONO)
WORDS = {
    DARK.name: N_("dark"),
    LIGHT.name: N_("light"),
    CONTRAST.name: N_("high contrast"),
    ANSI.name: N_("the terminal's own sixteen colours"),
    MONO.name: N_("no colours: bold, dim, underlined, reversed"),
}
"""The themes to choose from, in words."""


def service_variables(*, dark: bool, ansi: bool) -> dict[str, str]:
    """Theme variables with the colours of services, `service-blue` and so on: readable on the theme's background."""
    chosen = _ON_ANSI if ansi else _ON_DARK if dark else _ON_LIGHT
    return {f"service-{name}": colour for name, colour in chosen.items()}


def suitable_theme(environment: Mapping[str, str]) -> str:
    """The theme for a terminal that says this of itself: none of the colours that are not wanted or that it has not got."""
    kind = environment.get("TERM", "")
    if "NO_COLOR" in environment or kind.startswith(_COLOURLESS):
        return MONO.name
    if kind.startswith(_SIXTEEN) and environment.get("COLORTERM", "") not in ("truecolor", "24bit"):
        return ANSI.name
    # "15;0" or "0;default;15": what rxvt, Konsole and others set; the last number is the background.
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name
