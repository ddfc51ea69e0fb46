"""Files of other programs, read and written.

Calendars (`ics`) and client lists (`clients_csv`) become frozen records; calendars, tables and timetables go out.

Nothing here knows the database. A reader takes bytes and gives back what it understood and, line by line, what it
left out and why. Only a file that cannot be read at all is an error.
"""
