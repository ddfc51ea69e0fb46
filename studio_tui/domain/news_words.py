"""What clients are told of a changed session, in each language (SPEC C6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.wording import FALLBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsWords:
    """What announcements say in one language; `{title}` stands in subjects and intros.

    Attributes:
        was: Before the old time; `now` before the new one.
        automatic: Why the client gets this.
    """

    language: str
    subjects: Mapping[AnnouncementKind, str]
    intros: Mapping[AnnouncementKind, str]
    was: str
    now: str
    room: str
    automatic: str


_MOVED, _CANCELLED, _RESTORED, _CHANGED, _CORRECTED = AnnouncementKind
_ENGLISH = NewsWords(
    language="en",
    subjects={
        _MOVED: "New time: {title}",
        _CANCELLED: "Cancelled: {title}",
        _RESTORED: "Takes place after all: {title}",
        _CHANGED: "Changed: {title}",
        _CORRECTED: "Correction: {title}",
    },
    intros={
        _MOVED: "{title} has been moved.",
        _CANCELLED: "{title} is cancelled. We are sorry.",
        _RESTORED: "{title} takes place after all. You have kept your place.",
        _CHANGED: "Something about {title} has changed. This is how it is now:",
        _CORRECTED: "Our last message about {title} no longer holds. This is how it is now:",
    },
    was="Before",
    now="Now",
    room="Room",
    automatic="You get this message because you have a place in this session.",
)
_ITALIAN = NewsWords(
    language="it",
    subjects={
        _MOVED: "Nuovo orario: {title}",
        _CANCELLED: "Annullata: {title}",
        _RESTORED: "Si tiene regolarmente: {title}",
        _CHANGED: "Modifica: {title}",
        _CORRECTED: "Correzione: {title}",
    },
    intros={
        _MOVED: "{title} è stata spostata.",
        _CANCELLED: "{title} è stata annullata. Ci dispiace.",
        _RESTORED: "{title} si tiene regolarmente, contrariamente a quanto annunciato. Il tuo posto è confermato.",
        _CHANGED: "{title} è cambiata. Ecco i dati aggiornati:",
        _CORRECTED: "Il nostro ultimo messaggio su {title} non è più valido. Ecco i dati giusti:",
    },
    was="Prima",
    now="Adesso",
    room="Sala",
    automatic="Ricevi questo messaggio perché hai un posto in questa sessione.",
)
_SPANISH = NewsWords(
    language="es",
    subjects={
        _MOVED: "Nuevo horario: {title}",
        _CANCELLED: "Cancelada: {title}",
        _RESTORED: "Se celebra finalmente: {title}",
        _CHANGED: "Cambio: {title}",
        _CORRECTED: "Corrección: {title}",
    },
    intros={
        _MOVED: "{title} ha cambiado de horario.",
        _CANCELLED: "{title} se ha cancelado. Lo sentimos.",
        _RESTORED: "{title} finalmente se celebra. Conservas tu plaza.",
        _CHANGED: "{title} ha cambiado. Así queda ahora:",
        _CORRECTED: "Nuestro último mensaje sobre {title} ya no es válido. Así queda ahora:",
    },
    was="Antes",
    now="Ahora",
    room="Sala",
    automatic="Recibes este mensaje porque tienes una plaza en esta sesión.",
)
_LANGUAGES = {words.language: words for words in (_ENGLISH, _ITALIAN, _SPANISH)}


def news_words(language: str) -> NewsWords:
    """The words of a language that `wording.words_for` gave; English if there are none."""
    return _LANGUAGES.get(language, _LANGUAGES[FALLBACK])
