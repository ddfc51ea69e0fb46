"""The form of a site: its name, its time zone and the language of its mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.people import Site
from studio_tui.domain.zone_names import find_zone, place_names, zone_names
from studio_tui.domain.zones import to_wall, zone, zone_label
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.form import Form, Submit
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow, within

LANGUAGES = (("English", "en"), ("Italiano", "it"), ("Español", "es"))
"""The languages that there are mails in, each by its own name."""


def language_name(code: str) -> str:
    """A language by its own name, or the code where there are no mails in it."""
    return next((name for name, known in LANGUAGES if known == code), code)


def language_choices(stored: str) -> list[tuple[str, str]]:
    """What a form offers: the languages of the mails, and the stored one if it is none of them."""
    more = [] if any(code == stored for _, code in LANGUAGES) else [(stored, stored)]
    return [*LANGUAGES, *more]


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """A filled-in site; `zone` is an IANA name."""

    name: str
    zone: str
    language: str


class SiteForm(Form[SiteChoice, Site]):
    """Asks what a site is called and where it is. Changes a site by itself; a new one is made by `submit`."""

    HELP_TITLE = "A site"

    def __init__(
        self,
        desk: Desk,
        submit: Submit[SiteChoice, Site] | None = None,
        *,
        site: Site | None = None,
        guess: SiteChoice | None = None,
    ) -> None:
        """Make the form: of the site, or with None of a new one that begins with a guess."""
        super().__init__(desk, submit or self._carry_out)
        self.heading = _("New site") if site is None else _("Site {name}").format(name=site.name)
        self._site = site
        self._guess = guess or SiteChoice("", "", "en")

    async def rows(self) -> Sequence[FormRow[Any]]:
        stored = self._stored()
        return [
            TextRow("name", "Name", stored.name, _check_name, hint="as clients know it"),
            TextRow("zone", "Time zone", stored.zone, self._zone_note, hint="rome, Europe/Rome", offers=_offers()),
            PickRow("language", "Mails in", language_choices(stored.language), stored.language, self._messages_note),
        ]

    def read(self) -> SiteChoice:
        return SiteChoice(self.text("name"), find_zone(self.text("zone")), self.row("language").value)

    async def rebase(self) -> None:
        if self._site is None:
            return
        site_id = self._site.id
        self._site = await self.desk.run(lambda studio: studio.catalogue.site(site_id))
        stored = self._stored()
        for key in ("name", "zone", "language"):
            self.row(key).rebase(getattr(stored, key))

    def _stored(self) -> SiteChoice:
        site = self._site
        return self._guess if site is None else SiteChoice(site.name, site.zone, site.language)

    def _messages_note(self, _language: str) -> str | None:
        return None if self._site is None else _("Which messages go out: M in the calendar.")

    def _zone_note(self, text: str) -> str:
        return zone_note(text, self.desk.now())

    async def _carry_out(self, choice: SiteChoice) -> Site:
        actor, site = self.desk.actor, self._site
        assert site is not None
        changed = replace(site, name=choice.name, zone=choice.zone, language=choice.language)
        version = site.change.version
        return await self.desk.run(lambda studio: studio.catalogue.change_site(actor, changed, version=version))


def zone_note(text: str, now: datetime) -> str:
    """What a typed zone is, with the time on its clocks: `Europe/Rome, where it is 09:41 (CET)`.

    Raises:
        InvalidInput: It is none; the sentence names the nearest.
    """
    name = find_zone(text)
    here = zone(name)
    time = f"{to_wall(now, here):%H:%M}"
    return _("{zone}, where it is {time} ({label})").format(zone=name, time=time, label=zone_label(here, now))


def _offers() -> tuple[str, ...]:
    return (*place_names(), *zone_names())


def _check_name(text: str) -> None:
    if not text.strip():
        raise InvalidInput(_("A site needs a name."), field="name")
    within(200, "name", text)
