"""What is marked and translated to the last text. This list only grows; the exceptions below it only shrink.

To finish modules: mark their texts, translate them, then add their paths here (a folder ends with a slash).
"""

from __future__ import annotations

AREAS: tuple[str, ...] = ("messages", "screens")
"""Catalogues in which every text must have its translations."""
MODULES: tuple[str, ...] = (
    "domain/messages.py",
    "domain/news_words.py",
    "domain/wording.py",
    "interchange/week_sheet.py",
    "spoken/",
    "tui/screens/",
    "usecases/announcement_texts.py",
    "usecases/letters/notice.py",
)
"""Files, by path in the package, in which every literal that people read must be marked."""
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
