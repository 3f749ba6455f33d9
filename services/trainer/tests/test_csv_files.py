"""CSV as people's programs write it: read right, or refused with the line."""

from pathlib import Path

import pytest

from playlist_trainer.settings import Settings

from .test_formats import ROWS, error_of, rows

HALO = "pid,track_name,artist_name,album_name\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separator_and_line_ends_are_found(separator: str, line_end: str, tmp_path: Path) -> None:
    lines = ["pid,track_name,note", "1,Halo,a; b", "1,Hurt,a | b", "2,Halo,x"]
    content = line_end.join(
        line.replace(",", separator)
        if separator in ",\t"
        else line.replace(";", "").replace("|", "").replace(",", separator)
        for line in lines
    )

    assert rows(content.encode(), tmp_path) == ROWS
    assert rows((content + line_end * 3).encode(), tmp_path) == ROWS


@pytest.mark.parametrize(
    ("word", "character"),
    [("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("pipe", "|"), ("^", "^"), ("\\t", "\t"), ("", "")],
)
def test_separator_is_given_as_a_word_or_as_itself(word: str, character: str) -> None:
    assert Settings.read({"separator": word}, {}).separator == character


def test_given_separator_wins_over_the_one_that_would_be_found(tmp_path: Path) -> None:
    content = b"pid^track_name,x\n1^Halo\n1^Hurt\n2^Halo\n"

    assert rows(content, tmp_path, separator="^", item_column="track_name,x") == ROWS


def test_separator_that_is_not_found_is_asked_for(tmp_path: Path) -> None:
    assert "--separator" in str(error_of(b"pid^track_name\n1^Halo\n", tmp_path))


def test_excel_hint_of_the_separator_is_no_header(tmp_path: Path) -> None:
    assert rows(b"sep=;\r\npid;track_name\r\n1;Halo\r\n1;Hurt\r\n2;Halo\r\n", tmp_path) == ROWS


@pytest.mark.parametrize(
    "header", ['"pid", "track_name"', " pid ,\ttrack_name ", "'pid','track_name'", '\ufeff"pid","track_name"']
)
def test_names_match_without_blanks_and_quotes_around_them(header: str, tmp_path: Path) -> None:
    content = f"{header}\n1,Halo\n1,Hurt\n2,Halo\n".encode()

    assert rows(content, tmp_path) == ROWS
    assert rows(content, tmp_path, item_column=' "track_name" ') == ROWS


def test_playlist_and_song_are_named_by_several_columns(tmp_path: Path) -> None:
    content = b"user,list,title,artist\na,bc,Home,Sharpe\nab,c,Home,\n,c,Home,Ono\na,b,,Ono\n"

    found = rows(content, tmp_path, playlist_column="user, list", item_column="title,artist")

    assert found == [("a\x1fbc", "Home – Sharpe"), ("ab\x1fc", "Home"), (None, "Home – Ono"), ("a\x1fb", None)]


def test_column_with_a_comma_in_its_name_can_be_named(tmp_path: Path) -> None:
    content = b'pid,"title, full",title\n1,Halo,x\n1,Hurt,y\n2,Halo,z\n'

    assert rows(content, tmp_path, item_column="title, full") == ROWS


def test_two_columns_of_the_wanted_name_are_an_error(tmp_path: Path) -> None:
    assert "2 columns called" in str(error_of(b"pid,track_name, track_name\n1,a,b\n", tmp_path))


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ('1,"Hello, ""World""\nagain",x,y', 'Hello, "World"\nagain'),
        ('1,"one, two\r\nthree, four",x,y', "one, two\r\nthree, four"),
        ('1,"one,two\nthree, four\nfive, six, seven",x,y', "one,two\nthree, four\nfive, six, seven"),
        ('1,"one, two, three, four\n\nfive, six, seven",x,y', "one, two, three, four\n\nfive, six, seven"),
        ("1,Tall 5'9\",x,y", "Tall 5'9\""),
        ('1,"Say \\"Hello, You\\" Now",x,y', 'Say "Hello, You" Now'),
        ("1,Hello\\, You,x,y", "Hello, You"),
        ('1, "Hello, You", x, y', "Hello, You"),
        ('1,"",x,y', None),
        ('1,"""",x,y', '"'),
    ],
)
def test_field_is_read_right(line: str, title: str | None, tmp_path: Path) -> None:
    content = HALO + "0,Halo,a,b\n" * 3 + line + "\n" + "2,Hurt,c,d\n" * 3

    found = rows(content.encode(), tmp_path)

    assert found == [("0", "Halo")] * 3 + [("1", title)] + [("2", "Hurt")] * 3


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1,Hurt,Crosby, Stills,y", "line 5: 5 fields, the header has 4"),
        ("1,Hurt,x", "line 5: 3 fields, the header has 4"),
        ("Hurt", "line 5: 1 field, the header has 4"),
        ('1,"Hurt,x,y', "line 5: a quote opens a field here and is never closed"),
        ('1,Hurt,x,"y', "line 5: a quote opens a field here and is never closed"),
        ('1,"Hurt" x,x,y', "line 5: text follows a closing quote"),
        ('1,"Hurt,x,y\n1,Hurt,x,y\n1,Halo",x,y', "line 5: a quote opens a field here and swallows the lines up to 7"),
        ('1,"Hurt,x,y\n1,Halo",x,y', "line 5: a quote opens a field here and swallows the lines up to 6"),
        ('1,Hurt,"x,y\n1,Halo,x",y', "line 5: a quote opens a field here and swallows the lines up to 6"),
        ('1,Hurt,x,"y\n1,Halo,x,y"', "line 5: a quote opens a field here and swallows the lines up to 6"),
        ('1,"Hurt,x,y\n1,Hurt,"x",y', "line 5: a quote opens a field"),
        ('1,Song "A, B" x,y', "line 5: quotes stand inside fields"),
        ("1,Hurt,x,y\n\n\n1,Hurt,x", "line 8: 3 fields"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_bad_line_is_named(line: str, expected: str, line_end: str, tmp_path: Path) -> None:
    content = HALO + "0,Halo,a,b\n" * 3 + line + "\n" + "2,Hurt,c,d\n" * 3

    assert expected in str(error_of(content.replace("\n", line_end).encode(), tmp_path))


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("AC\\DC", "AC\\DC"),
        ("\\m/", "\\m/"),
        ("\\N", "\\N"),
        ('"AC\\DC, \\"live\\" \\m/"', 'AC\\DC, "live" \\m/'),
        ("a\\\\b\\, c", "a\\b, c"),
        ("a\\\\\\n", "a\\\\n"),
        ("a\\\nb", "a\nb"),
    ],
)
def test_backslash_escapes_only_what_has_a_meaning(written: str, title: str, tmp_path: Path) -> None:
    content = HALO + f"1,{written},x,y\n" + '2,"Say \\"Hello, You\\" Now",x,y\n' + "3,Hurt,x,y\n"

    assert rows(content.encode(), tmp_path) == [("1", title), ("2", 'Say "Hello, You" Now'), ("3", "Hurt")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_byte_order_mark_between_lines_is_no_text(line_end: str, quote: str, tmp_path: Path) -> None:
    lines = ["\ufeffpid,track_name", "\ufeff1,Halo", f"\ufeff\ufeff{quote}1{quote},Hurt", "2,Halo", "\ufeff"]

    assert rows(line_end.join(lines).encode(), tmp_path) == ROWS


@pytest.mark.parametrize("quoted", ["Hurt", '"Hurt\nagain"'])
def test_long_field_is_judged_alike_at_either_speed(quoted: str, tmp_path: Path) -> None:
    row = f"2,{quoted},x,y\n"
    longest = "x" * (4 << 20)

    found = rows(f"{HALO}{row}1,{longest},x,y\n{row}".encode(), tmp_path)
    problem = error_of(f"{HALO}{row}1,{longest}x,x,y\n{row}".encode(), tmp_path)

    assert found[1] == ("1", longest)
    assert "a field of over 4,194,304 characters begins here" in str(problem)


def test_numbers_among_names_do_not_hide_swallowed_rows(tmp_path: Path) -> None:
    content = HALO + "Mix,Halo,a,b\n" + '2020,"Hurt,x,y\nFavs,Halo",x,y\n'

    assert "line 3: a quote opens a field" in str(error_of(content.encode(), tmp_path))


@pytest.mark.parametrize(
    ("content", "line", "last"),
    [
        ('pid,track_name,artist_name\n1,a,b\n2,c,d\n3,"e,f\nx4,q,h\nx5,i",j\n1,z,y\n', 4, 6),
        ('pid,track_name,artist_name\n1122,a,b\n1122,"Heroes,Bowie\nmark_s,Let it be,X\nmark_s,Help",X\n', 3, 5),
        ('pid,track_name,artist_name\n1, "Heroes, Bowie\n2, Let it be, X\n3, Help, X\n4, Yesterday", X\n', 2, 5),
        ('pid,track_name,artist_name\n1,a,b\n3,"e,f\n4, g",h\n', 3, 4),
        ('pid,track_name,artist_name\n1,a,b\n3,"e,f\n\n4,g",h\n', 3, 5),
        ('pid,track_name,artist_name\n1,a,b\n2,"e, f,g\n4,h",i\n', 3, 4),
        ('pid,track_name,artist_name\n1,a,b\n2,"e,f\n4,g","h\n5,i,j"\n', 3, 5),
        ('pid,track_name\n"1","Halo\n2,Hurt"\n', 2, 3),
    ],
)
def test_rows_that_a_stray_quote_swallows_are_named(content: str, line: int, last: int, tmp_path: Path) -> None:
    found = str(error_of(content.encode(), tmp_path))

    assert f"line {line}: a quote opens a field here and swallows the lines up to {last}, " in found


def test_line_is_counted_over_blocks_and_quoted_lines(tmp_path: Path) -> None:
    long = "0,Halo,a,b\n" * 1_000_000 + '1,"x\ny",a,b\n' + "2,Hurt,c,d\n" * 1_000_000
    content = HALO + long + "3,Hurt,c\n"

    assert "line 2000004: 3 fields" in str(error_of(content.encode(), tmp_path))


def test_quoted_text_over_the_border_of_two_blocks_is_read(tmp_path: Path) -> None:
    row = '1,"Hello\nagain",a,b\n'
    count = (9 << 20) // len(row)

    found = rows((HALO + row * count).encode(), tmp_path)

    assert found == [("1", "Hello\nagain")] * count
