"""The bundle of use cases that screens, commands and the worker are handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio_tui.domain.account_kinds import ConferenceKind
    from studio_tui.domain.delivery import Channel
    from studio_tui.usecases.announcing import Announcing
    from studio_tui.usecases.booking import BookingDesk
    from studio_tui.usecases.bounces import Bounces
    from studio_tui.usecases.bulk import Bulk
    from studio_tui.usecases.calendar import CalendarQueries
    from studio_tui.usecases.catalogue import Catalogue
    from studio_tui.usecases.clashing import Clashing
    from studio_tui.usecases.client_area import ClientArea
    from studio_tui.usecases.client_cards import ClientCards
    from studio_tui.usecases.conferencing import Conferencing
    from studio_tui.usecases.copying import Copying
    from studio_tui.usecases.exporting import Exporting
    from studio_tui.usecases.finding import Finding
    from studio_tui.usecases.founding import Founding
    from studio_tui.usecases.history import History
    from studio_tui.usecases.importing import Importing
    from studio_tui.usecases.key_rotation import KeyRotation
    from studio_tui.usecases.letters.mail import Writer
    from studio_tui.usecases.linking import Linking
    from studio_tui.usecases.meeting_keeping import MeetingKeeping
    from studio_tui.usecases.message_previews import MessagePreviews
    from studio_tui.usecases.messages import Messages
    from studio_tui.usecases.notifying import Notifying
    from studio_tui.usecases.old_links import OldLinks
    from studio_tui.usecases.outbox import Outbox
    from studio_tui.usecases.preflight import Preflight
    from studio_tui.usecases.premises import Premises
    from studio_tui.usecases.push_tests import PushSender, PushTests
    from studio_tui.usecases.quick_adding import QuickAdding
    from studio_tui.usecases.refusing import Refusing
    from studio_tui.usecases.resources import Resources
    from studio_tui.usecases.scheduling import Scheduling
    from studio_tui.usecases.series import SeriesDesk
    from studio_tui.usecases.signing_in import SigningIn
    from studio_tui.usecases.team import Team
    from studio_tui.usecases.writing import Writing


class Studio:
    """Every use case, on the same resources; each is imported when it is first asked for, so that a start pays for few."""

    def __init__(
        self,
        resources: Resources,
        conference_kinds: Callable[[], Sequence[ConferenceKind]],
        horizon: timedelta = timedelta(days=14),
        push_senders: Callable[[], Mapping[Channel, PushSender]] = dict,
        writers: Callable[[], Mapping[Channel, Writer]] = dict,
    ) -> None:
        self.resources = resources
        self._conference_kinds = conference_kinds
        self._horizon = horizon
        self._push_senders = push_senders
        self._writers = writers

    @cached_property
    def _kinds(self) -> Sequence[ConferenceKind]:
        return self._conference_kinds()

    @cached_property
    def catalogue(self) -> Catalogue:
        """Sites and services, and finding staff."""
        from studio_tui.usecases.catalogue import Catalogue

        return Catalogue(self.resources)

    @cached_property
    def founding(self) -> Founding:
        """The first site and the first owner."""
        from studio_tui.usecases.founding import Founding

        return Founding(self.resources)

    @cached_property
    def team(self) -> Team:
        """Who works here."""
        from studio_tui.usecases.team import Team

        return Team(self.resources)

    @cached_property
    def premises(self) -> Premises:
        """Rooms and opening hours."""
        from studio_tui.usecases.premises import Premises

        return Premises(self.resources)

    @cached_property
    def calendar(self) -> CalendarQueries:
        """What the calendar, the drawer and the lists show."""
        from studio_tui.usecases.calendar import CalendarQueries

        return CalendarQueries(self.resources, self._horizon)

    @cached_property
    def scheduling(self) -> Scheduling:
        """Making, moving and cancelling sessions."""
        from studio_tui.usecases.scheduling import Scheduling

        return Scheduling(self.resources)

    @cached_property
    def clashing(self) -> Clashing:
        """What sessions get in the way of."""
        from studio_tui.usecases.clashing import Clashing

        return Clashing(self.resources)

    @cached_property
    def series(self) -> SeriesDesk:
        """Making and changing recurring sessions."""
        from studio_tui.usecases.series import SeriesDesk

        return SeriesDesk(self.resources)

    @cached_property
    def booking(self) -> BookingDesk:
        """Clients and their bookings."""
        from studio_tui.usecases.booking import BookingDesk

        return BookingDesk(self.resources)

    @cached_property
    def messages(self) -> Messages:
        """Which kinds of messages go out, and when."""
        from studio_tui.usecases.messages import Messages

        return Messages(self.resources)

    @cached_property
    def message_previews(self) -> MessagePreviews:
        """Messages as clients would read them."""
        from studio_tui.usecases.message_previews import MessagePreviews

        return MessagePreviews(self.resources)

    @cached_property
    def client_area(self) -> ClientArea:
        """What a client may see of their own."""
        from studio_tui.usecases.client_area import ClientArea

        return ClientArea(self.resources)

    @cached_property
    def refusing(self) -> Refusing:
        """What clients do not want to get."""
        from studio_tui.usecases.refusing import Refusing

        return Refusing(self.resources)

    @cached_property
    def linking(self) -> Linking:
        """The links of single sessions."""
        from studio_tui.usecases.linking import Linking

        return Linking(self.resources)

    @cached_property
    def old_links(self) -> OldLinks:
        """Clients who hold an old link."""
        from studio_tui.usecases.old_links import OldLinks

        return OldLinks(self.resources)

    @cached_property
    def conferencing(self) -> Conferencing:
        """Conference accounts."""
        from studio_tui.usecases.conferencing import Conferencing

        return Conferencing(self.resources, self._kinds, self._horizon)

    @cached_property
    def signing_in(self) -> SigningIn:
        """Signing in to providers."""
        from studio_tui.usecases.signing_in import SigningIn

        return SigningIn(self.resources, self._kinds)

    @cached_property
    def meeting_keeping(self) -> MeetingKeeping:
        """What the keeper of meetings reads and writes."""
        from studio_tui.usecases.meeting_keeping import MeetingKeeping

        return MeetingKeeping(self.resources, self._kinds, self._horizon)

    @cached_property
    def notifying(self) -> Notifying:
        """Notices and their fates."""
        from studio_tui.usecases.notifying import Notifying

        return Notifying(self.resources)

    @cached_property
    def outbox(self) -> Outbox:
        """Every message, and what a person can do about it."""
        from studio_tui.usecases.outbox import Outbox

        return Outbox(self.resources, self._writers)

    @cached_property
    def bounces(self) -> Bounces:
        """Mails that came back."""
        from studio_tui.usecases.bounces import Bounces

        return Bounces(self.resources)

    @cached_property
    def key_rotation(self) -> KeyRotation:
        """Another key for what is sealed."""
        from studio_tui.usecases.key_rotation import KeyRotation

        return KeyRotation(self.resources)

    @cached_property
    def history(self) -> History:
        """Undo and redo."""
        from studio_tui.usecases.history import History

        return History(self.resources)

    @cached_property
    def announcing(self) -> Announcing:
        """Telling clients of changes."""
        from studio_tui.usecases.announcing import Announcing

        return Announcing(self.resources)

    @cached_property
    def writing(self) -> Writing:
        """Messages written by hand."""
        from studio_tui.usecases.writing import Writing

        return Writing(self.resources)

    @cached_property
    def preflight(self) -> Preflight:
        """What somebody should mend before the next sessions."""
        from studio_tui.usecases.preflight import Preflight

        return Preflight(self.resources, self._horizon)

    @cached_property
    def importing(self) -> Importing:
        """Calendars and clients from other systems."""
        from studio_tui.usecases.importing import Importing

        return Importing(self.resources)

    @cached_property
    def push_tests(self) -> PushTests:
        """Test messages to clients' phones."""
        from studio_tui.usecases.push_tests import PushTests

        return PushTests(self.resources, self._push_senders)

    @cached_property
    def cards(self) -> ClientCards:
        """The clients' list, and their cards."""
        from studio_tui.usecases.client_cards import ClientCards

        return ClientCards(self.resources)

    @cached_property
    def exporting(self) -> Exporting:
        """Calendars, tables and timetables for others."""
        from studio_tui.usecases.exporting import Exporting

        return Exporting(self.resources)

    @cached_property
    def finding(self) -> Finding:
        """Finding by parts of words."""
        from studio_tui.usecases.finding import Finding

        return Finding(self.resources)

    @cached_property
    def bulk(self) -> Bulk:
        """One act on several sessions."""
        from studio_tui.usecases.bulk import Bulk

        return Bulk(self.resources)

    @cached_property
    def copying(self) -> Copying:
        """Copies of sessions, days and weeks."""
        from studio_tui.usecases.copying import Copying

        return Copying(self.resources)

    @cached_property
    def quick_adding(self) -> QuickAdding:
        """Sessions from one typed line."""
        from studio_tui.usecases.quick_adding import QuickAdding

        return QuickAdding(self.resources)
