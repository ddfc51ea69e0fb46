"""The values in a list of clients: yes and no, languages, telephone numbers, as people write them."""

from __future__ import annotations

import re

from studio_tui.domain.messages import REFUSABLE, MessageKind
from studio_tui.domain.text import fold

MAX_PHONE = 40

_YES_WORDS = "yes y true t 1 x on ok si s verdadero vero verified verificata verificato verificado"
_NO_WORDS = "no n false f 0 off falso - unverified nonverificata nonverificato"
_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_YES, _NO, _CODES = (frozenset(words.split()) for words in (_YES_WORDS, _NO_WORDS, _ISO_639_1))
_NAMED = {
    "ca": "catalan catala catalano",
    "de": "german deutsch tedesco aleman",
    "en": "english inglese ingles",
    "es": "spanish espanol spagnolo castellano",
    "fr": "french francais francese frances",
    "it": "italian italiano",
    "nl": "dutch nederlands olandese",
    "pt": "portuguese portugues portoghese",
}
_LANGUAGES = {name: code for code, names in _NAMED.items() for name in names.split()}
_TAG = re.compile(
    r"([a-z]{2})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?(?:\.[a-z0-9-]+)?", re.ASCII | re.IGNORECASE
)
_PHONE = re.compile(r"[0-9+()./\- \u00a0#*,;:a-z]+", re.IGNORECASE)


def yes_or_no(text: str) -> bool | None:
    """Return what the text says, False for nothing at all, None if it is neither yes nor no."""
    word = fold(text).replace(" ", "")
    if not word or word in _NO:
        return False
    return True if word in _YES else None


def language_tag(text: str) -> str | None:
    """Return the BCP 47 tag of `it`, `IT`, `it_IT`, `Italiano` …; None for an unknown language."""
    named = _LANGUAGES.get(fold(text).strip())
    if named is not None:
        return named
    found = _TAG.fullmatch(text.strip())
    if found is None or found[1].lower() not in _CODES:
        return None
    script, region = found[2], found[3]
    return "-".join([found[1].lower(), *([script.title()] if script else []), *([region.upper()] if region else [])])


def refused_kinds(text: str) -> tuple[frozenset[MessageKind], tuple[str, ...]]:
    """Return the kinds of messages that the text names, such as `reminder, written`, and the words that name none."""
    words = [word for word in re.split(r"[\s,;|]+", fold(text)) if word]
    known = {word: MessageKind(word) for word in words if word in {kind.value for kind in REFUSABLE}}
    return frozenset(known.values()), tuple(word for word in words if word not in known)


def phone_number(text: str) -> str | None:
    """Return a telephone number as written, None if it is none."""
    written = " ".join(text.split()).strip("'")
    sound = _PHONE.fullmatch(written) and sum(char.isdigit() for char in written) >= 3 and len(written) <= MAX_PHONE
    return written if sound else None
