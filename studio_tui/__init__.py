"""A studio's calendar, bookings, video links and notices in a terminal."""

__version__ = "0.1.0"
