"""What is marked and translated to the last text. This list only grows; the exceptions below it only shrink.

To finish modules: mark their texts, translate them, then add their paths here (a folder ends with a slash).
"""

from __future__ import annotations

AREAS: tuple[str, ...] = ("messages",)
"""Catalogues in which every text must have its translations."""
MODULES: tuple[str, ...] = (
    "domain/messages.py",
    "domain/news_words.py",
    "domain/wording.py",
    "interchange/week_sheet.py",
    "spoken/",
    "usecases/announcement_texts.py",
    "usecases/letters/notice.py",
)
"""Files, by path in the package, in which every literal that people read must be marked."""
UNMARKED: dict[str, tuple[str, ...]] = {}
"""Literals of finished files that look like words to people and are none, by path."""
