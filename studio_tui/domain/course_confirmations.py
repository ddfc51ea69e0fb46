"""That a client has a place in a whole course: told once, by the first of its sessions that is to come (SPEC C1).

Whichever session that is: the message that waits passes over to the next one when its session is cancelled, is over, or the
client gives the place in it back, and is dropped only when no place is left.

Its calendar file holds that one session. A request and a cancellation are about one UID each (RFC 5546 §3.2.2, §3.2.5), and
mail programs see it so: of several events in a file Outlook takes the first (MS-STANOICAL §2.2.175), and so does Gmail; what
was published instead (METHOD:PUBLISH) is another calendar to Outlook, and a cancellation does not take it out of Google's;
files beside the one in the body are mere attachments to Outlook. The other sessions' entries come with their own messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from studio_tui.domain.confirmations import again, comes_back, confirms_course, floor, round_began
from studio_tui.domain.delivery import Delivery, DeliveryId
from studio_tui.domain.missed import missed_messages
from studio_tui.domain.plans import Alignment, Changes, Follow, NoticeFacts, Recipient


@dataclass(frozen=True, slots=True)
class CoursePlace:
    """One booking of an enrolment."""

    facts: NoticeFacts
    recipient: Recipient

    def is_open(self, now: datetime) -> bool:
        """Whether the client can still go there."""
        return self.recipient.active and self.facts.active and now < self.facts.ends_at


def align_course(
    enrolled_since: datetime | None, places: Sequence[CoursePlace], history: Sequence[Delivery], now: datetime
) -> Alignment:
    """What brings the confirmation of one enrolment into line with the course; nothing is made.

    One that failed is tried at its client's new address (`missed_messages`).

    Args:
        enrolled_since: When the client was enrolled, aware UTC; None if they are not (any more).
        places: The enrolment's bookings, cancelled ones too.
        history: Messages about these bookings.
        now: The current instant, UTC.
    """
    mine = [each for each in history if confirms_course(each)]
    changes = Changes()
    if not mine:
        return changes.alignment()
    still = [place for place in places if place.is_open(now)]
    first = min(still, key=lambda place: (place.facts.starts_at, place.facts.session_id), default=None)
    missed = _missed(mine, first)
    newest = max((each for each in mine if not each.manual), key=lambda each: each.id, default=None)
    for delivery in mine:
        if delivery.doubtful:
            continue
        began = round_began(delivery)
        true = enrolled_since is not None and (began is None or began >= floor(enrolled_since))
        if delivery.state.waiting:
            _keep_or_drop(changes, delivery, first if true else None, places, now)
            continue
        if not true or first is None:
            continue
        anew = delivery.id in missed and first.facts.sends(delivery.kind)
        if anew or (delivery is newest and comes_back(delivery, first.facts, first.recipient, now)):
            changes.moves.append((delivery.id, again(delivery, first.facts, first.recipient, now)))
    return changes.alignment()


def _missed(mine: Sequence[Delivery], first: CoursePlace | None) -> frozenset[DeliveryId]:
    """Which of them are to go to their client's new address; wherever they stand, they tell the same."""
    if first is None:
        return frozenset()
    there = [replace(each, booking_id=first.recipient.booking_id) for each in mine]
    return missed_messages(there, [first.recipient])


def _keep_or_drop(
    changes: Changes, delivery: Delivery, first: CoursePlace | None, places: Sequence[CoursePlace], now: datetime
) -> None:
    """Let one that waits stand at the `first` place, or end it if there is none."""
    if first is None:
        over = any(_stood_at(delivery, place) and now >= place.facts.ends_at for place in places)
        (changes.expire if over else changes.cancel).append(delivery.id)
        return
    facts = first.facts
    why = first.recipient.unreached(delivery.channel, delivery.kind)
    if not facts.sends(delivery.kind):
        changes.silence.append(delivery.id)
    elif why is not None:
        changes.skip.append((delivery.id, why))
    elif delivery.booking_id != first.recipient.booking_id:
        changes.moves.append((delivery.id, again(delivery, facts, first.recipient, now)))
    elif (delivery.announces, delivery.expires_at, delivery.generation) != (
        facts.starts_at,
        facts.ends_at,
        facts.generation,
    ):
        changes.follows.append(Follow(delivery.id, facts.starts_at, facts.ends_at, facts.generation))


def _stood_at(delivery: Delivery, place: CoursePlace) -> bool:
    return place.recipient.booking_id == delivery.booking_id and place.recipient.active and place.facts.active
