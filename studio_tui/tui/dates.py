"""Dates and times as people type them, which the command line reads in the same way; and as screens write them."""

from studio_tui.domain.dates import DATE_HINT, TIME_HINT, monday_of, parse_date, parse_time
from studio_tui.domain.spelling import spelt

__all__ = ["DATE_HINT", "TIME_HINT", "monday_of", "parse_date", "parse_time", "spelt"]
