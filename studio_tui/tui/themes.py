"""Colours: two themes of our own, the colours of services, and which theme suits a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

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
        "scrollbar": "#46505e",
        "scrollbar-hover": "#566274",
        "scrollbar-active": "#4c8dd6",
        "scrollbar-background": "#1f242c",
        "scrollbar-background-hover": "#1f242c",
        "scrollbar-background-active": "#1f242c",
        "scrollbar-corner-color": "#1f242c",
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
        "scrollbar": "#b4b8b2",
        "scrollbar-hover": "#9ca19a",
        "scrollbar-active": "#1c5fb8",
        "scrollbar-background": "#e9eae6",
        "scrollbar-background-hover": "#e9eae6",
        "scrollbar-background-active": "#e9eae6",
        "scrollbar-corner-color": "#e9eae6",
    },
)
THEMES = (DARK, LIGHT)


def service_variables(*, dark: bool, ansi: bool) -> dict[str, str]:
    """Theme variables with the colours of services, `service-blue` and so on: readable on the theme's background."""
    chosen = _ON_ANSI if ansi else _ON_DARK if dark else _ON_LIGHT
    return {f"service-{name}": colour for name, colour in chosen.items()}


def suitable_theme(environment: Mapping[str, str]) -> str:
    """The theme for a terminal that says this of itself: the terminal's own colours where no colour is wanted."""
    if "NO_COLOR" in environment:
        # Textual turns other themes into greys then; with this one nothing but the terminal's own two colours is left.
        return "ansi-dark"
    # "15;0" or "0;default;15": what rxvt, Konsole and others set; the last number is the background.
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name
