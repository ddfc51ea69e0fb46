"""Join links: what is refused, what is recognised, and what may be seen of one."""

import string
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.links import (
    BULLETS,
    JoinLink,
    LinkProvider,
    UnsafeLink,
    check_link,
    link_digest,
    make_join_link,
    masked,
    recognise,
    shown_host,
    unwrap,
)
from studio_tui.domain.text import TooLong, has_control

ZOOM = "https://us02web.zoom.us/j/81234567890?pwd=abcDEF123"
SAFELINKS = "https://eur01.safelinks.protection.outlook.com/"


def wrapped(url: str) -> str:
    return f"{SAFELINKS}?url={quote(url, safe='')}&data=05%7C01%7Canna%40client.example&reserved=0"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (ZOOM, ZOOM),
        ("HTTPS://Zoom.US/j/123456789", "https://zoom.us/j/123456789"),
        ("https://zoom.us.:443/j/123456789", "https://zoom.us/j/123456789"),
        ("https://meet.studio.example:08443/Room", "https://meet.studio.example:8443/Room"),
        ("https://meet.studio.example", "https://meet.studio.example"),
        ("https://meet.studio.example/r%C3%B6om", "https://meet.studio.example/r%C3%B6om"),
        ("https://meet.studio.example/röom", "https://meet.studio.example/r%C3%B6om"),
        ("https://meet.studio.example/a\"<b>'%", "https://meet.studio.example/a%22%3Cb%3E%27%25"),
        ("https://meet.jit.si/room#config.x=true&y=@z", "https://meet.jit.si/room#config.x=true&y=@z"),
        ("https://Bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://straße.example/x", "https://xn--strae-oqa.example/x"),
        ("https://zооm.us/j/123456789", "https://xn--zm-fmca.us/j/123456789"),
    ],
)
def test_an_accepted_link_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert check_link(typed) == stored
    assert check_link(stored) == stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "is empty"),
        ("https://", "no host"),
        ("https:///j/1", "no host"),
        ("https://:443/j/1", "no host"),
        ("zoom.us/j/1", "must begin with https://"),
        ("//zoom.us/j/1", "must begin with https://"),
        ("https:zoom.us/j/1", "must begin with https://"),
        ("https:/zoom.us/j/1", "must begin with https://"),
        ("httpſ://zoom.us/j/1", "must begin with https://"),
        ("javascript:alert(1)//https://zoom.us", "must begin with https://"),
        ("zoommtg://zoom.us/join?confno=1", "must begin with https://"),
        ("http://zoom.us/j/1", "let the owner allow this host"),
        (" https://zoom.us/j/1", "white space"),
        ("https://zoom.us/j/1\n", "white space"),
        ("https://zoom.us/j/1 2", "white space"),
        ("https://zo\tom.us/j/1", "white space"),
        ("https://zoom.us/j/\u00a01", "white space"),
        ("https://zoom.us/j/\x001", "control or invisible"),
        ("https://zoom.us/j/\x1b]8;;", "control or invisible"),
        ("https://zoom.us/j/\u202e1", "control or invisible"),
        ("https://zoom\u200b.us/j/1", "control or invisible"),
        ("https://zoom.us/j/\udc801", "control or invisible"),
        ("https://zoom.us\\@evil.example/", "backslash"),
        ("https:\\\\zoom.us/j/1", "backslash"),
        ("https://zoom.us@evil.example/j/1", "name or password before its host"),
        ("https://user:pass@zoom.us/j/1", "name or password before its host"),
        ("https://@zoom.us/j/1", "name or password before its host"),
        ("https://zoom.us:/j/1", "port is not a number"),
        ("https://zoom.us:0/j/1", "port is not a number"),
        ("https://zoom.us:65536/j/1", "port is not a number"),
        ("https://zoom.us:443x/j/1", "port is not a number"),
        ("https://zoom.us:٤٤٣/j/1", "port is not a number"),
        ("https://zoom.us:443:443/j/1", "not a valid name"),
        ("https://zoom..us/j/1", "not a valid name"),
        ("https://-zoom.us/j/1", "not a valid name"),
        ("https://zo%6fm.us/j/1", "not a valid name"),
        ("https://zoom。us/j/1", "not a valid name"),
        ("https://ｚｏｏｍ.us/j/1", "not a valid name"),
        ("https://evil.example℀zoom.us/", "not a valid name"),
        ("https://" + "a" * 64 + ".example/", "not a valid name"),
        ("https://" + "a." * 130 + "example/", "not a valid name"),
        ("https://127.1/room", "not a valid name"),
        ("https://2130706433/room", "not a valid name"),
        ("https://0x7f.0.0.1/room", "not a valid name"),
        ("https://zoom.us.0x1/room", "not a valid name"),
        ("https://010.0.0.1/room", "not a valid name"),
        ("https://[::1/room", "not a valid name"),
        ("https://[::1]x/room", "port is not a number"),
        ("https://[::1]x:443/room", "not a valid name"),
        ("https://[fe80::1%25eth0]/room", "not a valid name"),
        ("https://[zoom.us]/room", "not a valid name"),
        ("https://192.168.1.10/room", "bare network address"),
        ("https://[::1]:8443/room", "bare network address"),
        ("https://localhost/room", "bare network address"),
        ("https://zoom.us/j/../s/123456789", "made of dots"),
        ("https://zoom.us/j/%2E%2e/s/123456789", "made of dots"),
        ("https://zoom.us/./s/123456789", "made of dots"),
        ("https://zoom.us/" + "a" * 1985, "longer than 2,000 characters"),
        ("https://zoom.us/" + "é" * 500, "longer than 2,000 characters once"),
    ],
)
def test_an_unsafe_link_is_refused_with_one_sentence(typed: str, reason: str) -> None:
    with pytest.raises(UnsafeLink, match=reason) as caught:
        check_link(typed)
    assert isinstance(caught.value, InvalidInput)
    assert caught.value.field == "url"
    assert str(caught.value).endswith(".")
    assert len(typed) < 10 or typed not in str(caught.value)


