"""Making the messages of claimed rows, with the link as it is at this moment (SPEC N6, A6, L11)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from studio_tui.domain.announcements import Announcement
from studio_tui.domain.bookings import EnrolmentId
from studio_tui.domain.confirmations import enrolment_of, tells_of_enrolment
from studio_tui.domain.delivery import Channel, HeldReason
from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import N_, _
from studio_tui.domain.links import JoinLink
from studio_tui.domain.messages import CARRY_LINK, SKIP_LATE, DeliveryKind
from studio_tui.domain.outcomes import MAX_TEXT, Parcel
from studio_tui.domain.sessions import SessionStatus
from studio_tui.domain.wording import words_for
from studio_tui.storage.outbox_intents import Envelope
from studio_tui.storage.outbox_material import Addressee, Stamp, Told, addressees, stamps, told_before
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.storage.types import from_ms
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.storage.vault import Vault
from studio_tui.usecases.letters.forms import Said
from studio_tui.usecases.letters.made import Hold, Made, NotMade, Unfit, Unwanted
from studio_tui.usecases.letters.mail import Draft, NoAddress, Unverified, Writer
from studio_tui.usecases.letters.news import News
from studio_tui.usecases.letters.notice import Notice
from studio_tui.usecases.letters.occasions import Occasion, Occasions
from studio_tui.usecases.letters.place import PLACE_KINDS, AboutPlace, Run
from studio_tui.usecases.letters.written import Written

_log = logging.getLogger(__name__)
_NO_WORDS = Unfit(N_("Nothing here writes messages of this kind."))


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the making of one row's message came to, and from which state of its session."""

    row: ClaimedRow
    came: Made | NotMade
    stamp: Stamp | None


def _as_it_goes(row: ClaimedRow, said: Said, present: str | None, before: Sequence[Told]) -> ClaimedRow:
    """The row with the link that it goes out with, and after how many changes of it (SPEC C7).

    News carry the link only in the calendar of somebody who holds this very one: an update without it would take it away
    from there. What was perhaps sent before a crash keeps what it went with.

    Args:
        row: As it is stored.
        said: What it says.
        present: Digest of the session's link now; None for none.
        before: What this person was sent, the last one last.
    """
    shows = _shows_link(said)
    if row.channel is not Channel.EMAIL:
        return replace(row, link_digest=present if shows else None)
    others = [told for told in before if told.id != row.id and told.kind not in SKIP_LATE]
    held = next((told.link_digest for told in reversed(others) if told.sent and told.link_digest), None)
    again = row.crashes > 0 and row.message_id is not None
    # What news went with before a crash says whether it had the link then, even if its reader got that since.
    carried = shows or (_may_carry_link(said) and present == (row.link_digest if again else held))
    digest = present if carried else None
    if again or isinstance(said, Written):
        return replace(row, link_digest=digest)
    changes = max((told.link_changes for told in others), default=0)
    if others and _revises(row, digest, others[-1]):
        changes += 1
    return replace(row, link_digest=digest, link_changes=max(row.link_changes, changes))


def _shows_link(said: Said) -> bool:
    """Whether the reader can read the link in it."""
    return isinstance(said, Notice) or (isinstance(said, AboutPlace) and said.link is not None)


def _may_carry_link(said: Said) -> bool:
    """Whether its calendar file may have the link without telling of it."""
    entry = said.session.entry
    return isinstance(said, News) and not (entry is not None and entry.cancelled)


def _revises(row: ClaimedRow, digest: str | None, last: Told) -> bool:
    """Whether the entry in the reader's calendar changes though the session did not: its link, or that it is there."""
    taken_out, was_out = row.kind is DeliveryKind.UNBOOKED, last.kind is DeliveryKind.UNBOOKED
    return taken_out != was_out or (digest is not None and last.link_digest != digest)


def _notice(row: ClaimedRow, occasion: Occasion) -> Said | NotMade:
    """The session's link, told for the first time or as another one; nothing else passes for it."""
    if row.kind not in CARRY_LINK:
        return _NO_WORDS
    if not isinstance(occasion.link, JoinLink):
        return occasion.link
    return Notice(session=occasion.facts, link=occasion.link, changed=row.kind is DeliveryKind.LINK)


def _about_place(row: ClaimedRow, occasion: Occasion, run: Run | None) -> AboutPlace:
    """What the row says of its reader's place, at the time that it is dated."""
    facts, notice_at = occasion.facts, occasion.notice_at
    about = AboutPlace(kind=row.kind, session=facts, limit=occasion.limit, run=run)
    at = notice_at if notice_at is not None and from_ms(row.date_ms) < notice_at else None
    match row.kind:
        case DeliveryKind.BOOKED:
            link = None if occasion.hides_link else occasion.known_link
            return replace(about, link=link, link_follows=notice_at is not None, link_at=None if link else at)
        case DeliveryKind.UNBOOKED:
            entry = None if facts.entry is None else replace(facts.entry, cancelled=True)
            return replace(about, session=replace(facts, entry=entry))
        case DeliveryKind.REMINDER:
            return replace(about, session=replace(facts, entry=None), link_follows=at is not None, link_at=at)
    return replace(about, session=replace(facts, entry=None))


def _said(announcement: Announcement, occasion: Occasion) -> News | Written:
    """What an announcement says of a session as it is now."""
    if not announcement.kind.changes:
        return Written(subject=announcement.subject, body=announcement.body, session=occasion.facts)
    return News(kind=announcement.kind, session=occasion.facts, was_at=announcement.was_at, link=occasion.known_link)


