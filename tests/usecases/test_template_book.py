import json
import re
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from studio_tui.channels.ntfy import Ntfy
from studio_tui.domain.announcements import CHANGES
from studio_tui.domain.delivery import Channel
from studio_tui.domain.wording import every_words, words_for
from studio_tui.usecases.letters.mail import MailWriter
from studio_tui.usecases.letters.push import PushWriter
from studio_tui.usecases.letters.template_book import TemplateBook
from studio_tui.usecases.letters.template_kinds import KINDS, explained
from studio_tui.usecases.letters.template_samples import SESSION, URL, a_notice, samples, some_news
from tests.worker.support import IDENTITY
from tests.worker.test_letters import a_row, an_addressee

NOTICE = KINDS["notice"]


class Seconds:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def said(folder: Path) -> list[str]:
    """What is refused."""
    return [str(problem) for problem in TemplateBook(folder).problems()]


def text_of(book: TemplateBook, site: str = "aurora", language: str = "en") -> str:
    values = next(samples(NOTICE, words_for(language)))
    return book.bodies("notice", site, language, values).text


@pytest.mark.parametrize("name", KINDS)
def test_a_copy_of_the_built_in_templates_passes_and_makes_the_same_mails(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    for file in kind.built_in:
        write(tmp_path, f"all/{file}", explained(kind, file))
    own, built_in = TemplateBook(tmp_path), TemplateBook()

    assert own.problems() == []
    assert len(own.files()) == 2
    for words in every_words():
        for values in samples(kind, words):
            language = words.language
            assert own.bodies(kind.name, "aurora", language, values) == built_in.bodies(
                kind.name, "aurora", language, values
            )


def test_a_sites_own_words_come_before_everybodys_and_a_language_before_any(tmp_path: Path) -> None:
    for name in ("all/notice", "all/notice.it", "aurora/notice", "aurora/notice.it"):
        write(tmp_path, f"{name}.txt", f"{name} {{{{ url }}}}")
    book = TemplateBook(tmp_path)

    assert text_of(book, "aurora", "it") == f"aurora/notice.it {URL}"
    assert text_of(book, "aurora", "es") == f"aurora/notice {URL}"
    assert text_of(book, "lido", "it") == f"all/notice.it {URL}"
    assert text_of(book, "lido", "en") == f"all/notice {URL}"


@pytest.mark.parametrize(
    ("name", "text", "line", "sentence"),
    [
        ("notice.txt", "{{ url }}\n{{ tittle }}", 2, "no placeholder {{ tittle }} .* did you mean {{ title }}"),
        ("notice.txt", "{{ url }}\n\n{{ words.jion }}", 3, r"no placeholder {{ words\.jion }}"),
        ("notice.txt", "{{ url }}\n{% if title %}", 2, "cannot be read"),
        ("notice.txt", "{{ url }}\n{{ title | safe }}", 2, r"\|safe is refused"),
        ("notice.txt", "{{ url }}\n{{ title | shout }}", 2, r"no filter \|shout"),
        ("notice.html", "{{ url }}\n{% autoescape false %}{{ title }}{% endautoescape %}", 2, "autoescape"),
        ("notice.txt", "Hello\n{{ title }}", 1, "join link is missing"),
        ("notice.txt", "Hello\n{% if password %}\n{{ url }}\n{% endif %}", 3, "join link is missing"),
        ("notice.html", "Hello\n<!-- {{ url }} -->", 2, "join link is missing"),
        ("notice.html", "{{ url | upper }}", 1, "join link is missing"),
        ("announcement.txt", "{{ intro }}\n{{ url }}", 2, "No join link may stand"),
        ("announcement.txt", "{{ intro }}\n{{ told.link }}", 2, "no placeholder"),
        ("announcement.html", '{% extends "notice.html" %}', 1, "may only stand on"),
        ("announcement.html", "{% include '../../etc/passwd' %}", 1, "may only stand on"),
        ("notice.txt", "{{ url }}\n{{ greeting[:9] }}", 2, "must stand as they are"),
        ("notice.txt", "{{ url }}\n{{ name | upper }}", 2, "must stand as they are"),
        ("notice.txt", "{{ url }}\n{{ title + 1 }}", 2, "cannot be filled in"),
        ("notice.txt", "{{ url }}\n{{ details.split('x')[7] }}", 2, "cannot be filled in"),
        ("notice.txt", "{{ url }}\n{{ title.__class__ }}", 2, "no placeholder"),
        ("notice.txt", "{{ url }}\n{% for n in range(10) %}{% endfor %}", 2, "Only these can be called|no placeholder"),
        ("notice.txt", "{{ url }}{{ 'x' * 999999999 }}", 1, "nothing to multiply"),
        ("notice.txt", "{{ url }}\n{% macro m() %}{{ m() }}{% endmacro %}", 2, "refused|called"),
        (
            "notice.txt",
            "{{ url }}{% for a in url %}{% for b in url %}\n{% for c in url %}{% endfor %}{% endfor %}{% endfor %}",
            2,
            "At most 2 loops",
        ),
        ("notice.subject.txt", "Join {{ title }}\n{{ url }}", 2, "No join link may stand"),
        ("notice.subject.txt", "Join {{ password }}", 1, "no placeholder {{ password }}"),
        ("notice.subject.txt", "{{ greeting }} join", 1, "no placeholder {{ greeting }}"),
        ("notice.subject.txt", "{# nothing #}", 1, "nothing in it"),
        ("notice.subject.txt", "{% include 'notice.txt' %}", 1, "may not stand on others"),
        ("notice.it.push.txt", "{{ title }}\n{{ name }}", 2, "no placeholder {{ name }}"),
        ("unbooked.push.txt", "{{ title }}: {{ url }}", 1, "No join link may stand"),
        ("unbooked.html", "{{ intro }}\n{{ url }}", 2, "No join link may stand"),
        ("reminder.txt", "{{ intro }} {{ password }}", 1, "no placeholder {{ password }}"),
        ("booked.txt", "{{ intro }}\n{{ link_comes }}", 1, "join link is missing"),
        ("link.html", "{{ intro }}", 1, "join link is missing"),
        ("notice.fr.subject.txt", "{{ title }}", 0, "no language “fr”"),
        ("notise.txt", "{{ url }}", 0, "did you mean notice"),
        ("notice.fr.txt", "{{ url }}", 0, "no language “fr”"),
        ("notice.md", "{{ url }}", 0, "not read"),
    ],
)
def test_a_bad_template_is_refused_with_its_line(
    tmp_path: Path, name: str, text: str, line: int, sentence: str
) -> None:
    path = write(tmp_path, f"all/{name}", text)
    book = TemplateBook(tmp_path)

    assert [(each.path, each.line) for each in book.problems()][:1] == [(path, line)]
    assert re.search(sentence, book.problems()[0].sentence), book.problems()[0].sentence
    assert f"all/{name}" in said(tmp_path)[0]
    assert book.files() == []
    assert text_of(book) == text_of(TemplateBook())


def test_files_in_the_wrong_place_and_folders_of_no_site_are_told(tmp_path: Path) -> None:
    write(tmp_path, "notice.txt", "{{ url }}")
    write(tmp_path, "atlantis/notice.txt", "{{ url }}")
    write(tmp_path, "all/.notice.txt.swp", "\x00")
    (tmp_path / "all" / "notice.txt").write_bytes(b"\xff\xfe{{ url }}")

    found = [problem.sentence for problem in TemplateBook(tmp_path).problems(["aurora"])]
    assert len(found) == 3
    assert found[0].startswith("A template belongs into a folder")
    assert "not UTF-8" in found[1]
    assert found[2] == "There is no site of this short name; there are all, aurora."


def test_a_changed_file_is_read_again_after_half_a_minute_and_its_edition_is_another(tmp_path: Path) -> None:
    seconds = Seconds()
    book = TemplateBook(tmp_path / "later", seconds)
    first = book.edition
    write(tmp_path, "later/all/notice.txt", "Ours: {{ url }}")

    assert (text_of(book), book.edition) == (text_of(TemplateBook()), first)
    seconds.now += 31
    assert text_of(book) == f"Ours: {URL}"
    assert book.edition != first

    write(tmp_path, "later/all/notice.txt", "Broken: {{ link }}")
    seconds.now += 31
    assert text_of(book) == text_of(TemplateBook())
    assert len(book.problems()) == 1

    (tmp_path / "later/all/notice.txt").unlink()
    seconds.now += 31
    assert book.problems() == []


def test_what_fails_on_real_data_alone_falls_back_to_the_built_in_template(tmp_path: Path) -> None:
    write(tmp_path, "all/notice.txt", "{{ url }} {{ details.split('mat')[1] if details else '' }}")
    book = TemplateBook(tmp_path)
    assert book.problems() == []
    values = {**next(samples(NOTICE, words_for("en"))), "details": "Bring nothing."}

    assert book.bodies("notice", "aurora", "en", values).text.endswith("Studio Aurora")
    assert URL in book.bodies("notice", "aurora", "en", values).text


def test_html_from_data_stays_text_in_own_templates(tmp_path: Path) -> None:
    write(tmp_path, "all/notice.html", "<p>{{ title }}</p><a href='{{ url }}'>{{ name }}</a>")
    values = {**next(samples(NOTICE, words_for("it"))), "title": "<script>", "name": "<b>"}
    html = TemplateBook(tmp_path).bodies("notice", "aurora", "it", values).html
    assert "<script>" not in html
    assert "<b>" not in html


def test_invented_mails_leave_nothing_out() -> None:
    facts = a_notice().session
    assert facts.details
    assert facts.room
    assert all(some_news(kind).session == facts for kind in CHANGES)


def test_subjects_and_push_messages_have_own_words_too_and_change_with_their_files(tmp_path: Path) -> None:
    seconds = Seconds()
    write(tmp_path, "all/notice.subject.txt", "{{ title }}\n tonight\n")
    write(tmp_path, "aurora/notice.it.subject.txt", "Stasera: {{ title }}")
    write(tmp_path, "all/notice.push.txt", "{{ when }}\nwith {{ leader }}\n")
    book = TemplateBook(tmp_path, seconds)
    assert book.problems() == []
    notice = a_notice(replace(SESSION, site="aurora"))
    mails = {words.language: MailWriter(IDENTITY, book).draft(notice, words) for words in every_words()}
    push = PushWriter(Ntfy(), book).draft(notice, words_for("it"))

    def subject(language: str) -> str:
        payload = mails[language].finish(a_row(), an_addressee()).payload
        return str(message_from_bytes(payload, policy=policy.default)["Subject"])

    assert (subject("en"), subject("it")) == ("Yoga & Breath tonight", "Stasera: Yoga & Breath")
    note = json.loads(push.finish(a_row(channel=Channel.PUSH), an_addressee()).payload)
    assert note["title"] == "Stasera: Yoga & Breath"
    assert note["message"] == "lunedì 2 marzo 2026, 18:00–19:00 (Europe/Rome, CET)\nwith Anna Bianchi"
    assert note["click"] == URL

    (tmp_path / "all/notice.push.txt").unlink()
    write(tmp_path, "all/notice.subject.txt", "{{ url }}")
    seconds.now += 31
    assert subject("en") == "Your link to join Yoga & Breath"
    assert "with" not in json.loads(push.finish(a_row(channel=Channel.PUSH), an_addressee()).payload)["message"]


def test_a_subject_stays_one_line_whatever_stands_in_a_title(tmp_path: Path) -> None:
    write(tmp_path, "all/notice.subject.txt", "{{ title }}!")
    notice = a_notice(replace(SESSION, title="Yoga\r\nBcc: all@clients.example \x1b[2J" + "x" * 400))
    payload = (
        MailWriter(IDENTITY, TemplateBook(tmp_path)).draft(notice, words_for("en")).finish(a_row(), an_addressee())
    )
    mail = message_from_bytes(payload.payload, policy=policy.default)
    assert mail["Bcc"] is None
    assert len(mail["Subject"]) <= 200
