"""The templates of mails: the built-in ones, and a studio's own in a folder, which are checked before they are used.

`<folder>/<site or "all">/<kind>[.<language>].txt` or `.html`, and `.subject.txt` and `.push.txt` for a mail's subject and
for the lines of a push message. What is refused is shown, and the built-in template is
used in its place: a slip of the pen must not keep anybody from their session.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.usecases.mail_templates import templates_of

if TYPE_CHECKING:
    from jinja2 import Template

    from studio_tui.usecases.letters.template_files import TemplateFile, TemplateProblem

ALL_SITES = "all"
_LOOK_S = 30.0
_log = logging.getLogger(__name__)


class Bodies(NamedTuple):
    """Both bodies of a mail."""

    text: str
    html: str


class TemplateBook:
    """Finds the template of each mail. Any thread may use it.

    Args:
        folder: Where a studio's own templates are; it need not exist. None for the built-in ones alone.
        clock: Seconds, to look at the folder again after 30 of them.
    """

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._stamps: Mapping[Path, tuple[int, int]] = {}
        self._files: dict[Path, TemplateFile] = {}
        self._problems: list[TemplateProblem] = []
        self._edition = 0

    @property
    def edition(self) -> int:
        """A number that is another one once a template has changed: what was made before is to be made anew."""
        self._look()
        return self._edition

    @property
    def known_problems(self) -> list[TemplateProblem]:
        """What was refused when the folder was last looked at; costs nothing."""
        return list(self._problems)

    def problems(self, sites: Collection[str] | None = None) -> list[TemplateProblem]:
        """What is refused, by file and line; with the short names of the sites also folders that are nobody's."""
        self._look()
        found = self.known_problems
        if sites is not None and self._stamps:
            from studio_tui.usecases.letters.template_files import strangers

            found += strangers(self._stamps, {*sites, ALL_SITES})
        return found

    def files(self) -> list[Path]:
        """The studio's own templates that are used, by path."""
        self._look()
        return sorted(self._files)

    def bodies(self, kind: str, site: str, language: str, values: Mapping[str, object]) -> Bodies:
        """Both bodies of a mail, by the most particular templates that there are.

        Args:
            kind: As in `template_kinds.KINDS`.
            site: The site's short name.
            language: Of the reader, e.g. "it".
            values: The kind's placeholders.
        """
        text, html = templates_of(kind)
        return Bodies(
            self._body(text, (kind, ".txt"), site, language, values),
            self._body(html, (kind, ".html"), site, language, values),
        )

    def subject(self, kind: str, site: str, language: str, values: Mapping[str, object]) -> str:
        """A mail's subject, and a push message's title, in one line; the arguments are those of `bodies`."""
        return self._made((kind, ".subject.txt"), site, language, values) or str(values["subject"])

    def push(self, kind: str, site: str, language: str, values: Mapping[str, object]) -> str | None:
        """The lines of a push message in the studio's own words; None where it has none."""
        return self._made((kind, ".push.txt"), site, language, values)

    def _body(
        self, built_in: Template, wanted: tuple[str, str], site: str, language: str, values: Mapping[str, object]
    ) -> str:
        made = self._made(wanted, site, language, values)
        return built_in.render(values) if made is None else made

    def _made(self, wanted: tuple[str, str], site: str, language: str, values: Mapping[str, object]) -> str | None:
        """What the studio's own template makes of the values; None if there is none, or if it fails on them."""
        self._look()
        own = self._own(wanted, site, language)
        if own is None:
            return None
        try:
            return own.render(values)
        except Exception as error:  # noqa: BLE001
            # What passed all samples can still fail on what staff typed. That could be personal: only its kind is told.
            _log.warning("%s failed (%s): the built-in template is used.", own.path, type(error).__name__)
            return None

    def _own(self, wanted: tuple[str, str], site: str, language: str) -> TemplateFile | None:
        """A site's own words come before everybody's, and a language's before any language's."""
        if self.folder is None or not self._stamps:
            return None
        kind, suffix = wanted
        for owner in (site, ALL_SITES):
            for name in (f"{kind}.{language}{suffix}", f"{kind}{suffix}"):
                path = self.folder / owner / name
                if path in self._stamps:
                    return self._files.get(path)
        return None

    def _look(self) -> None:
        """Read the folder if it has changed; at most every 30 s."""
        now = self._clock()
        if self.folder is None or now - self._looked_at < _LOOK_S:
            return
        with self._lock:
            if now - self._looked_at < _LOOK_S:
                return
            self._looked_at = now
            self._read(self.folder)

    def _read(self, folder: Path) -> None:
        if not folder.is_dir() and not self._stamps:
            return
        from studio_tui.usecases.letters import template_files

        stamps, problems = template_files.stamps_of(folder)
        if stamps == self._stamps and problems == [each for each in self._problems if each.of_folder]:
            return
        files: dict[Path, TemplateFile] = {}
        for path in stamps:
            came = template_files.load(path)
            if isinstance(came, template_files.TemplateFile):
                files[path] = came
            else:
                problems += came
        self._files, self._problems, self._stamps = files, problems, stamps
        self._edition += 1
        for problem in problems:
            _log.info("%s The built-in template is used.", problem)
