"""How a client refuses mails of a kind with one tap in the mail program (RFC 2369, RFC 8058)."""

from __future__ import annotations

from urllib.parse import quote

from studio_tui.channels.addresses import MailAddress
from studio_tui.domain.messages import MessageKind
from studio_tui.storage.vault import Vault
from studio_tui.usecases.refusing import unsubscribe_token


class Unsubscribing:
    """Makes the addresses that `List-Unsubscribe` names.

    Args:
        vault: Signs the tokens.
        url: Where the studio takes refusals, with `{token}` in it; None: by a mail to the studio.
    """

    def __init__(self, vault: Vault, url: str | None = None) -> None:
        self._vault = vault
        self._url = url

    @property
    def by_mail(self) -> bool:
        """Whether the addresses write a mail."""
        return self._url is None

    def address(self, client_id: int, kind: MessageKind, desk: MailAddress) -> str:
        """Where this client refuses messages of the kind; `desk` is who would get it as a mail.

        Raises:
            InvalidInput: Nobody can refuse messages of the kind.
            BadKey: The studio's key cannot be used or made.
        """
        token = unsubscribe_token(self._vault, client_id, kind)
        if self._url is not None:
            return self._url.replace("{token}", token)
        return f"mailto:{quote(str(desk), safe='@')}?subject=unsubscribe%20{token}"
