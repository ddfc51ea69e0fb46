"""Making the messages of claimed rows, with the link as it is at this moment (SPEC N6, A6, L11)."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from studio_tui.domain.announcements import Announcement, AnnouncementKind
from studio_tui.domain.conferences import LinkDecision, LinkSource
from studio_tui.domain.delivery import Channel, HeldReason
from studio_tui.domain.errors import StudioError
from studio_tui.domain.messages import CARRY_LINK, DeliveryKind
from studio_tui.domain.outcomes import MAX_TEXT, Parcel
from studio_tui.domain.sessions import Session
from studio_tui.domain.wording import Words, words_for
from studio_tui.domain.zones import zone
from studio_tui.storage.outbox_material import Addressee, Stamp, Told, addressees, stamps, told_before
from studio_tui.storage.outbox_turns import ClaimedRow, Envelope
from studio_tui.storage.sessions import EventName
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.storage.vault import Vault
from studio_tui.usecases.announcement_texts import News
from studio_tui.usecases.exporting import exported_session
from studio_tui.usecases.letters.made import Hold, Made, NotMade, Unfit, Unwanted
from studio_tui.usecases.letters.mail import Draft, NoAddress, Unverified, Writer
from studio_tui.usecases.letters.notice import Notice
from studio_tui.usecases.letters.written import Written
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.scheduling import title_of

Said = Notice | News | Written
"""What a message says to everybody whom it is for."""

_log = logging.getLogger(__name__)
_REMEMBERED = 1024
_NO_WORDS = Unfit("Nothing here writes messages of this kind.")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the making of one row's message came to, and from which state of its session."""

    row: ClaimedRow
    came: Made | NotMade
    stamp: Stamp | None


@dataclass(slots=True)
class _Occasion:
    """A session as its messages show it, with the drafts made so far: (channel, language, kind, announcement) -> draft.

    `news` has the session's facts; its kind and old start are each announcement's own.
    """

    stamp: Stamp
    notice: Notice | NotMade
    link_digest: str | None
    news: News
    site_language: str
    drafts: dict[tuple[Channel, str, DeliveryKind, int | None], Draft] = field(default_factory=dict)


def _as_it_goes(row: ClaimedRow, present: str | None, before: Sequence[Told]) -> ClaimedRow:
    """The row with the link that it goes out with, and after how many changes of it (SPEC C7).

    News carry the link only in the calendar of somebody who holds this very one: an update without it would take it away
    from there. What was perhaps sent before a crash keeps what it went with.

    Args:
        row: As it is stored.
        present: Digest of the session's link now; None for none.
        before: What this person was sent, the last one last.
    """
    if row.channel is not Channel.EMAIL:
        return replace(row, link_digest=present if row.kind in CARRY_LINK else None)
    others = [told for told in before if told.id != row.id]
    held = next((told.link_digest for told in reversed(others) if told.sent and told.link_digest), None)
    again = row.crashes > 0 and row.message_id is not None
    # What news went with before a crash says whether it had the link then, even if its reader got that since.
    carried = row.kind in CARRY_LINK or present == (row.link_digest if again else held)
    digest = present if carried else None
    if again:
        return replace(row, link_digest=digest)
    changes = max((told.link_changes for told in others), default=0)
    if digest is not None and others and others[-1].link_digest != digest:
        changes += 1
    return replace(row, link_digest=digest, link_changes=max(row.link_changes, changes))


def _said(announcement: Announcement, news: News) -> News | Written:
    """What an announcement says of a session as it is now."""
    if announcement.kind.changes:
        return replace(news, kind=announcement.kind, was_at=announcement.was_at)
    return Written(
        subject=announcement.subject,
        body=announcement.body,
        title=news.title,
        place=news.place,
        starts_at=news.starts_at,
        ends_at=news.ends_at,
        zone=news.zone,
        site=news.site,
    )


def drafted(writer: Writer, said: Said, words: Words) -> Draft:
    """All of a message that is alike for everybody."""
    match said:
        case Notice():
            return writer.draft(said, words)
        case News():
            return writer.draft_news(said, words)
        case Written():
            return writer.draft_written(said, words)


