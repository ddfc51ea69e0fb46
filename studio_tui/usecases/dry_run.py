"""What a worker would send, found out by making the messages and throwing them away: nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from studio_tui.domain.delivery import Channel, DeliveryState, HeldReason
from studio_tui.domain.dry_run import Fate, WouldSend
from studio_tui.domain.messages import SKIP_UNREACHED, DeliveryKind, MessageKind, message_kind
from studio_tui.storage.outbox_ahead import Ahead, ahead
from studio_tui.storage.outbox_leases import UNREACHED
from studio_tui.storage.types import from_ms
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.storage.vault import Vault
from studio_tui.usecases.letters.made import Hold, Made, NotMade, Unfit
from studio_tui.usecases.letters.mail import Writer
from studio_tui.usecases.letters.rendering import Renderer

_AT_A_TIME = 100
_MENDABLE = frozenset({HeldReason.NO_LINK, HeldReason.NO_ADDRESS, HeldReason.UNVERIFIED})
"""Held deliveries that a worker looks at again: what they lacked may be there by now."""


def would_send(
    unit: UnitOfWork,
    vault: Vault,
    writers: Mapping[Channel, Writer],
    now: datetime,
    until: datetime | None = None,
) -> list[WouldSend]:
    """What would become of everything that is due at `until`, or now, if nothing changed; soonest first.

    Args:
        unit: Only read.
        vault: Opens join links, as the messages that are made need them.
        writers: The channels that there are.
        now: The present instant, aware UTC.
        until: What is due by then counts; what a worker takes now if None.
    """
    renderer = Renderer(vault, writers)
    waiting = list(ahead(unit.db, now, until or now))
    fates: list[WouldSend] = []
    for first in range(0, len(waiting), _AT_A_TIME):
        some = waiting[first : first + _AT_A_TIME]
        fates += _fates(unit, renderer, some)
    return fates


def _fates(unit: UnitOfWork, renderer: Renderer, some: Sequence[Ahead]) -> list[WouldSend]:
    settled = {each.row.id: fate for each in some if (fate := _without_making(each)) is not None}
    made = renderer.make(unit, [each.row for each in some if each.row.id not in settled])
    known = settled | {one.row.id: _of_making(one.row.kind, one.came) for one in made}
    news = unit.announcements.by_ids(
        [each.row.announcement_id for each in some if each.row.announcement_id is not None]
    )
    kinds = {
        each.row.id: message_kind(
            each.row.kind, None if each.row.announcement_id is None else news[each.row.announcement_id].kind
        )
        for each in some
    }
    return [_line(each, kinds[each.row.id], *known[each.row.id]) for each in some]


def _without_making(each: Ahead) -> tuple[Fate, str] | None:
    """The fate of a delivery whose message need not be made."""
    if each.state in (DeliveryState.CLAIMED, DeliveryState.SENDING):
        return Fate.BUSY, ""
    if not each.wanted:
        return Fate.CANCELLED, "what it says is no longer so"
    if each.state is DeliveryState.HELD and each.reason not in _MENDABLE:
        return Fate.HELD, each.reason
    if each.late:
        return Fate.SKIPPED, "overdue"
    return None


def _of_making(kind: DeliveryKind, came: Made | NotMade) -> tuple[Fate, str]:
    match came:
        case Made():
            return Fate.SENT, ""
        case Hold(reason, _) if kind in SKIP_UNREACHED and reason in UNREACHED:
            return Fate.SKIPPED, reason.value
        case Hold(reason, text):
            return Fate.HELD, text or reason.value
        case Unfit(text):
            return Fate.FAILED, text
    return Fate.CANCELLED, "what it says is no longer so"


def _line(each: Ahead, kind: MessageKind, fate: Fate, why: str) -> WouldSend:
    return WouldSend(
        delivery_id=each.row.id,
        site=each.site,
        zone=each.zone,
        session_id=each.row.session_id,
        title=each.title,
        starts_at=each.starts_at,
        client=each.client,
        kind=kind,
        channel=each.row.channel,
        due_at=from_ms(each.row.due_at),
        fate=fate,
        why=why,
    )
