"""The catalogues of the languages: `python -m tests.language.catalogues [--area calendar] [--missing | --take FILE]`.

Without more it reads the program's texts, puts new ones into the .po files, drops those that are gone, and compiles the
.mo files. `--missing` prints what is not translated, as JSON: `{"English": ["Italian", "Spanish"]}`, and for what counts
`{"English one": [["one", "many"], ["uno", "muchos"]]}`; `--take` puts such a file in. Files are the same on every machine.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from studio_tui.domain.language import AREAS, FOLDER, LANGUAGES
from tests.language.marked import Text, texts_of

TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
_WIDTH = 120
Words = str | tuple[str, ...]


class Plain(Catalog):
    """A catalogue whose heading says what a reader of the file needs, and neither when nor by what it was made."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Project-Id-Version", "studio-tui"),
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def path_of(language: str, area: str, kind: str = "po") -> Path:
    """Where a catalogue is."""
    return FOLDER / language / "LC_MESSAGES" / f"{area}.{kind}"


def stored(language: str, area: str) -> dict[str, Message]:
    """What is translated, by the English words for one."""
    path = path_of(language, area)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {one(message): message for message in read_po(file, locale=language) if message.id}


def one(message: Message) -> str:
    """The English words of a message, for one where it counts."""
    return message.id if isinstance(message.id, str) else str(message.id[0])


def is_translated(message: Message) -> bool:
    """Whether every form of it has words."""
    words = words_of(message)
    return bool(words) and all(words) and not message.fuzzy


def words_of(message: Message) -> tuple[str, ...]:
    """Its words in every form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def catalogue(language: str, texts: Mapping[str, Text], known: Mapping[str, Words]) -> Catalog:
    """The texts with the words that are known for them."""
    made = Plain(locale=language, domain="messages", fuzzy=False)
    for text in sorted(texts.values()):
        words = known.get(text.one, "")
        if text.many is None:
            made.add(text.one, words if isinstance(words, str) else "")
        else:
            forms = words if isinstance(words, tuple) and len(words) == made.num_plurals else ("",) * made.num_plurals
            made.add((text.one, text.many), forms)
    return made


def po_bytes(made: Catalog) -> bytes:
    """The file that people translate, sorted by the English words."""
    file = io.BytesIO()
    write_po(file, made, width=_WIDTH, no_location=True, sort_output=True)
    lines = file.getvalue().decode("utf-8").splitlines()
    body = [line for line in lines if not line.startswith("#") or line.startswith("#,")]
    return ("\n".join(body).strip("\n") + "\n").encode("utf-8")


def mo_bytes(made: Catalog) -> bytes:
    """The file that the program reads; what is not translated is not in it."""
    file = io.BytesIO()
    write_mo(file, made)
    return file.getvalue()


def update(area: str, taken: Mapping[str, Sequence[object]] | None = None) -> list[str]:
    """Write an area's catalogues; returns what is not translated. `taken` are new words, in the order of `TRANSLATED`."""
    texts = texts_of(area)
    missing: dict[str, None] = {}
    for place, language in enumerate(TRANSLATED):
        known = _known_elsewhere(language, area) | _words(stored(language, area))
        for english, words in (taken or {}).items():
            word = words[place]
            if word:
                known[english] = word if isinstance(word, str) else tuple(map(str, word))  # type: ignore[call-overload]
        made = catalogue(language, texts, known)
        path_of(language, area).parent.mkdir(parents=True, exist_ok=True)
        _put(path_of(language, area), po_bytes(made))
        _put(path_of(language, area, "mo"), mo_bytes(made))
        missing.update((one(message), None) for message in made if message.id and not is_translated(message))
    return list(missing)


def _known_elsewhere(language: str, area: str) -> dict[str, Words]:
    """What the other areas have for the same texts: one text is translated once."""
    found: dict[str, Words] = {}
    for other in reversed(AREAS):
        if other != area:
            found |= _words(stored(language, other))
    return found


def _words(messages: Mapping[str, Message]) -> dict[str, Words]:
    return {
        english: message.string if isinstance(message.string, str) else words_of(message)
        for english, message in messages.items()
        if is_translated(message)
    }


def _put(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def main(arguments: Sequence[str] | None = None) -> int:
    """Update the catalogues, and say what is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.language.catalogues", description=__doc__)
    parser.add_argument("--area", choices=AREAS, action="append", help="only this area")
    parser.add_argument("--missing", action="store_true", help="print what is not translated, as JSON")
    parser.add_argument("--take", type=Path, metavar="FILE", help="JSON with translations to put in")
    options = parser.parse_args(arguments)
    taken = json.loads(options.take.read_text(encoding="utf-8")) if options.take else None
    for area in options.area or AREAS:
        missing = update(area, taken)
        texts = texts_of(area)
        if options.missing:
            blanks = {english: ["", ""] if texts[english].many is None else [["", ""], ["", ""]] for english in missing}
            print(json.dumps(blanks, ensure_ascii=False, indent=0))
        print(f"{area}: {len(texts)} texts, {len(missing)} not translated", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
