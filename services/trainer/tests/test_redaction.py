import random
import traceback

import pytest

from playlist_trainer.redaction import redacted, redacted_traceback

# How a delimiter may be written: in ASCII, percent-encoded once and twice, and as what Unicode calls the same.
AT = ("@", "%40", "%2540", "\uff20", "\ufe6b")
QUESTION = ("?", "%3f", "%253F", "\uff1f", "\ufe56", "\u2047")
HASH = ("#", "%23", "\uff03", "\ufe5f")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/data/playlists.csv", "/data/playlists.csv"),
        ("unrecognized arguments: --fast", "unrecognized arguments: --fast"),
        ("https://example.org:8443/a.csv", "https://example.org:8443/a.csv"),
        ("at https://me:se/cr et@example.org/a", "at https://(hidden)@example.org/a"),
        ("me:secret@example.org", "(hidden)@example.org"),
        ("https//secret@example.org/a", "(hidden)@example.org/a"),
        ("https://example.org/a?token=secret&b=1", "https://example.org/a?(hidden)"),
        ("https://example.org/a#secret", "https://example.org/a#(hidden)"),
        ("https://me:secret", "https://(hidden)"),
        ("secret@x//y@z", "(hidden)@z"),
        ("https://me:se?cret@example.org/x", "https://(hidden)"),
        ("https://example.org/x?user=me@secret", "https://(hidden)"),
        ("a\nb\x1b[31m", "a\ufffdb\ufffd[31m"),
    ],
)
def test_what_may_be_a_credential_is_hidden_and_the_rest_is_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown


def test_however_delimiters_are_written_no_secret_is_left() -> None:
    draw = random.Random(10)
    junk = "ab:/ \t\n%[]\\'\"=&;,é\uff1a\u200b"
    for _ in range(3000):
        noise = ["".join(draw.choices(junk, k=draw.randrange(4))) for _ in range(4)]
        user = f"{noise[0]}SECRET{noise[1]}{draw.choice(AT)}"
        query = f"{draw.choice(QUESTION + HASH)}{noise[2]}{draw.choice(('', *AT))}SECRET{noise[3]}"
        start = draw.choice(["", "https://", "no route to http://", "//", "https:/", "s3://", "HTTPS%3A%2F%2F"])
        text = start + draw.choice([user + "host/x", "host/x" + query, user + "host/x" + query])

        assert "SECRET" not in redacted(text), text


def failing() -> None:
    try:
        int("me:secret@host")
    except ValueError as error:
        raise RuntimeError("https://me:secret@host/x?token=secret") from error


def test_traceback_shows_where_and_hides_what() -> None:
    with pytest.raises(RuntimeError) as raised:
        failing()

    shown = redacted_traceback(raised.value)

    assert "secret" in "".join(traceback.format_exception(raised.value))
    assert "in failing" in shown
    assert shown.index("ValueError") < shown.index("RuntimeError")
    assert "https://(hidden)@host/x?(hidden)" in shown
    messages = [line for line in shown.splitlines() if line.startswith(("ValueError", "RuntimeError"))]
    assert not any("secret" in line for line in messages)
