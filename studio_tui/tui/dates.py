"""Dates and times as people type them; the command line reads them in the same way."""

from studio_tui.domain.dates import DATE_HINT, TIME_HINT, monday_of, parse_date, parse_time

__all__ = ["DATE_HINT", "TIME_HINT", "monday_of", "parse_date", "parse_time"]
