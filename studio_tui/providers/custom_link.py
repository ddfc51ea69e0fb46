"""The custom link: one address for every session, e.g. a Google Meet, GoToMeeting or Jitsi room (SPEC A3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio_tui.domain.account_kinds import AccountDraft, ConnectWay, FormField
from studio_tui.domain.errors import InvalidInput
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
    name = "Custom link"
    summary = "one meeting link for every session, e.g. Google Meet"
    ways = (
        ConnectWay(
            key="link",
            label="A meeting link",
            fields=(
                FormField(
                    "url",
                    "Meeting link",
                    2_000,
                    required=True,
                    secret=True,
                    hint="https://meet.google.com/abc-defg-hij",
                ),
                FormField("password", "Password", 100, secret=True, hint="only if the meeting asks for one"),
                FormField("description", "Description", 200, hint="shown to clients, e.g. how to dial in"),
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
                "Type or paste the meeting link, e.g. https://meet.google.com/abc-defg-hij.", field="url"
            )
        link = make_join_link(
            values["url"], values.get("password"), values.get("description"), http_hosts=self._http_hosts
        )
        seen = recognise(link.url)
        if seen.host_link:
            raise InvalidInput(seen.warning or "This link is for hosts alone.", field="url")
        host = masked(link.url).partition("/")[0]
        return AccountDraft(f"{seen.provider.label} ({host})" if seen.provider else host, link)
