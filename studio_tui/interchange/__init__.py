"""Files that other programs read and write, such as iCalendar and CSV."""