def test_the_longest_link_that_fits_is_kept() -> None:
    assert len(check_link("https://zoom.us/" + "a" * 1984)) == 2000


@pytest.mark.parametrize(
    "url",
    [
        "http://meet.studio.example/room",
        "http://192.168.1.10:8443/room",
        "https://[::1]/room",
        "https://jitsi/room",
    ],
)
def test_a_host_that_the_owner_allows_may_be_plain(url: str) -> None:
    allowed = ("Meet.Studio.example", "192.168.1.10", "::1", "jitsi")
    assert check_link(url, http_hosts=allowed) == url
    with pytest.raises(UnsafeLink, match="allow this host"):
        check_link(url, http_hosts=("studio.example",))


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        (ZOOM, LinkProvider.ZOOM),
        ("https://zoom.us/my/anna.rossi", LinkProvider.ZOOM),
        ("https://studio.zoom.com/j/123456789", LinkProvider.ZOOM),
        ("https://zoomgov.com/j/1234567890/", LinkProvider.ZOOM),
        ("https://zoom.us/wc/join/123456789", LinkProvider.ZOOM),
        ("https://meet.google.com/abc-defg-hij", LinkProvider.GOOGLE_MEET),
        ("https://meet.google.com/abc-defg-hij?authuser=1", LinkProvider.GOOGLE_MEET),
        ("https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0", LinkProvider.TEAMS),
        ("https://teams.live.com/meet/9312345678901?p=x", LinkProvider.TEAMS),
        ("https://studio.webex.com/meet/anna", LinkProvider.WEBEX),
        ("https://studio.webex.com/studio/j.php?MTID=m1", LinkProvider.WEBEX),
        ("https://meet.jit.si/pilates-5f2c", LinkProvider.JITSI),
        ("https://global.gotomeeting.com/join/123456789", LinkProvider.GOTO),
        ("https://meet.goto.com/123456789", LinkProvider.GOTO),
        ("https://studio.whereby.com/room-1", LinkProvider.WHEREBY),
        ("https://8x8.vc/studio/room", LinkProvider.EIGHT_BY_EIGHT),
        ("http://zoom.us/j/123456789", LinkProvider.ZOOM),
    ],
)
def test_a_meetings_link_is_recognised_also_inside_outlooks_wrapping(url: str, provider: LinkProvider) -> None:
    for form in (url, wrapped(url)):
        found = recognise(form)
        assert (found.provider, found.host_link, found.warning) == (provider, False, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://zoom.us.evil.example/j/123456789",
        "https://evilzoom.us/j/123456789",
        "https://evil.example/zoom.us/j/123456789",
        "https://evil.example/?u=https://zoom.us/j/123456789",
        "https://zoom.us@evil.example/j/123456789",
        "https://zооm.us/j/123456789",
        "https://google.com/abc-defg-hij",
        "https://webex.com.example/meet/anna",
        "zoom.us/j/123456789",
        "not a link",
        "",
    ],
)
def test_a_look_alike_is_recognised_as_nothing(url: str) -> None:
    found = recognise(url)
    assert (found.provider, found.host_link, found.warning) == (None, False, None)


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://zoom.us/s/81234567890", LinkProvider.ZOOM),
        ("https://zoom.us/%73/81234567890", LinkProvider.ZOOM),
        ("https://zoom.us/S/81234567890", LinkProvider.ZOOM),
        ("https://zoom.us//s/81234567890", LinkProvider.ZOOM),
        ("https://zoom.us/wc/81234567890/start", LinkProvider.ZOOM),
        ("https://zoom.us/j/81234567890?pwd=1&zak=eyJ0", LinkProvider.ZOOM),
        ("https://zoom.us/j/81234567890?ZA%4B=eyJ0#x", LinkProvider.ZOOM),
        ("https://studio.whereby.com/room?roomKey=eyJ0", LinkProvider.WHEREBY),
    ],
)
def test_a_hosts_own_link_is_warned_of(url: str, provider: LinkProvider) -> None:
    found = recognise(url)
    assert (found.provider, found.host_link) == (provider, True)
    assert found.warning == (
        f"This is the host's own {provider.label} link: whoever opens it becomes the host. "
        "Paste the link for participants."
    )


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://zoom.us/pricing", "Zoom"),
        ("https://zoom.us/j/12345", "Zoom"),
        ("https://meet.google.com/landing", "Google Meet"),
        ("https://teams.microsoft.com/", "Microsoft Teams"),
        ("https://8x8.vc/room", "8x8"),
    ],
)
def test_a_providers_page_that_is_no_meeting_is_warned_of(url: str, name: str) -> None:
    found = recognise(url)
    assert (found.provider, found.host_link) == (None, False)
    assert found.warning is not None
    assert f"belongs to {name} but does not look like a meeting's link" in found.warning


