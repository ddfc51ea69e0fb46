"""Every text of what is finished has its words in every language, with the same places to fill in."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from studio_tui.domain.language import AREAS
from tests.language import finished
from tests.language.bare import bare_texts
from tests.language.catalogues import TRANSLATED, Plain, is_translated, mo_bytes, path_of, words_of
from tests.language.marked import PACKAGE, area_of, marked, texts_of

IN_EACH = pytest.mark.parametrize(
    ("language", "area"), [(language, area) for area in AREAS for language in TRANSLATED], ids="-".join
)


def read(language: str, area: str) -> Catalog:
    with path_of(language, area).open("rb") as file:
        return read_po(file, locale=language)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("area", finished.AREAS)
def test_every_text_of_a_finished_area_is_translated(language: str, area: str) -> None:
    found = {
        message.id if isinstance(message.id, str) else message.id[0]: message
        for message in read(language, area)
        if message.id
    }
    missing = [
        f"{text.path}:{text.line}: {text.one!r}"
        for text in texts_of(area).values()
        if text.one not in found
        or not is_translated(found[text.one])
        or (text.many is not None and not isinstance(found[text.one].id, tuple))
    ]
    assert not missing, f"translate these and run `make catalogues`: {missing}"


@IN_EACH
def test_translations_have_the_places_of_their_texts(language: str, area: str) -> None:
    for message in read(language, area):
        if not message.id or not is_translated(message):
            continue
        texts = (message.id,) if isinstance(message.id, str) else message.id
        expected = set.union(*map(places, texts))
        for number, word in enumerate(words_of(message)):
            needed = places(texts[min(number, len(texts) - 1)])
            assert needed <= places(word) | {"n"}, (texts, word)
            assert places(word) <= expected, (texts, word)


@IN_EACH
def test_the_compiled_catalogue_is_that_of_its_source(language: str, area: str) -> None:
    made = Plain(locale=language, domain="messages", fuzzy=False)
    for message in read(language, area):
        if message.id:
            made.add(message.id, message.string)
    compiled = path_of(language, area, "mo").read_bytes()
    assert compiled == mo_bytes(made), "run `make catalogues`"


def test_every_marked_text_is_a_literal() -> None:
    for area in AREAS:
        assert texts_of(area) is not None


@pytest.mark.parametrize(
    "source", ["_(f'{n} left')", "_('a' + b)", "ngettext('one', many, n)", "phrases.ngettext(one, 'many', n)"]
)
def test_a_text_that_is_put_together_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="module"):
        list(marked(source, "studio_tui/module.py"))


def finished_files() -> list[Path]:
    files = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
    without = (*finished.ENGLISH_ONLY, *finished.NO_WORDS)
    return [path for name, path in files.items() if name.startswith(finished.MODULES) and not name.startswith(without)]


def test_no_finished_module_shows_a_text_that_is_not_marked() -> None:
    bare = []
    for path in finished_files():
        name = path.relative_to(PACKAGE).as_posix()
        allowed = finished.UNMARKED.get(name, ())
        found = [(line, text) for line, text in bare_texts(path.read_text(encoding="utf-8"))]
        bare += [f"{name}:{line}: {text!r}" for line, text in found if text not in allowed]
        unused = set(allowed) - {text for _, text in found}
        assert not unused, f"{name}: take these out of the exceptions: {unused}"
    assert not bare, "\n".join(["mark these for translation:", *bare])


def test_finished_modules_are_there() -> None:
    for name in (*finished.ENGLISH_ONLY, *finished.NO_WORDS):
        assert [*PACKAGE.glob(f"{name}*")], name
    for module in finished.MODULES:
        assert (PACKAGE / module).exists(), module
        assert area_of(module) is not None, module


@pytest.mark.parametrize(
    ("source", "is_bare"),
    [
        ("tell('It is done.')", True),
        ("tell(f'{name} is done.')", True),
        ("tell(_('It is done.'))", False),
        ("tell(_('{name} is done.').format(name=name))", False),
        ("Binding('e', 'edit', 'Edit it all', tooltip='Edit all of it')", False),
        ("raise ValueError('not for people')", False),
        ("def f():\n    'It says what.'", False),
        ("x = 'a.b-c'", False),
        ("x = [N_('It is done.'), 'and not']", True),
    ],
)
def test_the_lint_tells_words_from_keys(source: str, is_bare: bool) -> None:
    assert bool(list(bare_texts(source))) is is_bare
