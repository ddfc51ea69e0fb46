"""One message as a client reads it, made by the worker's own writers from what is so now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.domain.delivery import Channel, DeliveryId, Way
from studio_tui.domain.errors import StudioError
from studio_tui.domain.html_text import text_of
from studio_tui.domain.language import N_, _
from studio_tui.domain.link_providers import BULLETS
from studio_tui.domain.links import JoinLink, masked
from studio_tui.domain.outbox import OutboxMessage
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.storage.vault import Vault
from studio_tui.usecases.letters.made import Hold, Made, NotMade, Unfit
from studio_tui.usecases.letters.mail import Writer
from studio_tui.usecases.letters.rendering import Renderer
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.outbox import line_of

if TYPE_CHECKING:
    from email.message import MIMEPart

_UNWANTED = N_("It says nothing that is still so: the session is in person now, or the place is gone.")
_NO_WRITER = N_("Nothing here writes messages for that service.")


class _Text(NamedTuple):
    subject: str
    body: str
    html: str = ""


def shown(
    unit: UnitOfWork,
    vault: Vault,
    writers: Mapping[Channel, Writer],
    delivery_id: DeliveryId,
    now: datetime,
    *,
    reveal: bool,
) -> OutboxMessage:
    """One message, whole; see `Outbox.message`."""
    line = line_of(unit, delivery_id, now)
    row, sent = unit.outbox_pages.envelope(delivery_id, now)
    message = OutboxMessage(
        line=line,
        recipient=sent.recipient,
        subject="",
        body="",
        expires_at=sent.expires_at,
        attempts=line.attempt,
        crashes=sent.crashes,
        server_ref=sent.server_ref,
        message_id=sent.message_id,
    )
    if line.channel not in writers:
        return replace(message, unmade=_(_NO_WRITER))
    [rendered] = Renderer(vault, writers).make(unit, [row])
    if not isinstance(rendered.came, Made):
        return replace(message, unmade=_why_not(rendered.came))
    text = _text_of(line.way, rendered.came.parcel.payload)
    link = _link(unit, vault, line.session_id)
    hidden = text if link is None or reveal else _hiding(text, link)
    digest = rendered.came.envelope.link_digest
    return replace(
        message,
        subject=hidden.subject,
        body=hidden.body,
        html=hidden.html,
        hides_link=hidden != text,
        link_changed=sent.link_digest is not None and sent.link_digest != digest,
    )


def _why_not(came: NotMade) -> str:
    if isinstance(came, Hold):
        return _("It cannot be made now: {value}.").format(value=_(came.text or came.reason.value))
    return came.text if isinstance(came, Unfit) else _(_UNWANTED)


def _text_of(way: Way, payload: bytes) -> _Text:
    """What is read of finished bytes: a mail's subject and plain text, a push message's title and lines."""
    if way is Way.PUSH:
        found = json.loads(payload)
        parts = (str(found.get(name, "")) for name in ("message", "click", "url"))
        return _Text(str(found.get("title", "")), "\n".join(part for part in parts if part))
    from email import message_from_bytes, policy

    mail = message_from_bytes(payload, policy=policy.default)
    plain, html = (_content(mail.get_body((kind,))) for kind in ("plain", "html"))
    return _Text(str(mail["Subject"] or ""), plain.strip(), text_of(html))


def _content(part: MIMEPart | None) -> str:
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


def _link(unit: UnitOfWork, vault: Vault, session_id: SessionId) -> JoinLink | None:
    """The session's link as it is now; None without one that can be opened."""
    try:
        decision = LinkContexts(unit).decide([unit.sessions.get(session_id)])[session_id]
        return None if decision.link is None else vault.open(decision.link, decision.owner)
    except StudioError:
        return None


def _hiding(text: _Text, link: JoinLink) -> _Text:
    def hidden(body: str) -> str:
        shown = body.replace(link.url, masked(link.url))
        return shown.replace(link.password, BULLETS) if link.password else shown

    return _Text(text.subject, hidden(text.body), hidden(text.html))
