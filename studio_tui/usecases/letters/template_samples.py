"""Invented mails, to try templates with and to show how a mail will look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.links import JoinLink
from studio_tui.domain.news_words import news_words
from studio_tui.domain.people import Site
from studio_tui.domain.wording import Words
from studio_tui.usecases.announcement_texts import News, news_values
from studio_tui.usecases.letters.notice import Notice, notice_values
from studio_tui.usecases.letters.template_book import TemplateBook
from studio_tui.usecases.letters.template_kinds import KINDS, MailKind
from studio_tui.usecases.letters.written import Written, written_values

NAME = "Maria Rossi"
URL = "https://meet.example.com/j/1234567890?pwd=AbCdEf&lang=it"
_START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
_ROME = ZoneInfo("Europe/Rome")


class SampleMail(NamedTuple):
    """A whole mail with invented data."""

    subject: str
    text: str
    html: str


def a_notice(place: str = "Studio Aurora", zone: ZoneInfo = _ROME) -> Notice:
    """A notice in which nothing is left out."""
    return Notice(
        title="Yoga & Breath",
        place=place,
        leader="Anna Bianchi",
        starts_at=_START,
        ends_at=_START + timedelta(hours=1),
        zone=zone,
        link=JoinLink(url=URL, password="lotus-42", description="Please come five minutes early."),
        details="Bring a mat.\nA cushion helps.",
    )


def some_news(kind: AnnouncementKind, place: str = "Studio Aurora", zone: ZoneInfo = _ROME) -> News:
    """News in which nothing is left out."""
    return News(
        kind=kind,
        title="Yoga & Breath",
        place=place,
        leader="Anna Bianchi",
        room="Large hall",
        starts_at=_START,
        ends_at=_START + timedelta(hours=1),
        was_at=_START - timedelta(hours=2),
        zone=zone,
    )


def something_written(place: str = "Studio Aurora", zone: ZoneInfo = _ROME) -> Written:
    """A message written by hand, with lines, an address, and signs that mean something in HTML."""
    return Written(
        subject="Please bring a blanket & socks",
        body="Dear all,\nit will be <cold> tonight: please bring a blanket.\n\nSee https://studio.example.com/winter.\nAnna",
        title="Yoga & Breath",
        place=place,
        starts_at=_START,
        ends_at=_START + timedelta(hours=1),
        zone=zone,
    )


def samples(kind: MailKind, words: Words, name: str = NAME) -> Iterator[dict[str, object]]:
    """The placeholders of mails of a kind: each as full and as bare as there are."""
    if kind.carries_link:
        notice = a_notice()
        bare = replace(notice, leader="", details="", link=JoinLink(url=URL))
        yield from (notice_values(each, words, name) for each in (notice, bare))
        return
    if kind.name == "written":
        written = something_written()
        yield from (written_values(each, words, name) for each in (written, replace(written, body="Yes.")))
        return
    for told in news_words(words.language).intros:
        news = some_news(told)
        for each in (news, replace(news, leader="", room="", was_at=None)):
            yield news_values(each, words, name)


def sample_said(kind: str, site: Site, zone: ZoneInfo, told: AnnouncementKind) -> Notice | News | Written:
    """What a message of a kind of `template_kinds.KINDS` says of an invented session; `told` as for `sample_mail`."""
    if KINDS[kind].carries_link:
        return replace(a_notice(site.name, zone), site=site.slug)
    if kind == "written":
        return replace(something_written(site.name, zone), site=site.slug)
    return replace(some_news(told, site.name, zone), site=site.slug)


def sample_mail(
    book: TemplateBook, kind: MailKind, words: Words, site: Site, zone: ZoneInfo, told: AnnouncementKind
) -> SampleMail:
    """A mail of the site as it would be sent, with an invented session; `told` is what an announcement says."""
    values = _values_of(sample_said(kind.name, site, zone, told), words)
    text, html = book.bodies(kind.name, site.slug, words.language, values)
    return SampleMail(str(values["subject"]), text, html)


def _values_of(said: Notice | News | Written, words: Words) -> dict[str, object]:
    match said:
        case Notice():
            return notice_values(said, words, NAME)
        case Written():
            return written_values(said, words, NAME)
        case News():
            return news_values(said, words, NAME)
