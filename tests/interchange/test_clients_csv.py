"""Lists of clients: any heading, separator and encoding; what cannot come in is told row by row."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studio_tui.domain.delivery import Channel
from studio_tui.interchange.clients_csv import read_clients
from studio_tui.interchange.decoding import MAX_BYTES
from studio_tui.interchange.records import ClientsReading, ImportedClient, UnreadableFile

HEADER = "name,email,verified,phone,language"


def read(*lines: str, header: str = HEADER, line_end: str = "\r\n") -> ClientsReading:
    return read_clients(line_end.join([header, *lines, ""]).encode(), "clients.csv")


def skipped(reading: ClientsReading) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in reading.problems if each.severity == "skipped"]


def notes(reading: ClientsReading) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in reading.problems if each.severity == "note"]


def test_a_row_is_a_client() -> None:
    reading = read("Anna Rossi,anna@studio.example,yes,+39 02 1234567,it")
    assert reading.rows == (
        ImportedClient(
            name="Anna Rossi",
            email="anna@studio.example",
            verified=True,
            phone="+39 02 1234567",
            language="it",
            push_topic=None,
            line=2,
        ),
    )
    assert reading.problems == ()


def test_only_a_name_is_needed() -> None:
    (client,) = read("Anna Rossi", header="Name").rows
    assert (client.email, client.verified, client.phone, client.language) == (None, False, None, None)


@pytest.mark.parametrize(
    "header",
    [
        "Name,E-mail,Verified,Phone,Language",
        "FULL NAME,Email Address,Email verified,Mobile phone,Preferred language",
        "Nome e cognome,Indirizzo e-mail,Verificata,Cellulare,Lingua",
        "Nominativo,Posta elettronica,Email verificata,Telefono,Lingua",
        "Nombre y apellidos,Correo electrónico,Correo verificado,Teléfono móvil,Idioma",
        "Customer,MAIL,Confirmed,Tel.,locale",
    ],
)
def test_headings_go_by_many_names(header: str) -> None:
    (client,) = read("Anna Rossi,anna@studio.example,1,021234567,es", header=header).rows
    assert (client.name, client.email, client.verified) == ("Anna Rossi", "anna@studio.example", True)
    assert (client.phone, client.language) == ("021234567", "es")


@pytest.mark.parametrize(
    "header", ["First name,Last name", "Nome,Cognome", "Nombre,Apellidos", "given_name,family_name"]
)
def test_first_and_last_names_are_joined(header: str) -> None:
    assert [client.name for client in read("Anna,Rossi", "Bob,", ",Neri", header=header).rows] == [
        "Anna Rossi",
        "Bob",
        "Neri",
    ]


def test_columns_may_stand_in_any_order_and_unknown_ones_are_told() -> None:
    reading = read("x,anna@studio.example,12,Anna", header="Notes,email,Points,name")
    assert [(client.name, client.email) for client in reading.rows] == [("Anna", "anna@studio.example")]
    assert notes(reading) == [(1, 'Not read, because nothing here goes by that name: "Notes", "Points".')]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_usual_separator_and_line_end(separator: str, line_end: str) -> None:
    lines = [HEADER, 'Rossi; Anna|x,"y"', "Bob"]
    rows = [
        lines[0].replace(",", separator),
        separator.join(['"Rossi; Anna|,\tx"', "anna@studio.example", "no", "", "en"]),
        separator.join(["Bob", "", "", "", ""]),
    ]
    reading = read_clients(line_end.join(rows).encode(), "clients.csv")
    assert [(client.name, client.line) for client in reading.rows] == [("Rossi; Anna|, x", 2), ("Bob", 3)]
    assert reading.problems == ()


def test_the_line_that_names_the_separator_to_excel_is_understood() -> None:
    reading = read_clients(b"sep=;\r\nname;email\r\nAnna;anna@studio.example\r\n", "clients.csv")
    assert [(client.name, client.line) for client in reading.rows] == [("Anna", 3)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_unicode_encoding_is_read(encoding: str) -> None:
    data = "name;email\r\nJosé Łódź;jose@studio.example\r\n".encode(encoding)
    reading = read_clients(data, "clients.csv")
    assert reading.rows[0].name == "José Łódź"
    assert reading.problems == ()


def test_windows_text_is_read_with_a_note() -> None:
    reading = read_clients("name,email\r\nNicolò,n@studio.example\r\n".encode("cp1252"), "clients.csv")
    assert reading.rows[0].name == "Nicolò"
    assert notes(reading) == [(1, "The file is not in UTF-8 and read as Windows text: check accented letters.")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"\r\n \r\n", "is empty"),
        (b"sep=;\r\n", "holds no table"),
        (b"email,phone\r\nanna@studio.example,12\r\n", "has no column for names"),
        (b"Anna Rossi,anna@studio.example\r\n", "has no column for names"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "has no column for names"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "has no column for names"),
        (b"\xff\xfe\x00", "cannot be decoded"),
    ],
    ids=["nothing", "blanks", "hint only", "no names", "no header", "calendar", "picture", "half a character"],
)
def test_what_is_no_list_of_clients_is_refused_in_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason) as refused:
        read_clients(data, "clients.csv")
    assert str(refused.value).startswith("clients.csv ")


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="is larger than 20 MB"):
        read_clients(b"," * (MAX_BYTES + 1), "clients.csv")


@pytest.mark.parametrize("answer", ["yes", "Y", "TRUE", "1", "sì", "SÍ", "si", "x", "Vero", "verificata"])
def test_yes_is_said_in_many_ways(answer: str) -> None:
    assert read(f"Anna,anna@studio.example,{answer}").rows[0].verified


@pytest.mark.parametrize("answer", ["no", "N", "false", "0", "", "falso", "non verificata"])
def test_no_is_said_in_many_ways(answer: str) -> None:
    reading = read(f"Anna,anna@studio.example,{answer}")
    assert not reading.rows[0].verified
    assert reading.problems == ()


def test_what_is_neither_yes_nor_no_counts_as_no_and_is_told() -> None:
    reading = read("Anna,anna@studio.example,perhaps")
    assert not reading.rows[0].verified
    assert notes(reading) == [(2, '"perhaps" is neither yes nor no: the address counts as not verified.')]


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("it", "it"),
        ("IT", "it"),
        ("it-IT", "it-IT"),
        ("it_it", "it-IT"),
        ("it_IT.UTF-8", "it-IT"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("Italiano", "it"),
        ("ENGLISH", "en"),
        ("español", "es"),
        ("Français", "fr"),
        ("", None),
    ],
)
def test_languages_are_understood(written: str, tag: str | None) -> None:
    reading = read(f"Anna,,,,{written}")
    assert reading.rows[0].language == tag
    assert reading.problems == ()


@pytest.mark.parametrize("written", ["Klingon", "xx", "i", "it-", "italian language"])
def test_an_unknown_language_is_left_out_and_told(written: str) -> None:
    reading = read(f"Anna,,,,{written}")
    assert reading.rows[0].language is None
    assert notes(reading) == [(2, f'The language "{written}" is unknown and left out.')]


def test_what_is_no_telephone_number_is_left_out_and_told() -> None:
    reading = read("Anna,,,ask her,", "Bob,,,'+44 20 7946 0000,", "Carla,,,(02) 123-45 ext. 6,")
    assert [client.phone for client in reading.rows] == [None, "+44 20 7946 0000", "(02) 123-45 ext. 6"]
    assert notes(reading) == [(2, '"ask her" is no telephone number and left out.')]


def test_a_push_topic_is_read_and_never_repeated() -> None:
    reading = read("Anna,k7-secret_topic", "Bob,not a topic!", header="name,ntfy topic")
    assert [client.push_topic for client in reading.rows] == ["k7-secret_topic", None]
    assert len(notes(reading)) == 1
    assert "not a topic" not in notes(reading)[0][1]
    assert "secret" not in repr(reading)


def test_a_row_without_a_name_is_left_out() -> None:
    assert skipped(read(",anna@studio.example,,,", " ,bob@studio.example,,,")) == [
        (2, "The row has no name."),
        (3, "The row has no name."),
    ]


def test_a_row_with_a_bad_address_is_left_out_and_the_others_come_in() -> None:
    reading = read("Anna,anna@@studio.example", "Bob,bob@studio.example", "Carla,Carla <c@studio.example>")
    assert [client.name for client in reading.rows] == ["Bob"]
    assert [(line, reason.partition(":")[0]) for line, reason in skipped(reading)] == [
        (2, '"anna@@studio.example"'),
        (4, '"Carla <c@studio.example>"'),
    ]
    assert [problem.title for problem in reading.problems] == ["Anna", "Carla"]


def test_an_address_that_comes_twice_comes_in_once() -> None:
    reading = read("Anna,anna@studio.example", "Bob,bob@studio.example", "Anna R.,ANNA@Studio.Example")
    assert [client.name for client in reading.rows] == ["Anna", "Bob"]
    assert skipped(reading) == [(4, '"ANNA@studio.example" is the address of the client in line 2 already.')]


def test_blank_rows_are_passed_over_and_lines_counted_as_in_the_file() -> None:
    reading = read("", "Anna,,,,", ",,,,", '"Bob', 'Smith",,,,', "Carla,bad,,,")
    assert [(client.name, client.line) for client in reading.rows] == [("Anna", 3), ("Bob Smith", 5)]
    assert [line for line, _ in skipped(reading)] == [7]


def test_a_quotation_mark_that_is_not_closed_loses_one_row_only() -> None:
    reading = read('"Anna,anna@studio.example,,,', "Bob,bob@studio.example,,,", "Carla,carla@studio.example,,,")
    assert [client.name for client in reading.rows] == ["Bob", "Carla"]
    assert skipped(reading) == [(2, "A quotation mark in this row is not closed.")]


def test_quotation_marks_within_a_name_stay() -> None:
    reading = read('Anna "Nan" Rossi,anna@studio.example', '"Bob ""Bo"" Smith",bob@studio.example')
    assert [client.name for client in reading.rows] == ['Anna "Nan" Rossi', 'Bob "Bo" Smith']


def test_a_row_with_more_cells_than_headings_is_left_out() -> None:
    reading = read("Rossi, Anna,anna@studio.example,yes,02123,it", "Bob,bob@studio.example,yes,02123,it,,")
    assert [client.name for client in reading.rows] == ["Bob"]
    assert skipped(reading) == [
        (2, "The row has more cells than the header: a text with a separator needs quotation marks.")
    ]


def test_hostile_text_is_made_harmless() -> None:
    reading = read(
        '"\x1b]52;c;eA==\x07[red]Anna\u202e",anna@studio.example',
        "=HYPERLINK(1),bob@studio.example",
        "Carla,\x1b[2J",
        "x" * 500 + ",",
    )
    assert [client.name for client in reading.rows[:2]] == ["]52;c;eA==[red]Anna", "=HYPERLINK(1)"]
    assert len(reading.rows[2].name) == 200
    assert not any("\x1b" in problem.reason for problem in reading.problems)
    assert [line for line, _ in skipped(reading)] == [4]


def test_progress_is_told_and_ends_at_the_whole() -> None:
    told: list[tuple[int, int]] = []
    lines = [f"Client {number},c{number}@studio.example" for number in range(450)]
    data = "\n".join(["name,email", *lines]).encode()
    reading = read_clients(data, "clients.csv", progress=lambda done, total: told.append((done, total)))
    assert len(reading.rows) == 450
    assert told[-1] == (451, 451)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) == 5


@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda text: f"name,email\n{text}".encode()))
@example(b'name\n"' + b'"\n' * 300)
@example(b"name\n" + b'"a\n' * 300)
@example(b"name\n" + b"x" * 200_000)
@example(b"\0n\0a\0m\0e\0\n\0")
def test_any_bytes_give_a_reading_or_a_refusal_and_the_same_again(data: bytes) -> None:
    def outcome() -> ClientsReading | str:
        try:
            return read_clients(data, "x.csv")
        except UnreadableFile as refused:
            return str(refused)

    assert outcome() == outcome()


@given(
    st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp", "Cs"]), min_size=1, max_size=20
        )
        .map(lambda name: " ".join(name.split()))
        .filter(bool),
        max_size=8,
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_quoted_names_come_back_as_they_were(names: list[str], separator: str) -> None:
    import unicodedata

    rows = [f'"{name.replace(chr(34), chr(34) * 2)}"{separator}c{at}@studio.example' for at, name in enumerate(names)]
    reading = read_clients("\r\n".join([f"name{separator}email", *rows]).encode(), "clients.csv")
    assert [client.name for client in reading.rows] == [unicodedata.normalize("NFC", name) for name in names]
    assert [client.line for client in reading.rows] == list(range(2, len(names) + 2))


def test_a_push_service_says_whose_the_address_is() -> None:
    header = "name,push service,push address"
    reading = read("Anna,Gotify,Ab.cd-token", "Bob,pushover,too-short", "Eva,telegram,eva-topic", header=header)

    assert [(client.push_channel, client.push_topic) for client in reading.rows] == [
        (Channel.GOTIFY, "Ab.cd-token"),
        (Channel.PUSHOVER, None),
        (None, None),
    ]
    assert not [problem for problem in reading.problems if "too-short" in problem.reason]
