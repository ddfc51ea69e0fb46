from dataclasses import replace
from datetime import timedelta

from studio_tui.domain.announcements import AnnouncementKind, SessionNews, news_by_kind, telling_words
from studio_tui.domain.language import use_language
from studio_tui.domain.sessions import SessionId, SessionStatus
from tests.records import a_session


def test_news_of_one_kind_come_together_and_what_concerns_no_client_is_left_out() -> None:
    before = [replace(a_session(), id=SessionId(number)) for number in range(1, 6)]
    later = before[0].starts_at + timedelta(hours=1)
    after = [
        before[0],
        replace(before[1], starts_at=later, ends_at=later + timedelta(hours=1)),
        replace(before[2], status=SessionStatus.CANCELLED),
        replace(before[3], starts_at=later, ends_at=later + timedelta(hours=1)),
        replace(before[4], capacity=before[4].capacity + 1),
    ]

    assert news_by_kind(before, reversed(after)) == {
        AnnouncementKind.MOVED: [
            SessionNews(SessionId(2), before[1].starts_at),
            SessionNews(SessionId(4), before[3].starts_at),
        ],
        AnnouncementKind.CANCELLED: [SessionNews(SessionId(3))],
    }


def test_what_telling_came_to_is_said_in_the_language_of_the_screen() -> None:
    try:
        use_language("it")
        assert telling_words(3, 2) == "Si avvisano 2 clienti, 1 non raggiungibili."
    finally:
        use_language("en")
    assert telling_words(1, 1) == "1 client will be told."
