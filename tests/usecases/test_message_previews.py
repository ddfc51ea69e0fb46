"""Messages shown before any is sent: as the worker's writers make them, with the link masked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio_tui.domain.delivery import Way
from studio_tui.domain.errors import NotFound
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.sessions import SessionId
from studio_tui.usecases.letters.template_book import TemplateBook
from studio_tui.usecases.letters.template_kinds import KINDS
from studio_tui.usecases.letters.template_samples import URL
from studio_tui.usecases.message_previews import MessagePreviews
from tests.builders import SmallStudio, a_link

WORDED = [kind for kind in MessageKind if kind.template in KINDS]


@pytest.mark.parametrize("kind", WORDED)
@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("language", ["en", "it", "es"])
def test_every_kind_is_shown_of_an_invented_session(
    small: SmallStudio, kind: MessageKind, way: Way, language: str
) -> None:
    shown = small.studio.message_previews.show(None, small.rome.id, kind, language=language, way=way)
    assert shown.unmade == ""
    assert shown.subject
    assert shown.text
    assert shown.language == language
    assert bool(shown.html) is (way is Way.MAIL)


def test_the_words_are_the_sites_unless_another_language_is_asked_for(small: SmallStudio) -> None:
    show = small.studio.message_previews.show
    assert show(None, small.rome.id, MessageKind.NOTICE).language == "it"
    assert show(None, small.rome.id, MessageKind.NOTICE, language="de").language == "it"
    assert "Here is your link" in show(None, small.rome.id, MessageKind.NOTICE, language="en-GB").text
    assert URL in show(None, small.rome.id, MessageKind.NOTICE).text  # invented: nothing to hide


@pytest.mark.parametrize("way", Way)
def test_a_real_session_is_shown_as_it_is_with_its_link_masked(small: SmallStudio, way: Way) -> None:
    session = small.session(room="Attic")
    link = a_link("tulip", password="<lotus> & '42'")
    small.linking.type_link(small.owner, session.id, link, version=None)
    shown = small.studio.message_previews.show(
        None, small.rome.id, MessageKind.NOTICE, session_id=session.id, way=way, language="en"
    )
    assert "Yoga flow" in shown.subject
    assert "Monday" in shown.text
    assert shown.hides_link
    assert link.url not in shown.text + shown.html
    assert "lotus" not in shown.text + shown.html, "the password is masked where HTML writes its signs otherwise, too"
    assert shown.calendar == ("REQUEST" if way is Way.MAIL else "")


def test_of_a_cancellation_no_link_is_shown_and_the_entry_is_taken_away(small: SmallStudio) -> None:
    session = small.session()
    shown = small.studio.message_previews.show(None, small.rome.id, MessageKind.CANCELLED, session_id=session.id)
    assert not shown.hides_link
    assert shown.subject


def test_without_a_link_it_says_why_there_is_nothing_to_show(small: SmallStudio) -> None:
    session = small.session()
    shown = small.studio.message_previews.show(None, small.rome.id, MessageKind.NOTICE, session_id=session.id)
    assert shown.text == ""
    assert shown.unmade == "It cannot be made now: no join link yet."


def test_a_session_of_another_site_is_none_of_this_one(small: SmallStudio) -> None:
    other = small.catalogue.add_site(small.owner, "milan", "Milan", "Europe/Rome", "it")
    show = small.studio.message_previews.show
    with pytest.raises(NotFound):
        show(None, other.id, MessageKind.NOTICE, session_id=small.session().id)
    with pytest.raises(NotFound):
        show(None, small.rome.id, MessageKind.NOTICE, session_id=SessionId(999))


def test_nothing_is_written_by_looking(small: SmallStudio) -> None:
    session = small.session()
    small.book(session)
    before = small.deliveries(session)
    for kind in WORDED:
        small.studio.message_previews.show(None, small.rome.id, kind, session_id=session.id)
    assert small.deliveries(session) == before


def test_the_next_session_is_the_one_that_starts_soonest(small: SmallStudio) -> None:
    previews = small.studio.message_previews
    assert previews.next_session(small.rome.id) is None
    first = small.session()
    assert previews.next_session(small.rome.id) == first.id
    assert previews.next_session(small.rome.id, small.pilates.id) is None


def test_a_template_that_is_refused_is_told_for_its_kind_and_its_site(small: SmallStudio, tmp_path: Path) -> None:
    folder = tmp_path / small.rome.slug
    folder.mkdir()
    (folder / "reminder.it.txt").write_text("Ciao {{ name }},\n{{ tittle }}")
    (folder / "announcement.txt").write_text("{{ url }}")
    previews = MessagePreviews(replace(small.resources, templates=TemplateBook(tmp_path)))
    refused = previews.refused(small.rome)
    assert {name: len(sentences) for name, sentences in refused.items()} == {"reminder": 1, "announcement": 1}
    assert "reminder.it.txt, line 2" in refused["reminder"][0]
    shown = previews.show(None, small.rome.id, MessageKind.REMINDER)
    assert shown.refused == refused["reminder"]
    assert "Ciao Maria Rossi" in shown.text
    assert previews.refused(replace(small.rome, slug="elsewhere")) == {}
