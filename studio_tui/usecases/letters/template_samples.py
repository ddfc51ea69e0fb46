"""Invented mails, to try templates with and to show how a mail will look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.announcements import CHANGES, AnnouncementKind
from studio_tui.domain.links import JoinLink
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.people import Site
from studio_tui.domain.wording import Words
from studio_tui.usecases.letters.forms import Said, form_of
from studio_tui.usecases.letters.news import News
from studio_tui.usecases.letters.notice import Notice
from studio_tui.usecases.letters.place import AboutPlace, Run
from studio_tui.usecases.letters.session_facts import SessionFacts
from studio_tui.usecases.letters.stopping import Stop
from studio_tui.usecases.letters.template_book import TemplateBook
from studio_tui.usecases.letters.template_kinds import MailKind
from studio_tui.usecases.letters.written import Written

NAME = "Maria Rossi"
URL = "https://meet.example.com/j/1234567890?pwd=AbCdEf&lang=it"
_STOP = Stop("https://studio.example/no?client=7&token=AbCdEf", by_mail=False)
_START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
SESSION = SessionFacts(
    title="Yoga & Breath",
    place="Studio Aurora",
    leader="Anna Bianchi",
    room="Large hall",
    details="Bring a mat.\nA cushion helps.",
    online=True,
    starts_at=_START,
    ends_at=_START + timedelta(hours=1),
    zone=ZoneInfo("Europe/Rome"),
)
"""A session of which nothing is left out."""


class SampleMail(NamedTuple):
    """A whole mail with invented data."""

    subject: str
    text: str
    html: str


def a_notice(session: SessionFacts = SESSION) -> Notice:
    """A notice in which nothing is left out."""
    link = JoinLink(url=URL, password="lotus-42", description="Please come five minutes early.")
    return Notice(session=session, link=link)


def some_news(kind: AnnouncementKind, session: SessionFacts = SESSION) -> News:
    """News in which nothing is left out."""
    return News(kind=kind, session=session, was_at=_START - timedelta(hours=2))


def something_written(session: SessionFacts = SESSION) -> Written:
    """A message written by hand, with lines, an address, and signs that mean something in HTML."""
    return Written(
        subject="Please bring a blanket & socks",
        body="Dear all,\nit will be <cold> tonight: please bring a blanket.\n\nSee https://studio.example.com/winter.\nAnna",
        session=session,
    )


def about_a_place(kind: DeliveryKind, session: SessionFacts = SESSION) -> AboutPlace:
    """A message about a place in which nothing is left out that can stand there beside a link."""
    return AboutPlace(
        kind=kind,
        session=session,
        link=a_notice().link if kind is DeliveryKind.BOOKED else None,
        link_follows=True,
        link_at=_START - timedelta(hours=1),
        limit=_START - timedelta(hours=12),
    )


def sample_said(name: str, site: Site, zone: ZoneInfo, told: AnnouncementKind) -> Said:
    """What a message of the site says of an invented session; `told` is what an announcement tells.

    Args:
        name: Of the message's templates, as in `template_kinds.KINDS`.
        site: Whose message it is.
        zone: The site's.
        told: What an announcement tells.
    """
    session = replace(SESSION, place=site.name, zone=zone, site=site.slug, reply_to=site.reply_to or "")
    match name:
        case "notice" | "link":
            return replace(a_notice(session), changed=name == "link")
        case "announcement":
            return some_news(told, session)
        case "written":
            return something_written(session)
        case _:
            return about_a_place(DeliveryKind(name), session)


def _full_and_bare(kind: MailKind) -> Iterator[Said]:
    """Messages of a kind: each as full and as bare as there are."""
    bare = replace(SESSION, leader="", room="", details="")
    match kind.name:
        case "notice" | "link":
            notice = replace(a_notice(), changed=kind.name == "link")
            yield from (notice, replace(notice, session=bare, link=JoinLink(url=URL)))
        case "announcement":
            for told in CHANGES:
                yield from (some_news(told), replace(some_news(told, bare), was_at=None))
        case "written":
            yield from (something_written(), replace(something_written(), body="Yes."))
        case _:
            place = about_a_place(DeliveryKind(kind.name))
            yield from (place, replace(place, run=Run("Yoga, spring", 8)), replace(place, link=None))
            yield replace(place, session=bare, link=None, link_follows=False, limit=None)
            yield replace(place, session=replace(SESSION, online=False), link=None, link_follows=False)


def samples(kind: MailKind, words: Words, name: str = NAME) -> Iterator[dict[str, object]]:
    """The placeholders of mails of a kind: each as full and as bare as there are."""
    for said in _full_and_bare(kind):
        yield form_of(said, words, name).values
        yield form_of(said, words, name, _STOP).values


def sample_mail(
    book: TemplateBook, kind: MailKind, words: Words, site: Site, zone: ZoneInfo, told: AnnouncementKind
) -> SampleMail:
    """A mail of the site as it would be sent, with an invented session; `told` is what an announcement says."""
    _template, values = form_of(sample_said(kind.name, site, zone, told), words, NAME)
    values["subject"] = book.subject(kind.name, site.slug, words.language, values)
    text, html = book.bodies(kind.name, site.slug, words.language, values)
    return SampleMail(str(values["subject"]), text, html)
