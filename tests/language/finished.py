"""What is marked and translated to the last text. This list only grows; the exceptions below it only shrink.

To finish modules: mark their texts, translate them, then add their paths here (a folder ends with a slash).
"""

from __future__ import annotations

AREAS: tuple[str, ...] = ("messages", "core", "calendar", "screens")
"""Catalogues in which every text must have its translations."""
MODULES: tuple[str, ...] = (
    "domain/",
    "interchange/",
    "providers/",
    "spoken/",
    "storage/",
    "tui/",
    "usecases/",
)
"""Files, by path in the package, in which every literal that people read must be marked."""
COMMAND_LINE: tuple[str, ...] = (
    "domain/dry_run.py",
    "usecases/dry_run.py",
    "usecases/health.py",
    "usecases/letters/template_",
)
"""Files whose texts only the command line tells, which speaks English."""
NO_WORDS: tuple[str, ...] = (
    "interchange/client_columns.py",
    "interchange/client_values.py",
    "interchange/ics/zone_names.py",
    "interchange/session_columns.py",
    "interchange/session_values.py",
    "storage/migrations/",
    "storage/search_index.py",
)
"""Files whose literals are names that files and databases use, in whatever language."""
UNMARKED: dict[str, tuple[str, ...]] = {
    "tui/screens/clients.py": ("bold underline",),
    "tui/screens/copy_days.py": ("tuple[SpanPreview, tuple[Session, ...]]",),
    "tui/screens/filter_form.py": ("no leader",),
    "tui/screens/form.py": ("No row {}",),
    "tui/screens/messages.py": ("kind {}", "rule {}"),
    "tui/screens/outbox_rows.py": ("$text-accent bold",),
    "tui/screens/premises.py": ("room {}", "no rooms", "day {}", "dim strike"),
    "tui/screens/services.py": ("dim strike",),
    "tui/screens/sign_in.py": ("black on white", "dialog sign-in"),
    "tui/screens/team.py": ("dim strike",),
}
"""Literals of finished files that look like words to people and are none, by path."""
