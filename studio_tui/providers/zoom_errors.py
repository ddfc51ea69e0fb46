"""What Zoom's refusals mean, and what the front desk can do about each."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from studio_tui.domain.language import N_
from studio_tui.domain.phrase import Phrase, joined, phrase
from studio_tui.domain.providers import (
    MeetingGone,
    ProviderBusy,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    SignInNeeded,
)
from studio_tui.providers.web import Answer, retry_at

TOKEN_REFUSED, NO_MEETING, RUNNING, ENDED, BAD_VALUE = 124, 3001, 3002, 3007, 300
NO_SCOPE, NO_USER = (4700, 4711), (1001, 1010)

_SCOPE = re.compile(r"[a-z_]+(?::[a-z_]+){1,4}")
_MOMENT = timedelta(seconds=5)
_MEETINGS_LENGTH = timedelta(minutes=15)

SIGN_IN_AGAIN = N_("Zoom no longer accepts the sign-in: connect the account again under Manage video conferences.")


class TokenRefused(ProviderRefused):
    """The sign-in itself was refused.

    Attributes:
        error: OAuth's word for it (RFC 6749 §5.2, RFC 8628 §3.5), e.g. "invalid_grant".
    """

    def __init__(self, message: Phrase, error: str) -> None:
        super().__init__(message)
        self.error = error


class UnknownHost(ProviderRefused):
    """Zoom does not know the host that a meeting was asked for."""


def refuses_token(answer: Answer) -> bool:
    """Whether the access token is bad or has expired: a new one is worth one more try."""
    code = answer.number("code")
    return code == TOKEN_REFUSED or (answer.status == 401 and code not in NO_SCOPE)


def refusal(answer: Answer, now: datetime, *, host: str = "", repeatable: bool = True) -> ProviderError:
    """The error that an answer of the API stands for.

    Args:
        answer: One whose status is not 2xx.
        now: Aware UTC.
        host: Whose meeting it is about; empty for whoever signed in.
        repeatable: As in `Ask`: whether a server's trouble leaves no doubt.
    """
    code = answer.number("code")
    if answer.status == 429 or code == 429:
        return _busy(answer, now)
    if answer.status >= 500:
        return _trouble(answer, doubtful=not repeatable)
    if 300 <= answer.status < 400:
        return ProviderRefused(phrase("Zoom's address in the settings points elsewhere: correct zoom.api_url."))
    if code in NO_SCOPE:
        return _missing_scopes(answer)
    if refuses_token(answer):
        return SignInNeeded(Phrase(SIGN_IN_AGAIN))
    if code == NO_MEETING:
        return MeetingGone(phrase("Zoom does not know this meeting any more: it was deleted there."))
    if code == RUNNING:
        sentence = phrase("The meeting is running at Zoom: it can be removed when it is over.")
        return ProviderBusy(sentence, retry_at=now + _MEETINGS_LENGTH)
    if code in NO_USER:
        whom = phrase("the host {host}", host=host) if host else phrase("the host")
        return UnknownHost(
            phrase("Zoom does not know {whom}: check the host's e-mail address in the account.", whom=whom)
        )
    return _refused(answer, code)


def sign_in_refusal(answer: Answer, now: datetime) -> ProviderError:
    """The error that an answer of the sign-in stands for; `TokenRefused` where it is about the sign-in itself."""
    if answer.status == 429:
        return _busy(answer, now)
    if answer.status >= 500:
        return _trouble(answer, doubtful=False)
    if 300 <= answer.status < 400:
        return ProviderRefused(phrase("Zoom's address in the settings points elsewhere: correct zoom.sign_in_url."))
    error = answer.words("error")
    said = answer.words("reason") or answer.words("error_description") or answer.words("message") or error
    told = f" ({said[:120]})" if said else ""
    return TokenRefused(
        phrase("Zoom refuses the sign-in{told}: check what was typed, then try again.", told=told), error
    )


def unreadable(*, doubtful: bool = False) -> ProviderUnavailable:
    """The error for an answer that is not what Zoom answers."""
    return ProviderUnavailable(
        phrase("Zoom's answer cannot be understood: try again in a minute; if it stays so, look at status.zoom.us."),
        doubtful=doubtful,
    )


def _trouble(answer: Answer, *, doubtful: bool) -> ProviderUnavailable:
    return ProviderUnavailable(
        phrase("Zoom has trouble of its own (error {status}): try again in some minutes.", status=answer.status),
        doubtful=doubtful,
    )


def _busy(answer: Answer, now: datetime) -> ProviderBusy:
    """Which limit it is says a header; the daily one ends at midnight UTC."""
    kind = answer.headers.get("X-RateLimit-Type", "") or answer.text("message")
    daily = "daily" in kind.casefold()
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    at = retry_at(answer.headers.get("Retry-After"), now) or (midnight if daily else now + _MOMENT)
    if daily:
        sentence = phrase(
            "Zoom allows this host no more new or changed meetings until {at:%H:%M} UTC on {at:%Y-%m-%d}.", at=at
        )
    else:
        sentence = phrase("Zoom asks for a pause until {at:%H:%M:%S} UTC.", at=at)
    return ProviderBusy(sentence, retry_at=at, daily=daily)


def _missing_scopes(answer: Answer) -> ProviderRefused:
    scopes = ", ".join(dict.fromkeys(_SCOPE.findall(answer.words("message"))))
    what = (
        phrase("the scopes {scopes}", scopes=scopes)
        if "," in scopes
        else phrase("the scope {scopes}", scopes=scopes)
        if scopes
        else phrase("the scopes for meetings")
    )
    return ProviderRefused(
        phrase(
            "The Zoom app lacks a permission: add {what} to it at marketplace.zoom.us, then connect the account again.",
            what=what,
        )
    )


def _refused(answer: Answer, code: int | None) -> ProviderRefused:
    errors = answer.fields.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    detail = Answer(answer.status, {}, first, answer.unspoken).words("message")
    said = answer.words("message")
    told = f"{said}: {detail}" if said and detail and detail != said else said or detail
    number = phrase("error {code}", code=code) if code is not None else phrase("error {status}", status=answer.status)
    if code == BAD_VALUE:
        return ProviderRefused(
            phrase("Zoom does not accept a value ({value}): change it, then try again.", value=told or number)
        )
    return ProviderRefused(
        phrase("Zoom refuses this ({value}).", value=joined([told, number], ", ") if told else number)
    )
