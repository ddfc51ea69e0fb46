from dataclasses import replace
from pathlib import Path

import pytest

from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.letters.template_book import TemplateBook
from studio_tui.usecases.letters.template_kinds import KINDS
from studio_tui.usecases.studio import Studio
from tests.builders import SmallStudio
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")


@pytest.fixture
def shell(
    sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """Commands on a small studio whose own templates are in the folder `words`; it is read anew by each command."""
    resources = SmallStudio(sqlite_database).studio.resources

    def opened(_: object) -> Studio:
        return Studio(replace(resources, templates=TemplateBook(tmp_path / "words")), list)

    return Shell(opened, tmp_path, capsys, monkeypatch)


def test_a_copy_of_the_built_in_templates_is_begun_with_and_passes(shell: Shell, tmp_path: Path) -> None:
    said = shell.ok("messages", "check").out
    assert said == f"No templates of your own in {tmp_path / 'words'}: mails have the built-in words.\n"

    written = shell.json("messages", "templates", "--copy", tmp_path / "words" / "all")["written"]
    assert len(written) == 2 * len(KINDS)
    assert "{{ url }}" in (tmp_path / "words/all/notice.txt").read_text()
    assert shell.json("messages", "check") == {
        "folder": str(tmp_path / "words"),
        "used": sorted(written),
        "problems": [],
    }

    again = shell("messages", "templates", "--copy", tmp_path / "words" / "all")
    assert again.code == 5
    assert "nothing was written" in again.err


def test_what_is_refused_is_told_with_file_and_line_wherever_the_desk_looks(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "words" / "trastevere"
    folder.mkdir(parents=True)
    (folder / "notice.txt").write_text("Ciao {{ name }},\n{{ tittle }}\n{{ url }}")

    ran = shell("messages", "check")
    assert ran.code == 1
    assert ran.out.startswith("trastevere/notice.txt, line 2: There is no placeholder {{ tittle }}")
    assert "trastevere/notice.txt, line 2" in shell.json("notices", "status", *ROME)["template_note"]
    preview = shell("messages", "preview", *ROME)
    assert "the built-in template is used" in preview.err
    assert "tittle" not in preview.out


def test_a_preview_shows_the_mail_in_ones_own_words_and_any_language(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "words" / "all"
    folder.mkdir(parents=True)
    (folder / "announcement.it.txt").write_text("{{ name }}: {{ news }}, {{ place }}")
    page = tmp_path / "look" / "mail.html"

    italian = shell.json(
        *("messages", "preview", "--kind", "announcement", "--news", "cancelled", "--language", "it"),
        *("--html", page, *ROME),
    )
    assert italian["text"] == "Maria Rossi: cancelled, Trastevere"
    assert italian["subject"] == "Annullata: Yoga & Breath"
    assert page.read_text() == italian["html"]
    english = shell.ok("messages", "preview", "--language", "en", *ROME).out
    assert english.startswith("Subject: Your link to join Yoga & Breath\n\nHello Maria Rossi,\n")
