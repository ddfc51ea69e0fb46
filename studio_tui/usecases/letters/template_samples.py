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
from studio_tui.usecases.announcement_texts import News
from studio_tui.usecases.letters.forms import Said, form_of
from studio_tui.usecases.letters.notice import Notice
from studio_tui.usecases.letters.place import AboutPlace, Run
from studio_tui.usecases.letters.template_book import TemplateBook
from studio_tui.usecases.letters.template_kinds import MailKind
from studio_tui.usecases.letters.written import Written

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


def about_a_place(kind: DeliveryKind, place: str = "Studio Aurora", zone: ZoneInfo = _ROME) -> AboutPlace:
    """A message about a place in which nothing is left out that can stand there beside a link."""
    return AboutPlace(
        kind=kind,
        title="Yoga & Breath",
        place=place,
        leader="Anna Bianchi",
        room="",
        details="" if kind is DeliveryKind.UNBOOKED else "Bring a mat.\nA cushion helps.",
        online=True,
        starts_at=_START,
        ends_at=_START + timedelta(hours=1),
        zone=zone,
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
    match name:
        case "notice" | "link":
            said: Said = replace(a_notice(site.name, zone), changed=name == "link")
        case "announcement":
            said = some_news(told, site.name, zone)
        case "written":
            said = something_written(site.name, zone)
        case _:
            said = about_a_place(DeliveryKind(name), site.name, zone)
    return replace(said, site=site.slug, reply_to=site.reply_to or "")


def _full_and_bare(kind: MailKind) -> Iterator[Said]:
    """Messages of a kind: each as full and as bare as there are."""
    match kind.name:
        case "notice" | "link":
            notice = replace(a_notice(), changed=kind.name == "link")
            yield from (notice, replace(notice, leader="", details="", link=JoinLink(url=URL)))
        case "announcement":
            for told in CHANGES:
                news = some_news(told)
                yield from (news, replace(news, leader="", room="", was_at=None))
        case "written":
            yield from (something_written(), replace(something_written(), body="Yes."))
        case _:
            place = about_a_place(DeliveryKind(kind.name))
            yield from (place, replace(place, run=Run("Yoga, spring", 8)), replace(place, link=None))
            yield replace(place, link=None, link_follows=False, limit=None, leader="", details="")
            yield replace(place, link=None, link_follows=False, online=False, room="Large hall")


def samples(kind: MailKind, words: Words, name: str = NAME) -> Iterator[dict[str, object]]:
    """The placeholders of mails of a kind: each as full and as bare as there are."""
    for said in _full_and_bare(kind):
        yield form_of(said, words, name).values


def sample_mail(
    book: TemplateBook, kind: MailKind, words: Words, site: Site, zone: ZoneInfo, told: AnnouncementKind
) -> SampleMail:
    """A mail of the site as it would be sent, with an invented session; `told` is what an announcement says."""
    _template, values = form_of(sample_said(kind.name, site, zone, told), words, NAME)
    values["subject"] = book.subject(kind.name, site.slug, words.language, values)
    text, html = book.bodies(kind.name, site.slug, words.language, values)
    return SampleMail(str(values["subject"]), text, html)
