"""The custom link: one address for every session, e.g. a Google Meet, GoToMeeting or Jitsi room (SPEC A3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio_tui.domain.account_kinds import AccountDraft, ConnectWay, FormField
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.link_providers import masked, recognise
from studio_tui.domain.links import make_join_link

if TYPE_CHECKING:
    from studio_tui.settings import Settings


class CustomLink:
    """A conference account that is nothing but a link. Nothing is asked of any provider.

    Args:
        http_hosts: Hosts that the owner allows plain http for.
    """

    key = "custom"
    name = N_("Custom link")
    summary = N_("one meeting link for every session, e.g. Google Meet")
    ways = (
        ConnectWay(
            key="link",
            label=N_("A meeting link"),
            fields=(
                FormField(
                    "url",
                    N_("Meeting link"),
                    2_000,
                    required=True,
                    secret=True,
                    hint="https://meet.google.com/abc-defg-hij",
                ),
                FormField("password", N_("Password"), 100, secret=True, hint=N_("only if the meeting asks for one")),
                FormField("description", N_("Description"), 200, hint=N_("shown to clients, e.g. how to dial in")),
            ),
        ),
    )

    def __init__(self, http_hosts: tuple[str, ...] = ()) -> None:
        self._http_hosts = http_hosts

    @classmethod
    def from_settings(cls, settings: Settings) -> CustomLink:
        """The kind, on the hosts that the settings allow."""
        return cls(settings.links.http_hosts)

    def draft(self, values: dict[str, str]) -> AccountDraft:
        """Check the link and return it, with its provider and host as what may be shown.

        A host's own link is refused: an account gives its link to every client of every session.

        Raises:
            InvalidInput: Naming the field and what is accepted.
        """
        if not values.get("url", "").strip():
            raise InvalidInput(
                _("Type or paste the meeting link, e.g. https://meet.google.com/abc-defg-hij."), field="url"
            )
        link = make_join_link(
            values["url"], values.get("password"), values.get("description"), http_hosts=self._http_hosts
        )
        seen = recognise(link.url)
        if seen.host_link:
            raise InvalidInput(seen.warning or _("This link is for hosts alone."), field="url")
        host = masked(link.url).partition("/")[0]
        return AccountDraft(f"{seen.provider.label} ({host})" if seen.provider else host, link)
