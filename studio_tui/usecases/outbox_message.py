"""One message as a client reads it, made by the worker's own writers from what is so now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.domain.delivery import Channel, DeliveryId, Way
from studio_tui.domain.html_text import text_of
from studio_tui.domain.language import N_, _
from studio_tui.domain.links import JoinLink
from studio_tui.domain.outbox import OutboxMessage
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.storage.vault import Vault
from studio_tui.usecases.letters.made import Hold, Made, NotMade, Unfit
from studio_tui.usecases.letters.mail import Writer
from studio_tui.usecases.letters.rendering import Renderer
from studio_tui.usecases.letters.shown import present_link, read_mail, why_held, without_link
from studio_tui.usecases.outbox import line_of

if TYPE_CHECKING:
    pass

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
    link = present_link(unit, vault, line.session_id)
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
        return why_held(came)
    return came.text if isinstance(came, Unfit) else _(_UNWANTED)


def _text_of(way: Way, payload: bytes) -> _Text:
    """What is read of finished bytes: a mail's subject and plain text, a push message's title and lines."""
    if way is Way.PUSH:
        found = json.loads(payload)
        parts = (str(found.get(name, "")) for name in ("message", "click", "url"))
        return _Text(str(found.get("title", "")), "\n".join(part for part in parts if part))
    mail = read_mail(payload)
    return _Text(mail.subject, mail.text, text_of(mail.html))


def _hiding(text: _Text, link: JoinLink) -> _Text:
    return _Text(text.subject, without_link(text.body, link), without_link(text.html, link))
