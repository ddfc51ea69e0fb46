"""What messages about a client's place in a session say, in each language (SPEC C1, N10)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from studio_tui.domain.language import LANGUAGES, language_of, phrases
from studio_tui.domain.messages import DeliveryKind


@dataclass(frozen=True, slots=True)
class Saying:
    """Subject and first sentence, in which `{title}` stands, and why the reader gets the message."""

    subject: str
    intro: str
    automatic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """All that is said of places in one language.

    Attributes:
        sayings: By the kind of message.
        enrolled, unenrolled: The same of a place in a whole course; the intro has `{title}` and what else is named there.
        link_comes: When the link follows, `{at}`; `link_follows` without a time.
        cancel_until: Until when a place can be given back free of charge, `{limit}`; `cancel` where there is no limit.
        push_cancel_until: The same where one cannot reply.
        first: Before the time of a course's first session to come; `sessions` before how many there are.
    """

    sayings: dict[DeliveryKind, Saying]
    enrolled: Saying
    unenrolled: Saying
    link_comes: str
    link_follows: str
    cancel_until: str
    cancel: str
    push_cancel_until: str
    push_cancel: str
    first: str
    sessions: str


def place_words(language: str) -> PlaceWords:
    """The words of a language; English if there are none."""
    return _words_in(language_of(language))


@lru_cache(len(LANGUAGES))
def _words_in(language: str) -> PlaceWords:
    _ = phrases(language).gettext
    have_place = _("You get this message because you have a place in this session.")
    had_place = _("You get this message because you had a place here. If you did not expect this, please write to us.")
    return PlaceWords(
        sayings={
            DeliveryKind.BOOKED: Saying(
                _("Booking confirmed: {title}"),
                _("Your place in {title} is booked. We look forward to seeing you!"),
                have_place,
            ),
            DeliveryKind.UNBOOKED: Saying(
                _("Booking cancelled: {title}"),
                _("Your booking for {title} has been cancelled. We hope to see you again soon."),
                had_place,
            ),
            DeliveryKind.REMINDER: Saying(
                _("Reminder: {title}"),
                _("{title} is coming up soon. We look forward to seeing you!"),
                _("You get this reminder because you have a place in this session."),
            ),
            DeliveryKind.ATTENDANCE: Saying(
                _("Are you coming? {title}"),
                _("Will you be there for {title}? If you are coming, there is nothing to do."),
                _("You get this question because you have a place in this session."),
            ),
        },
        enrolled=Saying(
            _("Enrolment confirmed: {title}"),
            _("You are enrolled in {title}. We look forward to seeing you!"),
            _("You get this message because you have a place in this course."),
        ),
        unenrolled=Saying(
            _("Enrolment cancelled: {title}"),
            _("Your enrolment in {title} has been cancelled. We hope to see you again soon."),
            had_place,
        ),
        link_comes=_("Your link to join comes in a separate message: {at}."),
        link_follows=_("Your link to join comes in a separate message."),
        cancel_until=_("If you cannot come, you can cancel free of charge until {limit}: just reply to this mail."),
        cancel=_("If you cannot come, just reply to this mail."),
        push_cancel_until=_("If you cannot come, please tell us: you can cancel free of charge until {limit}."),
        push_cancel=_("If you cannot come, please tell us."),
        first=_("First session"),
        sessions=_("Sessions"),
    )
