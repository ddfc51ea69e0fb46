"""Conference accounts in words: a line of the list, and what the panel says about one. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from studio_tui.domain.conferences import AccountState
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.domain.terminal import cell_width, safe_display
from studio_tui.domain.zones import to_wall
from studio_tui.tui.nouns import counted_upcoming
from studio_tui.tui.wording import clock_text, effect_of_disconnecting, written_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio_tui.domain.account_kinds import ConferenceKind, ConnectWay
    from studio_tui.domain.agenda import AccountLine, LinkLoss, MeetingTally
    from studio_tui.domain.conferences import ConferenceAccount, SignIn

_DISCONNECTED_DEFAULT = N_(
    "⚠ No join link is shown or sent for any session of the site, also where one was typed "
    "by hand or a person has an own account. d connects it again, and all links come back."
)
_DISCONNECTED_OWN = N_("Its sessions use the default account. d connects it again.")


def holder_of(line: AccountLine) -> str:
    """Who has the account, as the subject of a sentence."""
    return _("The site") if line.staff_id is None else line.holder


def whose(line: AccountLine) -> str:
    """The account in words, as the beginning of a sentence."""
    if line.staff_id is not None:
        return _("{holder}'s account").format(holder=line.holder)
    return _("The default account")


def question_of_disconnecting(line: AccountLine) -> str:
    """What is asked before an account is disconnected."""
    if line.staff_id is None:
        return _("Disconnect the default account?")
    return _("Disconnect {holder}'s account?").format(holder=line.holder)


def kind_name(kinds: Sequence[ConferenceKind], key: str) -> str:
    """What the kind is called; its key where it is not installed any more."""
    return next((_(kind.name) for kind in kinds if kind.key == key), key)


def way_of(kinds: Sequence[ConferenceKind], sign_in: SignIn | None) -> ConnectWay | None:
    """The way in which somebody signed in."""
    if sign_in is None:
        return None
    ways = [way for kind in kinds if kind.key == sign_in.kind for way in kind.ways]
    return next((way for way in ways if way.key == sign_in.way), None)


def account_text(line: AccountLine, kind: str, width: int, *, default: ConferenceAccount | None) -> str:
    """The account in a line of so many cells; where that is narrow, how it stands is kept longest."""
    account = line.account
    if account is None:
        if line.staff_id is None:
            return _("none: typed links and services' links only")
        return _("uses the default account") if default is not None and default.serves else _("no account")
    failed = 0 if line.meetings is None else line.meetings.failed
    state = account.state.label
    if failed:
        state = ngettext("{state}, {n} failed", "{state}, {n} failed", failed).format(state=state, n=failed)
    parts = [kind, safe_display(account.label), state]
    while len(parts) > 1 and cell_width(" · ".join(parts)) > width:
        parts.pop(0)
    return " · ".join(parts)


def text_without(line: AccountLine, default: ConferenceAccount | None) -> str:
    """What the panel says where there is no account."""
    if line.staff_id is None:
        return _("One account for every online session of the site that has no link of its own. a adds it.")
    if default is None or not default.serves:
        return _("An own account needs a connected default account first; then {holder} can have one.").format(
            holder=line.holder
        )
    return _("The online sessions that {holder} leads use the default account. a adds an own one.").format(
        holder=line.holder
    )


def panel_text(
    line: AccountLine,
    account: ConferenceAccount,
    kinds: Sequence[ConferenceKind],
    secrets: Sequence[str],
    now: datetime,
    zone: ZoneInfo,
) -> str:
    """What the panel says about an account: how it stands, who is signed in, what is the matter, what it serves."""
    name = kind_name(kinds, account.kind)
    lines = [f"{name}, {account.state.label} · {written_text(account.change, now, zone)}"]
    lines += secrets
    if account.sign_in is not None:
        lines.append(_signed_in(account, account.sign_in, way_of(kinds, account.sign_in)))
    if account.state is AccountState.DISCONNECTED:
        lines.append(_(_DISCONNECTED_DEFAULT if line.staff_id is None else _DISCONNECTED_OWN))
        return "\n".join(lines)
    if account.sign_in is not None:
        lines += _troubles(account, account.sign_in, name, now, zone)
    if line.staff_id is None:
        served = _("Serves {sessions}.")
    else:
        served = _("Serves {sessions} that this person leads; courses use the default account.")
    lines.append(served.format(sessions=counted_upcoming(line.upcoming)))
    if line.meetings is not None:
        lines.append(tally_text(line.meetings))
    return "\n".join(each for each in lines if each)


def tally_text(tally: MeetingTally) -> str:
    """How an account's meetings stand, and what its host may still make today."""
    parts = []
    if tally.waiting:
        words = ngettext("{n} meeting still to be made", "{n} meetings still to be made", tally.waiting)
        parts.append(words.format(n=grouped(tally.waiting)))
    if tally.failed:
        words = ngettext("{n} failed, tried again by itself", "{n} failed, tried again by themselves", tally.failed)
        parts.append(words.format(n=tally.failed))
    if tally.left is not None and tally.limit is not None:
        words = _("{left} of {limit} left today (new or changed meetings)")
        parts.append(words.format(left=grouped(tally.left), limit=grouped(tally.limit)))
    words = " · ".join(parts)
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def consequences_of_disconnecting(
    line: AccountLine, loss: LinkLoss, kinds: Sequence[ConferenceKind], sign_in: SignIn | None
) -> list[str]:
    """What disconnecting an account takes away, and what brings it back (SPEC A6)."""
    lost = effect_of_disconnecting(loss, default=line.staff_id is None)
    way = way_of(kinds, sign_in)
    if sign_in is None or way is None or not way.revocable:
        return [lost, _("Nothing is deleted: connecting it again brings all links back.")]
    name = kind_name(kinds, sign_in.kind)
    if line.staff_id is None:
        told = _("{provider} is told, so connecting it again needs a new sign-in. Its meetings stay there.")
    else:
        told = _(
            "{provider} is told, so connecting it again needs a new sign-in. Its meetings are removed once the sessions "
            "have others."
        )
    return [lost, told.format(provider=name)]


