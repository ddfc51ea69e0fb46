"""Finished messages as people look at them before or after they go: read back, with the join link masked (SPEC L11)."""

from __future__ import annotations

from typing import NamedTuple

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.domain.link_providers import BULLETS
from studio_tui.domain.links import JoinLink, masked
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.storage.vault import Vault
from studio_tui.usecases.letters.made import Hold
from studio_tui.usecases.link_context import LinkContexts


class Reading(NamedTuple):
    """What is read of a message; `calendar` is METHOD of its calendar file. What it has not got is empty."""

    subject: str
    text: str
    html: str = ""
    calendar: str = ""


def read_mail(payload: bytes) -> Reading:
    """What stands in a mail's bytes, its lines ending in LF."""
    from email import message_from_bytes, policy

    mail = message_from_bytes(payload, policy=policy.default)
    parts = {part.get_content_type(): part for part in mail.walk()}
    text, html = (
        str(parts[kind].get_content()).replace("\r\n", "\n").strip() if kind in parts else ""
        for kind in ("text/plain", "text/html")
    )
    calendar = str(parts["text/calendar"].get_param("method") or "") if "text/calendar" in parts else ""
    return Reading(str(mail["Subject"] or ""), text, html, calendar)


def present_link(unit: UnitOfWork, vault: Vault, session_id: SessionId) -> JoinLink | None:
    """The session's link as it is now; None without one that can be opened."""
    try:
        decision = LinkContexts(unit).decide([unit.sessions.get(session_id)])[session_id]
        return None if decision.link is None else vault.open(decision.link, decision.owner)
    except StudioError:
        return None


def without_link(text: str, link: JoinLink) -> str:
    """A text or an HTML body with bullets for the link and its password, which are credentials."""
    from markupsafe import escape

    for secret, shown in ((link.url, masked(link.url)), (link.password, BULLETS)):
        if secret:
            text = text.replace(secret, shown).replace(str(escape(secret)), shown)
    return text


def why_held(came: Hold) -> str:
    """Why a message cannot be made now, as a sentence."""
    return _("It cannot be made now: {value}.").format(value=_(came.text or came.reason.value))
