"""Makes a catalogue of made-up songs, and searches it: prints seconds, milliseconds and memory as JSON.

python -m tests.bench.search_job --songs 2260000 --named-by both [--folder FOLDER]
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playlist_model import FolderStore, Rules, Songs, TextColumn, Training, writing

_COMMON = ["the", "a", "of", "you", "love", "i", "my", "to", "in", "me", "on", "feat", "remix", "live", "and", "la"]
_SYLLABLES = [start + end for start in [*"bkdfghlmnprstvw", "ch", "gr", "sh", "st", "tr"] for end in "aeiou"]
_ASKED = 700
_MATCHED = 20


def catalogue(songs: int, named_by: str) -> tuple[TextColumn, TextColumn, TextColumn]:
    """Return names, titles and artists; a few words stand in most titles, and most words in few.

    Args:
        songs: how many.
        named_by: title, both (title and artist) or uri.
    """
    random_ = np.random.default_rng(0)
    sizes = random_.integers(1, 5, 600_000)
    syllables = iter(np.array(_SYLLABLES)[random_.integers(0, len(_SYLLABLES), sizes.sum())].tolist())
    words = [*_COMMON, *("".join(next(syllables) for _ in range(size)) for size in sizes.tolist())]
    artists = [f"{words[one]} {words[other]}".title() for one, other in _popular(random_, len(words), (300_000, 2))]
    by = _popular(random_, len(artists), (songs,))
    lengths = random_.integers(1, 7, songs)
    chosen = iter(_popular(random_, len(words), (int(lengths.sum()),)))
    titles, names, seen = [], [], set[str]()
    accents = str.maketrans("aeiou", "áéíóú")
    for song, length in enumerate(lengths.tolist()):
        title = " ".join(words[next(chosen)] for _ in range(length)).title()
        title = title.translate(accents) if song % 10 == 0 else title
        titles.append(f"東京{title}" if song % 97 == 0 else title)
        name = {"title": titles[-1], "both": f"{titles[-1]} – {artists[by[song]]}", "uri": f"track:{song:022x}"}[
            named_by
        ]
        names.append(f"{name} {song}" if name in seen else name)
        seen.add(names[-1])
    titles = names if named_by == "title" else titles
    return tuple(map(TextColumn.from_strings, (names, titles, (artists[each] for each in by))))  # type: ignore[return-value]


def _popular(random_: np.random.Generator, count: int, shape: tuple[int, ...]) -> list[int]:
    return (count * random_.random(shape) ** 4).astype(np.int64).tolist()  # type: ignore[no-any-return]


def build(folder: Path, songs: int, named_by: str) -> dict[str, object]:
    """Publish a model of made-up songs and return what making the table took."""
    names, titles, artists = catalogue(songs, named_by)
    before = _private_bytes()
    peak, done = [before], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], _private_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.process_time()
    table = Songs.build(names, np.full(songs, 2), artists=artists, titles=None if named_by == "title" else titles)
    seconds = time.process_time() - started
    done.set()
    watcher.join()
    with writing(FolderStore(folder)) as writer:
        manifest = writer.publish(
            table,
            Rules.build(songs, []),
            Training(datetime.now(UTC), "0" * 64, {}, {}, engine="none", trainer_version="bench"),
        )
    sizes = {name: entry.bytes for name, entry in manifest.files.items()}
    index_bytes = sum(size for name, size in sizes.items() if name.startswith("index_"))
    return {
        "songs": songs,
        "named_by": named_by,
        "build_processor_s": round(seconds, 1),
        "build_peak_extra_mb": round((peak[0] - before) / 1e6),
        "songs_mb": round(sum(sizes.values()) / 1e6),
        "index_mb": round(index_bytes / 1e6),
    }


def ask(folder: Path) -> Iterator[dict[str, object]]:
    """Yield, for each kind of question, how long a thread works on one, and the private memory after all of them."""
    songs = FolderStore(folder).load_current().songs
    loaded = _private_bytes()
    kinds: dict[str, Callable[[str], object]] = {
        "match": songs.match,
        "search: beginning of a title": lambda text: songs.search(text, _MATCHED),
        "search: beginning of a word": lambda text: songs.search(text, _MATCHED),
        "search: artist and title": lambda text: songs.search(text, _MATCHED),
        "search: common words": lambda text: songs.search(text, _MATCHED),
        "close matches": lambda text: songs.close_matches(text, 3),
    }
    questions = _questions(songs)
    for kind, answer in kinds.items():
        taken, found = [], 0
        for text in questions[kind] * 2:  # the first time, pages are mapped
            started = time.thread_time()
            found += bool(answer(text))
            taken.append((time.thread_time() - started) * 1e3)
        yield {"kind": kind, "answered": found / len(taken), **_spread(np.array(taken[_ASKED:]))} | {
            "private_mb_more": round((_private_bytes() - loaded) / 1e6, 1)
        }


def _spread(taken: NDArray[np.float64]) -> dict[str, float]:
    return {
        f"{name}_ms": round(float(np.percentile(taken, share)), 2)
        for name, share in {"p50": 50, "p99": 99, "max": 100}.items()
    }


def _questions(songs: Songs) -> dict[str, list[str]]:
    draw = random.Random(0)
    questions: dict[str, list[str]] = {}
    for song in draw.choices(range(len(songs)), k=_ASKED):
        title, artist = songs.titles[song], songs.artists[song]
        words = f"{artist} {title}".split()
        place = draw.randrange(len(title))
        common = [*draw.sample(_COMMON, draw.randint(1, 4)), draw.choice("abcdefghst")]
        for kind, text in {
            "match": songs.names[song],
            "search: beginning of a title": title[: draw.randint(1, len(title))],
            "search: beginning of a word": draw.choice(words)[: draw.randint(1, 8)],
            "search: artist and title": " ".join(words)[: draw.randint(2, 40)],
            "search: common words": " ".join(common[: draw.randint(1, 5)]),
            "close matches": title[:place] + draw.choice("aeiourst") + title[place + draw.randrange(2) :],
        }.items():
            questions.setdefault(kind, []).append(text)
    return questions


def _private_bytes() -> int:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")) * 1024


def main() -> None:
    """Measure once: build in this process, ask in another, which has nothing but the model's folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--songs", type=int, default=500_000)
    parser.add_argument("--named-by", choices=["title", "both", "uri"], default="title")
    parser.add_argument("--folder", type=Path, help="of a model that was made before: it is only asked")
    options = parser.parse_args()
    if options.folder:
        for line in ask(options.folder):
            print(json.dumps(line))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(build(Path(folder), options.songs, options.named_by)), flush=True)
        subprocess.run([sys.executable, "-m", "tests.bench.search_job", "--folder", folder], check=True)


if __name__ == "__main__":
    main()