def test_the_studios_own_jitsi_server_is_recognised_when_it_is_named() -> None:
    url = "https://meet.studio.example/pilates"
    assert recognise(url).provider is None
    assert recognise(url, jitsi_hosts=["Meet.studio.example"]).provider is LinkProvider.JITSI
    assert recognise(f"{url}.evil.example", jitsi_hosts=["studio.example"]).provider is None


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_link_is_taken_out_of_every_wrapping(depth: int) -> None:
    url = ZOOM
    for _ in range(depth):
        url = wrapped(url)
    assert unwrap(url) == ZOOM


def test_endless_wrapping_is_refused() -> None:
    inner = "x"
    for _ in range(12):
        inner = f"{SAFELINKS}?url={inner}"
    with pytest.raises(UnsafeLink, match="wrapped more than 10 times"):
        unwrap(inner)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no link",
        SAFELINKS,
        f"{SAFELINKS}?url=",
        f"{SAFELINKS}?url=%ff",
        f"https://evil.example/?url={ZOOM}",
        f"https://safelinks.protection.outlook.com.evil.example/?url={ZOOM}",
        f"https://a@safelinks.protection.outlook.com/?url={ZOOM}",
    ],
)
def test_what_is_not_wrapped_stays_as_it_is(text: str) -> None:
    assert unwrap(text) == text