class _People:
    """Sites and staff of one transaction, all read at once."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.sites = {site.id: site for site in unit.people.sites()}
        self.names = {member.id: member.name for member in unit.people.staff()}


class Renderer:
    """Makes messages. Drafts are kept while their session's stamp stays the same.

    Args:
        vault: Opens sealed links.
        writers: The channels that there are.
    """

    def __init__(self, vault: Vault, writers: Mapping[Channel, Writer]) -> None:
        self._vault = vault
        self._writers = writers
        self._occasions: OrderedDict[int, _Occasion] = OrderedDict()

    def make(self, unit: UnitOfWork, rows: Sequence[ClaimedRow]) -> list[Rendered]:
        """The message of each row, in their order."""
        # The stamps come first: what changes after them can only make a message look older than it is.
        present = stamps(unit.db, {row.session_id for row in rows})
        self._load(unit, present)
        people = addressees(unit.db, {row.booking_id for row in rows})
        news = unit.announcements.by_ids([row.announcement_id for row in rows if row.announcement_id is not None])
        mailed = {row.booking_id for row in rows if row.channel is Channel.EMAIL}
        told = told_before(unit.db, mailed)
        return [self._one(row, people.get(row.booking_id), news, told.get(row.booking_id, ())) for row in rows]

    def made_for(
        self, unit: UnitOfWork, row: ClaimedRow, addressee: Addressee, told: Announcement | None = None
    ) -> Rendered:
        """The message as it would be for somebody who was sent nothing yet; `told` is what news of it say."""
        self._load(unit, stamps(unit.db, {row.session_id}))
        return self._one(row, addressee, {} if told is None else {told.id: told}, ())

    def _one(
        self,
        row: ClaimedRow,
        addressee: Addressee | None,
        told: Mapping[int, Announcement],
        before: Sequence[Told],
    ) -> Rendered:
        occasion = self._occasions.get(row.session_id)
        if occasion is None or addressee is None:
            return Rendered(row, Unwanted(), None)
        said: Said | NotMade = occasion.notice if row.kind in CARRY_LINK else _NO_WORDS
        if row.announcement_id is not None:
            said = _said(told[row.announcement_id], occasion.news)
        return Rendered(row, self._message(row, occasion, said, addressee, before), occasion.stamp)

    def _message(
        self,
        row: ClaimedRow,
        occasion: _Occasion,
        said: Said | NotMade,
        addressee: Addressee,
        before: Sequence[Told],
    ) -> Made | NotMade:
        if not isinstance(said, Said):
            return said
        cancelled = occasion.news.entry is not None and occasion.news.entry.cancelled
        bare = cancelled or isinstance(said, Written)
        going = _as_it_goes(row, None if bare else occasion.link_digest, before)
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
            return Unfit(f"The message could not be made ({type(error).__name__}): please report this.")
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

    def _draft(self, row: ClaimedRow, occasion: _Occasion, said: Said, language: str) -> Draft:
        words = words_for(language, occasion.site_language)
        key = (row.channel, words.language, row.kind, row.announcement_id)
        if key not in occasion.drafts:
            occasion.drafts[key] = drafted(self._writers[row.channel], said, words)
        return occasion.drafts[key]

    def _load(self, unit: UnitOfWork, present: Mapping[int, Stamp]) -> None:
        """Read the sessions that are not known in their present state."""
        unknown = []
        for session_id, stamp in present.items():
            known = self._occasions.get(session_id)
            if known is None or known.stamp != stamp or not isinstance(known.notice, Notice):
                unknown.append(session_id)
            else:
                self._occasions.move_to_end(session_id)
        if not unknown:
            return
        sessions = unit.sessions.by_ids(unknown)
        contexts, people = LinkContexts(unit), _People(unit)
        decisions = contexts.decide(sessions)
        marks = unit.sessions.import_marks(unknown)
        for session in sessions:
            mark = marks.get(session.id)
            occasion = self._occasion(people, contexts, session, decisions[session.id], present[session.id], mark)
            self._occasions[session.id] = occasion
        while len(self._occasions) > max(_REMEMBERED, len(present)):
            self._occasions.popitem(last=False)

    def _occasion(
        self,
        people: _People,
        contexts: LinkContexts,
        session: Session,
        decision: LinkDecision,
        stamp: Stamp,
        mark: EventName | None,
    ) -> _Occasion:
        site = people.sites[session.site_id]
        service = contexts.service(session.service_id)
        leader = "" if session.staff_id is None else people.names[session.staff_id]
        entry = exported_session(site, session, service, people.names, mark)
        notice: Notice | NotMade
        digest = None
        if decision.source is LinkSource.IN_PERSON:
            notice = Unwanted()
        elif decision.link is None:
            notice = Hold(HeldReason.NO_LINK)
        else:
            digest = decision.link.digest
            try:
                notice = Notice(
                    title=title_of(session, service),
                    place=site.name,
                    leader=leader,
                    starts_at=session.starts_at,
                    ends_at=session.ends_at,
                    zone=zone(site.zone),
                    link=self._vault.open(decision.link, decision.owner),
                    details=service.details if session.details is None else session.details,
                    site=site.slug,
                    entry=entry,
                )
            except StudioError as error:
                # A key that is missing can be put back: held, not failed.
                _log.warning("The notice of session %d cannot be made: %s", session.id, error)
                notice = Hold(HeldReason.NO_LINK, str(error)[:MAX_TEXT])
        news = News(
            kind=AnnouncementKind.CHANGED,
            title=title_of(session, service),
            place=site.name,
            leader=leader,
            room=session.room,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            was_at=None,
            zone=zone(site.zone),
            site=site.slug,
            entry=entry,
            link=notice.link if isinstance(notice, Notice) else None,
        )
        return _Occasion(stamp, notice, digest, news, site.language)
