"""What quick add shows of a line: its words in columns, and the session that it would make. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual.content import Content

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.quick_names import What
from studio_tui.domain.terminal import cell_width, clip
from studio_tui.domain.text import safe_display
from studio_tui.domain.zones import to_wall
from studio_tui.tui.nouns import counted_places, counted_sessions
from studio_tui.tui.wording import day_text, span_text

if TYPE_CHECKING:
    from studio_tui.domain.quick_add import QuickAdd, QuickSession
    from studio_tui.usecases.quick_adding import QuickPreview

_TYPED, _KIND = 20, 9
_MOST_CLASHES = 6


def reading_rows(heard: QuickAdd, plain: Callable[[str], str]) -> Content | None:
    """A row for each understood word: what was typed, what it is, what it means; None if nothing was typed."""
    rows = []
    for reading in heard.readings:
        if reading.what is What.FILLER:
            continue
        typed = _padded(safe_display(reading.text), _TYPED)
        if reading.what is What.UNKNOWN or not reading.meaning:
            rows.append(Content.styled(plain(f"{typed} ?"), "$text-error"))
        else:
            kind = Content.styled(plain(_padded(_(reading.what), _KIND)), "$text-muted")
            rows.append(Content(plain(typed)) + " " + kind + " " + Content(plain(safe_display(reading.meaning))))
    if heard.assumed:
        where = ", ".join(heard.assumed)
        rows.append(
            Content.styled(plain(f"{_padded(_('(the cursor)'), _TYPED)} {_padded('', _KIND)} {where}"), "$text-muted")
        )
    return Content("\n").join(rows) if rows else None


def made_words(
    found: QuickPreview, wanted: QuickSession, leader: str, zone: ZoneInfo, client: Callable[[str], str]
) -> str:
    """The session in one sentence, then one for each clash."""
    from studio_tui.domain.clash_words import clash_sentences
    from studio_tui.domain.sessions import mode_of, title_of

    session = found.session
    start, end = to_wall(session.starts_at, zone), to_wall(session.ends_at, zone)
    parts = [
        title_of(session, found.service),
        f"{day_text(start.date())} {span_text(start, end)}",
        leader or _("no leader"),
        *([session.room] if session.room else []),
        counted_places(session.capacity),
        mode_of(session, found.service).label,
    ]
    if wanted.weekly is not None:
        parts.append(_("every week, {sessions}").format(sessions=counted_sessions(found.count)))
    lines = [f"→ {' · '.join(parts)}"]
    clashes = [f"⚠ {sentence}" for sentence in clash_sentences(found.clashes, zone, client)]
    lines += clashes[:_MOST_CLASHES]
    if len(clashes) > _MOST_CLASHES:
        more = len(clashes) - _MOST_CLASHES
        lines.append(ngettext("⚠ And {n} more.", "⚠ And {n} more.", more).format(n=more))
    return safe_display("\n".join(lines), keep_lines=True)


def _padded(text: str, width: int) -> str:
    clipped = clip(text, width)
    return clipped + " " * (width - cell_width(clipped))