def test_what_was_wrapped_is_judged_like_any_other_link() -> None:
    for inner in (
        "http://zoom.us/j/1",
        "javascript:alert(1)",
        "https://zoom.us@evil.example",
        "https://a.example/\n",
    ):
        with pytest.raises(UnsafeLink):
            make_join_link(wrapped(inner + " x"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (ZOOM, f"us02web.zoom.us/j/{BULLETS}"),
        ("https://zoom.us/my/anna", f"zoom.us/my/{BULLETS}"),
        ("https://zoom.us/s/81234567890?zak=x", f"zoom.us/s/{BULLETS}"),
        ("https://zoom.us/j/", f"zoom.us/{BULLETS}"),
        ("https://meet.google.com/abc-defg-hij", f"meet.google.com/{BULLETS}"),
        ("https://teams.microsoft.com/l/meetup-join/19%3a", f"teams.microsoft.com/l/meetup-join/{BULLETS}"),
        ("https://evil.example/j/secret", f"evil.example/{BULLETS}"),
        ("http://meet.studio.example:8443/join/x", f"meet.studio.example:8443/{BULLETS}"),
        ("https://meet.studio.example?room=x", f"meet.studio.example/{BULLETS}"),
        ("https://meet.studio.example/", "meet.studio.example"),
        ("https://bücher.example/x", f"bücher.example/{BULLETS}"),
        ("https://zооm.us/j/1", f"xn--zm-fmca.us/{BULLETS}"),
        ("https://user:pass@zoom.us/j/1", BULLETS),
        ("no link", BULLETS),
    ],
)
def test_a_masked_link_shows_where_it_leads_and_nothing_else(url: str, shown: str) -> None:
    assert masked(url) == shown


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("zoom.us", "zoom.us"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("xn--e1afmkfd.xn--p1ai", "пример.рф"),
        ("xn--e1afmkfd.com", "xn--e1afmkfd.com"),
        ("xn--zm-fmca.us", "xn--zm-fmca.us"),
        ("xn--a.example", "xn--a.example"),
        ("xn--zoom.us-.example", "xn--zoom.us-.example"),
        ("xn--99999999999.example", "xn--99999999999.example"),
        ("192.168.1.10", "192.168.1.10"),
        ("[::1]", "[::1]"),
    ],
)
def test_a_host_is_shown_in_its_own_letters_only_if_they_are_of_one_script(host: str, shown: str) -> None:
    assert shown_host(host) == shown


def test_a_join_link_is_made_of_what_people_paste() -> None:
    link = make_join_link(f" <{wrapped(ZOOM)}>\u200b\n", " s3cret ", " Bring\ta mat ")
    assert link == JoinLink(ZOOM, "s3cret", "Bring a mat")
    assert make_join_link("meet.google.com/abc-defg-hij", " ", "\n") == JoinLink("https://meet.google.com/abc-defg-hij")
    allowed = make_join_link("http://meet.studio.example/r", http_hosts=["meet.studio.example"])
    assert allowed.url == "http://meet.studio.example/r"


def test_the_parts_of_a_join_link_have_their_limits() -> None:
    assert make_join_link(ZOOM, "p" * 100, "d" * 200).password == "p" * 100
    with pytest.raises(TooLong, match="The password is longer than 100 characters"):
        make_join_link(ZOOM, "p" * 101)
    with pytest.raises(TooLong, match="The description is longer than 200 characters"):
        make_join_link(ZOOM, None, "d" * 201)
    with pytest.raises(UnsafeLink, match="longer than 2,000 characters"):
        make_join_link("a.example/" + "a" * 20_000_000)
    for parts in (("u" * 2001,), (ZOOM, "p" * 101), (ZOOM, None, "d" * 201)):
        with pytest.raises(TooLong):
            JoinLink(*parts)


def test_neither_url_nor_password_nor_description_is_in_a_join_links_repr() -> None:
    link = JoinLink(ZOOM, "s3cret", "the code is 4711")
    assert repr(link) == str(link) == f"JoinLink(us02web.zoom.us/j/{BULLETS}, password={BULLETS})"
    assert repr(JoinLink(ZOOM)) == f"JoinLink(us02web.zoom.us/j/{BULLETS}, password=None)"


