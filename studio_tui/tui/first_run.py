"""What the computer knows about whoever opens a new studio: guesses for the first-run guide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from studio_tui.tui.screens.site_form import SiteChoice


class FirstRun(NamedTuple):
    """Guesses, and where the settings are.

    Attributes:
        full_name: Of the operating system user; empty if nobody wrote it down.
        zone: IANA name of the computer's own time zone; empty if it cannot be told.
        language: Of the computer's locale, such as `it`.
        settings_file: The file to write settings into; it need not exist.
        mail_host: The mail server of the settings; None while mails are files.
        maildir: Where mails are files.
    """

    full_name: str = ""
    zone: str = ""
    language: str = "en"
    settings_file: Path = Path("config.toml")
    mail_host: str | None = None
    maildir: Path = Path("maildir")

    def site(self) -> SiteChoice:
        """What the form of the first site begins with."""
        from studio_tui.tui.screens.site_form import LANGUAGES, SiteChoice

        known = {code for _, code in LANGUAGES}
        return SiteChoice("", self.zone, self.language if self.language in known else "en")
