"""The week grid's styles, made once from the theme's variables. Every state differs by more than its colour."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.color import Color

from studio_tui.tui.marks import Bar
from studio_tui.tui.widgets.grid_text import Role

_TINT, _OVER_TINT, _BAND, _TODAY = 0.18, 0.07, 0.03, 0.05


class GridStyles:
    """Looks up a style by what is drawn; `ansi` themes know sixteen colours and no blends, so attributes stand in."""

    def __init__(self, variables: Mapping[str, str], *, ansi: bool) -> None:
        self._variables = variables
        self._ansi = ansi
        self._blocks: dict[tuple[str, Bar, Role | None, bool], Style] = {}
        self.background = self._colour("background")
        foreground, self._accent = self._colour("foreground"), self._colour("accent")
        self._foreground = foreground
        muted = self._mix(foreground, 0.55)
        line = self._mix(foreground, 0.16)
        panel = self.background if ansi else self._colour("surface")
        self.header = self._style(foreground, panel)
        self.header_today = self._style(self._accent, panel, bold=True, underline=ansi)
        self.header_more = self._style(muted, panel)
        self.header_alarm = self._style(self._colour("warning"), panel, bold=True)
        self.label = self._style(muted, self.background, dim=ansi)
        self.label_hour = self._style(foreground, self.background)
        self.rule = self._style(line, self.background, dim=ansi)
        self.label_cursor = self._style(self._accent, self.background, bold=True)
        self.now = self._style(self._colour("error"), self.background, bold=True)
        self.message = self._style(foreground, self.background)
        cursor = self._colour("block-cursor-background")
        self.cursor = Style(reverse=True) if ansi else self._style(cursor.get_contrast_text(1.0), cursor)
        self.cursor_near = self._style(self._accent, panel, bold=True, reverse=ansi)
        self.ghost = Style(reverse=True, bold=True) if ansi else self._style(self.background, self._accent, bold=True)
        self.closed = self._style(line, self.background, dim=ansi)
        self.empty = (
            self._style(line, self.background, dim=ansi),
            self._style(line, self._mix(foreground, _BAND), dim=ansi),
        )
        self.empty_today = (
            self._style(line, self._mix(self._accent, _TODAY), dim=ansi),
            self._style(line, self._mix(self._accent, _TODAY + _BAND), dim=ansi),
        )

    def block(self, colour: str, bar: Bar, role: Role | None, *, chosen: bool) -> Style:
        """The style of a block's text, or of its edge if `role` is None."""
        key = (colour, bar, role, chosen)
        style = self._blocks.get(key)
        if style is None:
            style = self._blocks[key] = self._block(*key)
        return style

    def _block(self, colour: str, bar: Bar, role: Role | None, chosen: bool) -> Style:
        service = self._colour(f"service-{colour}")
        over = bar in (Bar.PAST, Bar.CANCELLED)
        behind = self._mix(service, _OVER_TINT if over else _TINT)
        if role is None:
            edge = self._accent if chosen else self._mix(service, 0.6) if over else service
            return self._style(edge, behind, bold=chosen)
        strike = bar is Bar.CANCELLED and role is Role.TITLE
        if chosen:
            if self._ansi:
                return self._style(self._foreground, behind, bold=True, strike=strike, reverse=True)
            return self._style(self._accent.get_contrast_text(1.0), self._accent, bold=True, strike=strike)
        quiet = role in (Role.FACT, Role.MARK) or (role is Role.COUNT and bar is not Bar.FULL)
        text = self._mix(self._foreground, 0.66) if over else self._foreground
        if quiet and not self._ansi:
            text = text.blend(self.background, 0.2)
        loud = role is Role.ALARM or (not over and not quiet)
        if role is Role.ALARM:
            text = self._colour("warning")
        return self._style(text, behind, bold=loud, strike=strike, dim=self._ansi and over)

    def _colour(self, name: str) -> Color:
        return Color.parse(self._variables[name])

    def _mix(self, colour: Color, share: float) -> Color:
        """The colour laid over the background; sixteen colours cannot be mixed."""
        if self._ansi:
            return self.background if share < 0.5 else colour
        return self.background.blend(colour, share, alpha=1)

    def _style(
        self,
        text: Color,
        behind: Color,
        *,
        bold: bool = False,
        dim: bool = False,
        underline: bool = False,
        strike: bool = False,
        reverse: bool = False,
    ) -> Style:
        # None leaves an attribute out; False would be written to the terminal as "not bold".
        return Style(
            color=text.rich_color,
            bgcolor=behind.rich_color,
            bold=bold or None,
            dim=dim or None,
            underline=underline or None,
            strike=strike or None,
            reverse=reverse or None,
        )
