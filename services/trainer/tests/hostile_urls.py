"""Addresses as people mistype them and attackers write them, with a secret where secrets are put.

Run as a program, it trains on each line of standard input, JSON of an address and environment variables, in a process
of its own, forked after the imports that take long, and writes the exit codes to a file.
"""

import contextlib
import json
import os
import random
import sys
from pathlib import Path

SECRET = "hunter2"
_AT = ("@", "@", "@", "%40", "\uff20", "\ufe6b")
_ODD = (
    "", "", "", ":", "/", "\\", "?", "#", "%", "%zz", "%00", " ", "\t", "\n", "\r\n", "\x1b[31m", "\x7f", "[", "]",
    "[::1]", "é", "'", '"', "{}", "%s", "\uff1f", "\uff03", "\uff0f", "\uff1a", "\uff20", "\u2100", "\u2048",
    "\u200b", "\u202e", "\u0130", "\udcff",
)  # fmt: skip
_SCHEMES = (
    "http://", "https://", "HTTPS://", " https://", "http:/", "https:", "https//", "hxxps://", "//", "", "s3://", "gs://",
    "az://", "file://", "file:", "ftp://", "builtin:", "\uff48ttps://", "https%3A%2F%2F", "http\uff1a//",
)  # fmt: skip
_HOSTS = (
    "127.0.0.1:1", "127.0.0.1:1", "", "[::1]:1", "[fe80::1%25lo]:1", "[fe80::1%lo]:1", "[", "127.0.0.1:99999",
    "127.0.0.1:-1", "127.0.0.1:x", "127.0.0.1:\u0661", "a" * 70, "a..b", "xn--\x00", "1.2.3.4.5:1", "0x7f.1:1", "b2b",
)  # fmt: skip


def hostile_url(draw: random.Random) -> str:
    """Return a URL, or what someone took for one, with the secret in its user info, query or fragment."""

    def odd() -> str:
        return "".join(draw.choices(_ODD, k=2))

    path = draw.choice(["", "/", "/x.csv", "/a/../b", "//", "/" + "x" * 5000])
    user = draw.choice([
        f"me:{odd()}{SECRET}{odd()}", f"{odd()}{SECRET}{odd()}:x", f"{odd()}{SECRET}", f"me:a{odd()}{SECRET}@b{odd()}",
    ]) + draw.choice(_AT)  # fmt: skip
    query = draw.choice("?#") + draw.choice([f"token={odd()}{SECRET}", SECRET, f"a=b&{odd()}={SECRET}{odd()}"])
    parts = draw.choice([(user, ""), ("", query), (user, query)])
    return f"{draw.choice(_SCHEMES)}{parts[0]}{draw.choice(_HOSTS)}{path}{parts[1]}"


def _train(url: str, number: int) -> int:
    from playlist_trainer.__main__ import main  # noqa: PLC0415

    folder = Path(f"run-{number}")
    folder.mkdir()
    os.environ["PLAYLIST_TERMINATION_LOG"] = str(folder / "termination-log")
    (folder / "termination-log").touch()
    # Another attempt in a few only: the wait before it takes half a second.
    retries = str(int(number % 10 == 9))
    flags = ["--model-dir", str(folder / "models"), "--dataset-retries", retries, "--log-level", "debug"]
    # In turn as a flag, as a variable and where no address belongs.
    if number % 7 == 6:
        return main(["train", *flags, url])
    if number % 7 == 5 and "\0" not in url:
        os.environ["PLAYLIST_DATASET_URL"] = url
        return main(["train", *flags])
    return main(["train", *flags, f"--dataset={url}"])


def _run(url: str, environment: dict[str, str], number: int) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 99
    os.environ.update(environment)
    try:
        code = _train(url, number)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 98
    except BaseException:  # noqa: BLE001 - what Python itself would do with it
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    import obstore  # noqa: F401
    import requests  # noqa: F401

    import playlist_trainer.__main__  # noqa: F401
    import playlist_trainer.dataset.object_store  # noqa: F401

    answers = Path(sys.argv[1])
    answers.write_text(json.dumps([_run(*json.loads(line), number) for number, line in enumerate(sys.stdin)]))