def test_the_digest_changes_with_url_and_password_alone() -> None:
    digest = link_digest(JoinLink(ZOOM, "a"))
    assert digest == link_digest(JoinLink(ZOOM, "a", "other words"))
    assert digest != link_digest(JoinLink(ZOOM, "b"))
    assert digest != link_digest(JoinLink(f"{ZOOM}a"))
    assert link_digest(JoinLink(ZOOM)) == link_digest(JoinLink(ZOOM, ""))
    assert len(digest) == 64


# Properties

scraps = st.sampled_from(
    [
        "https://",
        "http://",
        "zoom.us",
        "meet.jit.si",
        SAFELINKS,
        "localhost",
        "127.0.0.1",
        "xn--",
        "443",
        "j",
        "s",
        "@",
        ":",
        "\\",
        "/",
        "?",
        "#",
        "%",
        "%2e",
        "..",
        ".",
        "[",
        "]",
        " ",
        "\t",
        "\n",
        "\x1b",
        "\u202e",
        "ß",
        "о",
        "。",
    ]
)
urls = st.lists(st.one_of(scraps, st.text(max_size=4)), max_size=12).map("".join)
nearly = urls.map(lambda text: f"https://zoom.us{text}")


@given(st.one_of(urls, nearly))
@example("https://zoom.us/#\u2028")
def test_an_accepted_link_is_plain_and_read_alike_by_everybody(url: str) -> None:
    try:
        stored = check_link(url)
    except UnsafeLink:
        return
    assert stored.isascii()
    assert not has_control(stored)
    assert not any(char.isspace() or char in "\\<>\"'`{}|^" for char in stored)
    assert not any(char.isspace() or char == "\\" for char in url)
    split = urlsplit(stored)
    assert split.scheme == "https"
    assert split.hostname
    assert split.username is None
    assert split.password is None
    assert "." in split.hostname
    assert stored.startswith(f"https://{split.hostname}")


@given(st.one_of(urls, nearly))
def test_judging_unwrapping_and_making_twice_changes_nothing_more(url: str) -> None:
    try:
        link = make_join_link(url)
    except UnsafeLink:
        return
    assert check_link(link.url) == link.url
    assert unwrap(link.url) == link.url
    assert make_join_link(link.url) == link


@given(
    nearly,
    st.sampled_from([*map(chr, range(0x21)), *map(chr, range(0x7F, 0xA1)), "\\", "\u2028", "\u202e", "\ufeff"]),
)
def test_no_place_in_a_link_takes_an_unsafe_character(url: str, unsafe: str) -> None:
    for place in {0, 5, 8, 12, len(url)}:
        with pytest.raises(UnsafeLink):
            check_link(url[:place] + unsafe + url[place:])


@given(st.text(string.ascii_letters + string.digits + ":%.", max_size=20))
def test_no_user_info_is_ever_accepted(user: str) -> None:
    with pytest.raises(UnsafeLink):
        check_link(f"https://{user}@zoom.us/j/123456789")


@given(
    st.sampled_from(["zoom.us", "meet.jit.si", "teams.live.com", "studio.webex.com", "unknown.example"]),
    st.sampled_from(["/", "/j/", "/my/", "/s/", "/meet/", "/wc/join/", "?", "/?pwd=", "#", "/a/"]),
    st.text(string.ascii_uppercase + string.digits, min_size=5, max_size=30),
    st.sampled_from(["", "/", "?x=1", "#x"]),
)
def test_a_masked_link_never_holds_the_secret(host: str, path: str, secret: str, rest: str) -> None:
    url = f"https://{host}{path}{secret}{rest}"
    shown = masked(url)
    assert secret not in shown
    assert shown.startswith(host)
    assert shown.endswith(f"/{BULLETS}")
    assert secret not in repr(JoinLink(url, secret, secret))


@given(st.one_of(urls, nearly, st.text()))
def test_masking_and_recognising_take_any_text(text: str) -> None:
    assert not has_control(masked(text))
    found = recognise(text)
    assert found.provider is not None or not found.host_link


@given(st.integers(1, 10), st.text(string.ascii_letters + string.digits + "+&=%/?#é", max_size=8))
def test_wrapping_is_undone_exactly(depth: int, path: str) -> None:
    inner = url = f"https://zoom.us/{path}"
    for _ in range(depth):
        url = wrapped(url)
    assume(len(url) <= 8_000)
    assert unwrap(url) == inner
