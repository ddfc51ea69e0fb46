"""One file with a studio's own template: read, checked by its text, then tried with invented mails."""

from __future__ import annotations

import re
import traceback
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from studio_tui.domain.language import LANGUAGES
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words, every_words, words_for
from studio_tui.usecases.letters.template_checks import FILTERS, Fault, faults_of
from studio_tui.usecases.letters.template_kinds import KINDS, PUSH, SUBJECT, SUFFIXES, MailKind
from studio_tui.usecases.letters.template_samples import NAME, samples

_LARGEST = 200_000
_LONGEST_SUBJECT = 200
_MARK = "7d4e1f0a9b3c58264f7e0d1c2b3a4958"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class TemplateProblem(NamedTuple):
    """A file that is refused: where and why. `of_folder` is True where it is not the text that is wrong."""

    path: Path
    line: int
    sentence: str
    of_folder: bool = False

    @property
    def name(self) -> str:
        """The file and its folder, as people know them."""
        return safe_display(f"{self.path.parent.name}/{self.path.name}")

    def __str__(self) -> str:
        return f"{self.name}{f', line {self.line}' if self.line else ''}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template that passed."""

    path: Path
    kind: MailKind
    template: Template
    suffix: str = ""

    def render(self, values: Mapping[str, object]) -> str:
        """The body, or the subject in one line.

        Raises:
            ValueError: The join link is missing from it or was changed, or there is nothing in it.
        """
        return _finished(self.template.render(values), values, self.suffix)


def stamps_of(folder: Path) -> tuple[dict[Path, tuple[int, int]], list[TemplateProblem]]:
    """The templates below a folder with their times and sizes, and what else lies there."""
    stamps: dict[Path, tuple[int, int]] = {}
    problems: list[TemplateProblem] = []
    try:
        for path in sorted([*folder.glob("*"), *folder.glob("*/*")]):
            if path.name.startswith(".") or path.name.endswith("~") or path.is_dir():
                continue
            if path.parent == folder:
                told = "A template belongs into a folder: a site's short name, or “all” for every site."
                problems.append(TemplateProblem(path, 0, told, of_folder=True))
                continue
            facts = path.stat()
            stamps[path] = (facts.st_mtime_ns, facts.st_size)
    except OSError as error:
        problems.append(TemplateProblem(folder, 0, f"The folder cannot be read: {error.strerror}.", of_folder=True))
    return stamps, problems


def strangers(paths: Iterable[Path], known: Collection[str]) -> list[TemplateProblem]:
    """A problem for each folder that belongs to no site."""
    folders = sorted({path.parent for path in paths if path.parent.name not in known})
    told = f"There is no site of this short name; there are {', '.join(sorted(known))}."
    return [TemplateProblem(folder, 0, told, of_folder=True) for folder in folders]


def load(path: Path) -> TemplateFile | list[TemplateProblem]:
    """The template of a file, or why it is refused."""
    try:
        whole, language, suffix = _named(path)
        kind = whole.part(suffix)
        source = _text(path)
    except ValueError as error:
        return [TemplateProblem(path, 0, str(error))]
    environment = _environment(path.suffix)
    faults = faults_of(source, kind, path.suffix, environment)
    if not faults:
        try:
            code = environment.compile(source, name=f"{kind.name}{path.suffix}", filename=str(path))
            template = Template.from_code(environment, code, environment.make_globals(None))
        except TemplateError as error:
            faults = [
                Fault(getattr(error, "lineno", 1), f"The template cannot be read: {str(error.message).rstrip('.')}.")
            ]
        else:
            own = TemplateFile(path, whole, template, suffix)
            fault = _tried(own, source, [words_for(language)] if language else every_words())
            if fault is None:
                return own
            faults = [fault]
    return [TemplateProblem(path, fault.line, fault.sentence) for fault in faults]


def _named(path: Path) -> tuple[MailKind, str, str]:
    """The kind and the language of a file, if it names one, and how its name ends."""
    suffix = next((each for each in (SUBJECT, PUSH, *SUFFIXES) if path.name.endswith(each)), "")
    name, _, language = path.name.removesuffix(suffix).partition(".")
    if not suffix:
        raise ValueError("Templates end in .txt or .html; this file is not read.")
    if name not in KINDS:
        close = get_close_matches(name, KINDS, n=1)
        raise ValueError(f"There is no kind of mail “{name}”; {f'did you mean {close[0]}?' if close else _kinds()}")
    if language and language not in LANGUAGES:
        raise ValueError(f"There is no language “{language}”; there are {', '.join(LANGUAGES)}.")
    return KINDS[name], language, suffix


def _kinds() -> str:
    return f"there are {', '.join(KINDS)}."


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"The file is larger than {_LARGEST:,} bytes.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"The file cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ValueError("The file is not UTF-8 text: save it as UTF-8.") from None


@cache
def _environment(suffix: str) -> Environment:
    """Nothing can be reached or changed but the placeholders, and what is put into HTML is escaped."""
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("studio_tui.usecases", "templates"),
        autoescape=suffix == ".html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.clear()
    environment.filters = {name: each for name, each in environment.filters.items() if name in FILTERS}
    return environment


def _tried(own: TemplateFile, source: str, languages: list[Words]) -> Fault | None:
    """What goes wrong with invented mails."""
    for words in languages:
        for values, marked in zip(samples(own.kind, words), samples(own.kind, words, _MARK), strict=True):
            try:
                body = own.template.render(values)
                same = own.template.render(marked).replace(_MARK, NAME) == body
            except Exception as error:  # noqa: BLE001 - whatever a template does wrong is said with its line
                return Fault(_line(error, own.path), f"It cannot be filled in: {error}.")
            if not same:
                told = "The reader's name and greeting must stand as they are: not cut, changed, counted or compared."
                return Fault(_first(source, "name", "greeting"), told)
            if own.suffix in SUFFIXES and _lacks_link(body, values, own.suffix):
                return Fault(
                    _first(source, "url"), "The join link is missing: {{ url }} must stand in every such mail."
                )
            if not body.strip():
                return Fault(1, "There is nothing in it.")
    return None


def _finished(made: str, values: Mapping[str, object], suffix: str) -> str:
    if not made.strip():
        raise ValueError("There is nothing in it.")
    if suffix == SUBJECT:
        return safe_display(" ".join(made.split()))[:_LONGEST_SUBJECT]
    if suffix == PUSH:
        return safe_display(made.strip(), keep_lines=True)
    if _lacks_link(made, values, suffix):
        raise ValueError("The join link is missing.")
    return made


def _lacks_link(body: str, values: Mapping[str, object], suffix: str) -> bool:
    """Whether there is a link to be told and the reader cannot see it in the body."""
    url = str(values.get("url", ""))
    return bool(url) and not _shows(body, url, suffix)


def _shows(body: str, url: str, suffix: str) -> bool:
    return str(escape(url)) in _COMMENT.sub("", body) if suffix == ".html" else url in body


def _first(source: str, *names: str) -> int:
    """The first line that speaks of a placeholder; 1 if none does."""
    found = re.search(rf"\b(?:{'|'.join(names)})\b", source)
    return source.count("\n", 0, found.start()) + 1 if found else 1


def _line(error: Exception, path: Path) -> int:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (lines[-1] or 1) if lines else 1