def effect_of_another_host(line: AccountLine, label: str, provider: str) -> list[str]:
    """What it means that somebody else than before has signed in."""
    before = "" if line.account is None else safe_display(line.account.label)
    now = safe_display(label)
    same = _("It is {now} as before, but not with the same ID and secret.").format(now=now)
    return [
        same if before == now else _("Until now it was {before}; signed in is {now}.").format(before=before, now=now),
        ngettext(
            "{sessions} gets a new meeting and link. The old meetings at {provider} are removed once the new ones are "
            "there, and H lists the clients who hold an old link.",
            "{sessions} get new meetings and links. The old meetings at {provider} are removed once the new ones are "
            "there, and H lists the clients who hold an old link.",
            line.upcoming,
        ).format(sessions=counted_upcoming(line.upcoming).capitalize(), provider=provider),
    ]


def _signed_in(account: ConferenceAccount, sign_in: SignIn, way: ConnectWay | None) -> str:
    parts = [
        _("Signed in as {label}").format(label=safe_display(sign_in.label))
        if sign_in.stored
        else _("Not signed in any more")
    ]
    if way is not None:
        parts.append(_(way.label))
    if account.concurrent is not None:
        words = ngettext("{n} meeting at a time", "{n} meetings at a time", account.concurrent)
        parts.append(words.format(n=grouped(account.concurrent)))
    return " · ".join(parts)


def _troubles(account: ConferenceAccount, sign_in: SignIn, provider: str, now: datetime, zone: ZoneInfo) -> list[str]:
    trouble = safe_display(sign_in.trouble)
    if account.state is AccountState.NEEDS_SIGN_IN:
        return [
            *([f"! {trouble}"] if trouble else []),
            _("⚠ Links that exist keep working; new ones wait for the next sign-in (s)."),
        ]
    lines = [f"! {trouble}"] if trouble else []
    if sign_in.paused_until is not None and sign_in.paused_until > now:
        at = clock_text(to_wall(sign_in.paused_until, zone), to_wall(now, zone).date())
        lines.append(
            _("{provider} is left alone until {at}, then tried again by itself; t asks at once.").format(
                provider=provider, at=at
            )
        )
    return lines
