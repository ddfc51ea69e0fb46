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
ENGLISH_ONLY: tuple[str, ...] = (
    "domain/dry_run.py",
    "tui/keymap.py",
    "usecases/dry_run.py",
    "usecases/health.py",
    "usecases/letters/template_",
)
"""Files whose texts are told by the command line, or before a language is known: both speak English."""
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
    "domain/link_providers.py": ("Google Meet", "Microsoft Teams"),
    "domain/quick_line.py": ("every week", "each week", "in person"),
    "interchange/ics/expansion.py": ("too many", "given up"),
    "interchange/ics/invitation.py": (';LABEL="Password: {}"',),
    "interchange/ics/texts.py": ("long {}",),
    "interchange/ics/writer.py": ("Password: {}",),
    "interchange/ics/zones.py": ("floating {}",),
    "providers/web.py": ("Bearer {}",),
    "providers/zoom_meetings.py": (
        "Made by studio-tui for the studio's calendar, which changes and removes it; please keep the line above.",
    ),
    "storage/database_clock.py": ("(extract(epoch from statement_timestamp()) * 1000)::bigint",),
    "storage/unit_of_work.py": ("database is locked",),
    "tui/screens/copy_days.py": ("tuple[SpanPreview, tuple[Session, ...]]",),
    "tui/screens/filter_form.py": ("no leader",),
    "tui/screens/form.py": ("No row {}",),
    "tui/screens/messages.py": ("kind {}", "rule {}"),
    "tui/screens/premises.py": ("room {}", "no rooms", "day {}"),
    "tui/screens/sign_in.py": ("dialog sign-in",),
    "usecases/meeting_keeping.py": ("video conferences",),
}
"""Literals of finished files that look like words to people and are none, by path."""
