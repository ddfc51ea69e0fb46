"""The bundle of use cases that screens, commands and the worker are handed."""

from __future__ import annotations

from dataclasses import dataclass

from studio_tui.usecases.booking import BookingDesk
from studio_tui.usecases.calendar import CalendarQueries
from studio_tui.usecases.catalogue import Catalogue
from studio_tui.usecases.conferencing import Conferencing
from studio_tui.usecases.importing import Importing
from studio_tui.usecases.linking import Linking
from studio_tui.usecases.notifying import Notifying
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.scheduling import Scheduling


@dataclass(frozen=True, slots=True)
class Studio:
    """Every use case, on the same resources."""

    resources: Resources
    catalogue: Catalogue
    calendar: CalendarQueries
    scheduling: Scheduling
    booking: BookingDesk
    linking: Linking
    conferencing: Conferencing
    notifying: Notifying
    importing: Importing
