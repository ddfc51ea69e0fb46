"""What becomes of a row that was not surely sent: pure decisions, carried out by the writer (WORKER §§3, 5.3, 5.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio_tui.domain.channel_words import PUT_AWAY
from studio_tui.domain.delivery import MAX_CRASHES, DeliveryState, HeldReason, SkipReason, retry_pause
from studio_tui.domain.messages import SKIP_UNREACHED
from studio_tui.domain.outcomes import MAX_TEXT, Deferred, Doubtful, Gone, Outcome, Refused, RelayTrouble, Sent
from studio_tui.domain.text import safe_display
from studio_tui.storage.outbox_turns import SUSPECT, Standing
from studio_tui.usecases.letters.made import Hold, NotMade, Unfit, Unwanted
from studio_tui.worker.options import AfterCrash

NO_LONGER_WANTED = "no longer wanted"
POISON = "poison"
_UNREACHED = (HeldReason.NO_ADDRESS, HeldReason.UNVERIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A row's new values: the names are columns. Instants are milliseconds since 1970."""

    id: int
    state: DeliveryState
    reason: str
    due_at: int
    attempt: int
    crashes: int
    lane: int
    last_code: int | None
    last_text: str
    token: None = None
    lease_until: int | None = None


def fenced(standing: Standing, token: str) -> bool:
    """Whether the row is no longer in this worker's hands: whatever is said of it does not count."""
    held = (DeliveryState.CLAIMED, DeliveryState.SENDING)
    return standing.token != token or standing.state not in held


def after_outcome(standing: Standing, outcome: Outcome | NotMade) -> Verdict:
    """What follows an outcome other than `Sent`, for a row that is still this worker's."""
    again = _ready(standing)
    match outcome:
        case Doubtful(text) if standing.state == DeliveryState.SENDING:
            # Nobody renews it any more; the rescue deals with it after the grace.
            doubtful = replace(again, state=DeliveryState.SENDING, lease_until=standing.now)
            return _answered(doubtful, None, text)
        case Refused(code, text) | Gone(code, text):
            return _answered(replace(again, state=DeliveryState.FAILED, attempt=standing.attempt + 1), code, text)
        case Deferred():
            return _deferred(standing, again, outcome)
        case Hold(reason, _) if standing.kind in SKIP_UNREACHED and reason in _UNREACHED:
            return replace(again, state=DeliveryState.SKIPPED, reason=SkipReason(reason.value).value)
        case Hold(reason, text):
            return _answered(replace(again, state=DeliveryState.HELD, reason=reason.value), None, text)
        case Unfit(text):
            return _answered(replace(again, state=DeliveryState.FAILED), None, text)
        case Unwanted():
            return replace(again, state=DeliveryState.CANCELLED, reason=NO_LONGER_WANTED)
        case Sent():
            raise ValueError("a message that was sent is a fact, not a return")
        case RelayTrouble(code, text, _):
            return _unless_unwanted(standing, _answered(again, code, text))
    return _unless_unwanted(standing, again)


def after_refusal(standing: Standing) -> Verdict:
    """What becomes of a row that is this worker's but got no intent: it is too late, or it is not wanted."""
    again = _ready(standing)
    over = standing.expires_at <= standing.now
    if standing.overdue or (over and standing.skips_late):
        return replace(again, state=DeliveryState.SKIPPED, reason=SkipReason.OVERDUE.value)
    if over:
        return replace(again, state=DeliveryState.EXPIRED)
    return _unless_unwanted(standing, again)


def after_silence(standing: Standing, policy: AfterCrash) -> Verdict:
    """What becomes of a row whose worker fell silent (WORKER §5.3, rescue).

    Only claimed: surely not sent, but taken alone from now on, lest it was what killed the worker. A row that was taken
    alone carries its crash already. Perhaps sent: by the policy. The third crash puts it away.
    """
    if standing.state == DeliveryState.CLAIMED:
        if standing.lane >= SUSPECT:
            return _unless_poison(_kept(standing))
        return replace(_kept(standing), lane=standing.lane + SUSPECT)
    crashed = replace(_ready(standing), crashes=standing.crashes + 1)
    if policy is AfterCrash.HOLD:
        return replace(crashed, state=DeliveryState.HELD, reason=HeldReason.AFTER_CRASH.value)
    return _unless_poison(crashed)


def _kept(standing: Standing) -> Verdict:
    """Ready again, nothing else changed."""
    return Verdict(
        id=standing.id,
        state=DeliveryState.READY,
        reason="",
        due_at=standing.due_at,
        attempt=standing.attempt,
        crashes=standing.crashes,
        lane=standing.lane,
        last_code=standing.last_code,
        last_text=standing.last_text,
    )


def _ready(standing: Standing) -> Verdict:
    """Ready again; the suspicion of a row that was taken alone is lifted, and the crash that it was marked with."""
    if standing.lane < SUSPECT:
        return _kept(standing)
    return replace(_kept(standing), lane=standing.lane - SUSPECT, crashes=standing.crashes - 1)


def _deferred(standing: Standing, again: Verdict, outcome: Deferred) -> Verdict:
    """Later, while it still makes sense: a try that would come after the session's end is not waited for."""
    attempt = standing.attempt + 1
    pause = retry_pause(standing.key, attempt)
    if outcome.retry_after is not None:
        pause = max(pause, outcome.retry_after)
    due_at = standing.now + int(pause.total_seconds() * 1000)
    later = _answered(replace(again, attempt=attempt, due_at=due_at), outcome.code, outcome.text)
    if due_at >= standing.expires_at:
        return replace(later, state=DeliveryState.FAILED, due_at=standing.due_at)
    return _unless_unwanted(standing, later)


def _unless_unwanted(standing: Standing, verdict: Verdict) -> Verdict:
    if standing.wanted:
        return verdict
    return replace(verdict, state=DeliveryState.CANCELLED, reason=NO_LONGER_WANTED)


def _unless_poison(verdict: Verdict) -> Verdict:
    if verdict.crashes < MAX_CRASHES:
        return verdict
    text = PUT_AWAY.format(n=verdict.crashes)
    return replace(verdict, state=DeliveryState.FAILED, reason=POISON, last_text=text)


def _answered(verdict: Verdict, code: int | None, text: str) -> Verdict:
    return replace(verdict, last_code=code, last_text=safe_display(text)[:MAX_TEXT])