class Renderer:
    """Makes messages. Drafts are kept while their session's stamp stays the same.

    Args:
        vault: Opens sealed links.
        writers: The channels that there are.
    """

    def __init__(self, vault: Vault, writers: Mapping[Channel, Writer]) -> None:
        self._writers = writers
        self._occasions = Occasions(vault)

    def make(self, unit: UnitOfWork, rows: Sequence[ClaimedRow]) -> list[Rendered]:
        """The message of each row, in their order, as it is right in the transaction of `unit` (SPEC N6).

        Raises nothing for the sake of one row: what cannot be made says so itself.
        """
        # The stamps come first: what changes after them can only make a message look older than it is.
        present = stamps(unit.db, {row.session_id for row in rows})
        self._occasions.load(unit, present)
        people = addressees(unit.db, {row.booking_id for row in rows})
        news = unit.announcements.by_ids([row.announcement_id for row in rows if row.announcement_id is not None])
        mailed = {row.booking_id for row in rows if row.channel is Channel.EMAIL}
        told = told_before(unit.db, mailed)
        runs = self._runs(unit, rows)
        return [
            self._one(row, people.get(row.booking_id), news, told.get(row.booking_id, ()), runs.get(row.id))
            for row in rows
        ]

    def _runs(self, unit: UnitOfWork, rows: Sequence[ClaimedRow]) -> dict[int, Run]:
        """The courses of which rows tell as a whole, by the row's id."""
        whole = {
            row.id: (occasion.course_id, occasion.facts.starts_at)
            for row in rows
            if tells_of_enrolment(row.key)
            and (occasion := self._occasions.get(row.session_id)) is not None
            and occasion.course_id is not None
        }
        if not whole:
            return {}
        ids = {course_id for course_id, _ in whole.values()}
        courses = unit.services.courses(sorted(ids))
        active = [each for each in unit.sessions.of_courses(ids) if each.status is SessionStatus.ACTIVE]
        enrolments = {row.id: enrolment_of(row.key) for row in rows if row.id in whole}
        bookings = unit.bookings.of_enrolments(sorted(set(enrolments.values())))
        booked = {each: {b.session_id for b in mine if b.active} for each, mine in bookings.items()}
        runs = {}
        for row_id, (course_id, first) in whole.items():
            run = {each.id for each in active if each.course_id == course_id and each.starts_at >= first}
            # Whoever has no place any more is told how many sessions they had.
            there = run & booked.get(EnrolmentId(enrolments[row_id]), set())
            runs[row_id] = Run(courses[course_id].name, len(there or run))
        return runs

    def made_for(
        self, unit: UnitOfWork, row: ClaimedRow, addressee: Addressee, told: Announcement | None = None
    ) -> Rendered:
        """The message as it would be for somebody who was sent nothing yet; `told` is what news of it say."""
        self._occasions.load(unit, stamps(unit.db, {row.session_id}))
        return self._one(row, addressee, {} if told is None else {told.id: told}, ())

    def _one(
        self,
        row: ClaimedRow,
        addressee: Addressee | None,
        told: Mapping[int, Announcement],
        before: Sequence[Told],
        run: Run | None = None,
    ) -> Rendered:
        occasion = self._occasions.get(row.session_id)
        if occasion is None or addressee is None:
            return Rendered(row, Unwanted(), None)
        said: Said | NotMade
        if row.announcement_id is not None:
            said = _said(told[row.announcement_id], occasion)
        elif row.kind in PLACE_KINDS:
            said = _about_place(row, occasion, run)
        else:
            said = _notice(row, occasion)
        return Rendered(row, self._message(row, occasion, said, addressee, before), occasion.stamp)

    def _message(
        self,
        row: ClaimedRow,
        occasion: Occasion,
        said: Said | NotMade,
        addressee: Addressee,
        before: Sequence[Told],
    ) -> Made | NotMade:
        if not isinstance(said, Said):
            return said
        going = _as_it_goes(row, said, occasion.link_digest, before)
        try:
            draft = self._draft(row, occasion, said, addressee.language)
            finished = draft.finish(going, addressee)
        except NoAddress:
            return Hold(HeldReason.NO_ADDRESS)
        except Unverified:
            return Hold(HeldReason.UNVERIFIED)
        except StudioError as error:
            return Unfit(str(error)[:MAX_TEXT])
        except Exception as error:  # noqa: BLE001
            # What nobody foresaw in one row must not keep the others waiting. It could be personal: only its kind is told.
            _log.error("The message of delivery %d could not be made: %s", row.id, type(error).__name__)
            return Unfit(
                _("The message could not be made ({fault}): please report this.").format(fault=type(error).__name__)
            )
        return Made(
            row=row,
            parcel=Parcel(row.id, row.key, finished.recipient, finished.payload),
            envelope=Envelope(
                id=row.id,
                message_id=finished.message_id,
                recipient=finished.recipient,
                link_digest=going.link_digest,
                link_changes=going.link_changes,
            ),
            stamp=occasion.stamp,
        )

    def _draft(self, row: ClaimedRow, occasion: Occasion, said: Said, language: str) -> Draft:
        words = words_for(language, occasion.site_language)
        run, at = (said.run, said.link_at) if isinstance(said, AboutPlace) else (None, None)
        key = (row.channel, words.language, row.kind, row.announcement_id, run, at)
        if key not in occasion.drafts:
            occasion.drafts[key] = self._writers[row.channel].draft(said, words)
        return occasion.drafts[key]
