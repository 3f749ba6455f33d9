"""What is wrong with a folder is said by a named error, and by nothing else."""

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playlist_model import (
    FolderStore,
    Manifest,
    Model,
    ModelDamagedError,
    ModelError,
    ModelFormatError,
    ModelNotFoundError,
    PointerError,
    Rules,
    Songs,
    Training,
    writing,
)

ARRAYS = [
    "index_gram_word_offsets.npy",
    "index_gram_words.npy",
    "index_grams.npy",
    "index_song_word_offsets.npy",
    "index_song_words.npy",
    "index_word_song_offsets.npy",
    "index_word_songs.npy",
    "index_words.npy",
    "index_words_offsets.npy",
    "rule_antecedent_offsets.npy",
    "rule_antecedent_songs.npy",
    "rule_antecedent_support_counts.npy",
    "rule_consequents.npy",
    "rule_rule_offsets.npy",
    "rule_scores.npy",
    "rule_song_antecedents.npy",
    "rule_support_counts.npy",
    "song_artist_counts.npy",
    "song_artists.npy",
    "song_artists_offsets.npy",
    "song_key_fold.npy",
    "song_key_order.npy",
    "song_key_songs.npy",
    "song_keys.npy",
    "song_keys_offsets.npy",
    "song_names.npy",
    "song_names_offsets.npy",
    "song_support_counts.npy",
    "song_titles.npy",
    "song_titles_offsets.npy",
    "song_uris.npy",
    "song_uris_offsets.npy",
]


@pytest.fixture
def published(store: FolderStore, rules: Rules, training: Callable[[int], Training]) -> Model:
    """Return a model that has every file a model can have."""
    rules = replace(rules, scores=np.linspace(0.9, 0.1, len(rules), dtype=np.float32))
    names, titles = ["uri:1", "uri:2", "uri:3"], ["Air", "Bolero", "Canon"]
    songs = Songs.build(names, [4, 2, 2], titles=titles, artists=["Bach"] * 3, uris=names)
    with writing(store) as writer:
        manifest = writer.publish(songs, rules, training(1))
    return Model(manifest, songs, rules)


@pytest.fixture
def folder(store: FolderStore, published: Model) -> Path:
    return store.model_path(published.manifest.model_id)


def _repoint(store: FolderStore, folder: Path) -> None:
    """Make the pointer name the manifest as it is now."""
    digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    store.pointer_path.write_text(json.dumps({"model_id": folder.name, "manifest_sha256": digest}))


def _describe(store: FolderStore, folder: Path, name: str, **entry: Any) -> None:
    """Make manifest and pointer agree with a file, as a foreign writer would."""
    path = folder / "manifest.json"
    values = json.loads(path.read_bytes())
    content = (folder / name).read_bytes()
    described = values["files"][name] | {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    values["files"][name] = described | entry
    path.write_text(json.dumps(values))
    _repoint(store, folder)


def _put(store: FolderStore, folder: Path, name: str, array: np.ndarray) -> None:
    """Replace an array by another one, described as it is."""
    np.save(folder / name, array)
    _describe(store, folder, name, dtype=array.dtype.str, shape=list(array.shape))


def _flip(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


def test_a_model_has_just_these_arrays(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(["manifest.json", *ARRAYS])


# A file that is not what was published


@pytest.mark.parametrize("name", ARRAYS)
def test_a_file_that_was_cut_short_is_named_with_its_size(store: FolderStore, folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    for kept in (0, 1, len(content) - 1):
        (folder / name).write_bytes(content[:kept])

        with pytest.raises(ModelDamagedError, match=f"{folder.name}/{name}: {kept} bytes, published with"):
            store.load_current()


@pytest.mark.parametrize("name", ARRAYS)
def test_a_file_with_one_byte_changed_is_named(store: FolderStore, folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    for position in (0, 60, len(content) - 1):
        (folder / name).write_bytes(_flip(content, position))

        with pytest.raises(ModelDamagedError, match=f"{folder.name}/{name}: its sha256 is not"):
            store.load_current()


@pytest.mark.parametrize("name", ARRAYS)
def test_a_file_that_is_gone_is_named(store: FolderStore, folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(ModelDamagedError, match=f"{folder.name}/{name}: can't be read: No such file"):
        store.load_current()


@pytest.mark.parametrize("name", ["song_names.npy", "manifest.json"])
def test_a_folder_in_the_place_of_a_file_is_named(store: FolderStore, folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()

    with pytest.raises(ModelDamagedError, match=f"{folder.name}/{name}: "):
        store.load_current()


def test_two_files_exchanged_are_noticed(store: FolderStore, folder: Path) -> None:
    one, other = folder / "song_support_counts.npy", folder / "song_artist_counts.npy"
    one.rename(folder / "aside")
    other.rename(one)
    (folder / "aside").rename(other)

    with pytest.raises(ModelDamagedError, match="its sha256 is not the one it was published with"):
        store.load_current()


# A file that is as its manifest says, and yet no array of a model


class _Trap:
    """Leaves a file where it was unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("name", ARRAYS)
def test_a_pickle_is_refused_and_not_run(store: FolderStore, folder: Path, tmp_path: Path, name: str) -> None:
    trap = np.array([_Trap(tmp_path / "sprung")] * 3, dtype=object)
    np.save(folder / name, trap, allow_pickle=True)
    _describe(store, folder, name, dtype="|O", shape=[3])

    with pytest.raises(ModelDamagedError, match=f"{folder.name}/{name}: not an array: .*Python objects"):
        store.load_current()
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04K\x01.",  # a bare pickle
        b"PK\x03\x04 no zip",
        b"song,count\nAir,4\n",
        b"\x93NUMPY\x01\x00",
        b"\x93NUMPY\x09\x00v\x00{}",
        b"\x93NUMPY\x01\x00\x10\x00{'shape': (3,<, \n",
        b"\x93NUMPY\x01\x00\x10\x00{'descr': '<,4'\n",
        b"\x93NUMPY\x01\x00\x07\x00{1: 2}\n",
    ],
)
def test_a_file_that_is_no_array_is_refused(store: FolderStore, folder: Path, content: bytes) -> None:
    (folder / "song_names.npy").write_bytes(content)
    _describe(store, folder, "song_names.npy")

    with pytest.raises(ModelDamagedError, match=f"{folder.name}/song_names.npy: not an array: "):
        store.load_current()


def test_a_zip_file_of_arrays_is_refused(store: FolderStore, folder: Path) -> None:
    np.savez(folder / "song_names.npz", np.arange(3))
    (folder / "song_names.npz").rename(folder / "song_names.npy")
    _describe(store, folder, "song_names.npy")

    with pytest.raises(ModelDamagedError, match=f"{folder.name}/song_names.npy: not an array: "):
        store.load_current()


def test_a_header_that_promises_more_than_the_file_holds_is_refused(store: FolderStore, folder: Path) -> None:
    with (folder / "song_support_counts.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<i4", "fortran_order": False, "shape": (10**12,)})
        file.write(b"\1\0\0\0")
    _describe(store, folder, "song_support_counts.npy", shape=[10**12])

    with pytest.raises(ModelDamagedError, match=r"song_support_counts\.npy: not an array: mmap length is greater"):
        store.load_current()


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_of_another_type_is_named_with_both_types(store: FolderStore, folder: Path, name: str) -> None:
    found = np.load(folder / name)
    _put(store, folder, name, found.astype(">f8"))

    with pytest.raises(ModelDamagedError, match=rf"{folder.name}/{name}: >f8, expected \S+ in a row"):
        store.load_current()


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_that_differs_from_its_description_is_refused(store: FolderStore, folder: Path, name: str) -> None:
    found = np.load(folder / name)
    np.save(folder / name, found.astype("<f8"))
    _describe(store, folder, name)

    with pytest.raises(ModelDamagedError, match=rf"{folder.name}/{name}: <f8\(\d+,\), expected "):
        store.load_current()


def test_a_table_in_the_place_of_a_row_is_refused(store: FolderStore, folder: Path) -> None:
    _put(store, folder, "song_support_counts.npy", np.zeros((3, 1), "<i4"))

    with pytest.raises(ModelDamagedError, match=r"song_support_counts\.npy: <i4, expected <i4 in a row"):
        store.load_current()


@pytest.mark.parametrize("name", sorted({*ARRAYS} - {"song_titles.npy", "rule_scores.npy"}))
def test_an_array_that_the_manifest_does_not_name_is_missed(store: FolderStore, folder: Path, name: str) -> None:
    path = folder / "manifest.json"
    values = json.loads(path.read_bytes())
    del values["files"][name]
    path.write_text(json.dumps(values))
    _repoint(store, folder)

    with pytest.raises(ModelDamagedError, match=f"{folder.name}/manifest.json: names no file {name}"):
        store.load_current()


def _i4(*numbers: int) -> np.ndarray:
    return np.array(numbers, "<i4")


def _f4(*numbers: float) -> np.ndarray:
    return np.array(numbers, "<f4")


def _i8(*numbers: int) -> np.ndarray:
    return np.array(numbers, "<i8")


# The model has 3 songs with 6 keys, 6 antecedents of 9 songs, and 9 rules.
@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("song_support_counts", _i4(4, 2), "song support_counts: 2 entries, expected 3"),
        ("song_artist_counts", _i4(), "song artist_counts: 0 entries, expected 3"),
        ("song_titles_offsets", _i8(0, 3, 9), "song titles: 2 entries, expected 3"),
        ("song_artists_offsets", _i8(0, 12), "song artists: 1 entries, expected 3"),
        ("song_keys_offsets", _i8(0, 36), "song key_songs: 6 entries, expected 1"),
        ("song_key_songs", _i4(0), "song key_songs: 1 entries, expected 6"),
        ("song_key_order", _i4(0), "song key_order: 1 entries, expected 6"),
        ("song_uris_offsets", _i8(0, 15), "song uris: 1 entries, expected 3"),
        ("song_uris_offsets", _i8(0, 9, 3, 15), "song uris: offsets do not ascend from 0 to 15"),
        ("song_key_fold", _i4(3), r"song key_fold: \[3\], this reader knows 1 to 2"),
        ("song_key_fold", _i4(), r"song key_fold: \[\], this reader knows 1 to 2"),
        ("index_words_offsets", _i8(), "should return >= 0"),
        ("index_words_offsets", _i8(0, 7, 5, 18, 24), "index words: offsets do not ascend from 0 to 22"),
        ("index_word_song_offsets", _i8(0, 3, 6), "index word_song_offsets: 3 entries, expected 5"),
        ("index_word_song_offsets", _i8(0, 1, 1, 5, 6), "index word_song_offsets: a word without a song"),
        ("index_word_song_offsets", _i8(0, 1, 4, 5, 7), "index word_song_offsets: offsets do not ascend from 0 to 6"),
        ("index_word_songs", _i4(0, 0, 1, 2, 1, 3), "index word_songs: ids from 0 to 3, expected 0..2"),
        ("index_song_word_offsets", _i8(0, 6), "index song_word_offsets: 2 entries, expected 4"),
        ("index_song_word_offsets", _i8(1, 2, 4, 6), "index song_word_offsets: offsets do not ascend from 0 to 6"),
        ("index_song_words", _i4(0, 1, -1, 1, 3, 1), "index song_words: ids from -1 to 3, expected 0..3"),
        ("index_gram_word_offsets", _i8(0), "index gram_word_offsets: 1 entries, expected"),
        ("index_grams", np.array([1], "<u4"), "index gram_word_offsets: .* entries, expected 2"),
        ("index_gram_words", _i4(0), "index gram_word_offsets: offsets do not ascend from 0 to 1"),
        ("rule_song_antecedents", _i8(0, 1, 3), "rule song_antecedents: 3 entries, expected 4"),
        ("rule_antecedent_offsets", _i8(0, 9), "rule antecedent_offsets: 2 entries, expected 7"),
        ("rule_rule_offsets", _i8(), "rule rule_offsets: 0 entries, expected 7"),
        ("rule_support_counts", _i4(1), "rule support_counts: 1 entries, expected 9"),
        ("rule_scores", _f4(1, 1), "rule scores: 2 entries, expected 9"),
        ("rule_scores", _f4(), "rule scores: 0 entries, expected 9"),
        ("rule_scores", _f4(*[1] * 8, np.nan), "rule scores: from nan to nan, expected positive, finite numbers"),
        ("rule_scores", _f4(*[1] * 8, np.inf), "rule scores: from 1.0 to inf, expected positive, finite numbers"),
        ("rule_scores", _f4(0, *[1] * 8), "rule scores: from 0.0 to 1.0, expected positive, finite numbers"),
        ("rule_scores", _f4(*[1] * 8, -2), "rule scores: from -2.0 to 1.0, expected positive, finite numbers"),
        ("song_names_offsets", _i8(), "should return >= 0"),
        ("song_names_offsets", _i8(1, 5, 10, 15), "song names: offsets do not ascend from 0 to 15"),
        ("song_names_offsets", _i8(0, 5, 10, 99), "song names: offsets do not ascend from 0 to 15"),
        ("song_names_offsets", _i8(0, 10, 5, 15), "song names: offsets do not ascend from 0 to 15"),
        ("song_titles_offsets", _i8(0, -1, 9, 14), "song titles: offsets do not ascend from 0 to 14"),
        ("song_artists_offsets", _i8(0, 4, 8, 11), "song artists: offsets do not ascend from 0 to 12"),
        ("rule_song_antecedents", _i8(0, 3, 1, 6), "rule song_antecedents: offsets do not ascend from 0 to 6"),
        ("rule_rule_offsets", _i8(0, 9, 8, 7, 6, 5, 9), "rule rule_offsets: offsets do not ascend from 0 to 9"),
        # Differences of these overflow, and every one of them looks positive.
        ("rule_rule_offsets", _i8(0, 2**63 - 1, -(2**63), -1, 0, 9, 9), "rule rule_offsets: offsets do not ascend"),
        ("rule_antecedent_offsets", _i8(0, 1, 2, 4, 5, 9, 9), "rule antecedent_offsets: an antecedent without a song"),
        ("song_key_songs", _i4(0, 0, 1, 1, 2, 3), r"song key_songs: ids from 0 to 3, expected 0\.\.2"),
        ("song_key_songs", _i4(-1, 0, 1, 1, 2, 2), r"song key_songs: ids from -1 to 2, expected 0\.\.2"),
        ("song_key_order", _i4(0, 1, 2, 3, 4, 6), r"song key_order: ids from 0 to 6, expected 0\.\.5"),
        (
            "rule_antecedent_songs",
            _i4(0, 1, 0, 1, 2, 0, 2, 1, 3),
            r"antecedent_songs: ids from 0 to 3, expected 0\.\.2",
        ),
        ("rule_consequents", _i4(1, 2, 0, 2, 2, 0, 1, 1, -1), r"rule consequents: ids from -1 to 2, expected 0\.\.2"),
        ("rule_antecedent_support_counts", _i4(4, 2, 2, 2, 2, 0), "rule antecedent_support_counts: 0 among them"),
        ("rule_antecedent_support_counts", _i4(4, 2, 2, 2, 2, -10), "rule antecedent_support_counts: -10 among them"),
    ],
)
def test_numbers_that_lead_out_of_an_array_are_refused(
    store: FolderStore, folder: Path, name: str, array: np.ndarray, message: str
) -> None:
    _put(store, folder, f"{name}.npy", array)

    with pytest.raises(ModelDamagedError, match=f"^{folder.name}: .*{message}"):
        store.load_current()


def test_fewer_rules_than_the_manifest_says_are_refused(store: FolderStore, folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"rule_count": 9', b'"rule_count": 8'))
    _repoint(store, folder)

    with pytest.raises(ModelDamagedError, match=f"{folder.name}: 9 rules, expected 8"):
        store.load_current()


# Manifest and pointer


def test_a_manifest_that_is_gone_is_named(store: FolderStore, folder: Path) -> None:
    (folder / "manifest.json").unlink()

    with pytest.raises(ModelDamagedError, match=r"/manifest\.json: can't be read: No such file"):
        store.load_current()


def test_a_manifest_other_than_the_pointers_is_refused(store: FolderStore, folder: Path) -> None:
    with (folder / "manifest.json").open("ab") as file:
        file.write(b" ")

    with pytest.raises(ModelDamagedError, match=r"manifest\.json: not the one that current\.json names"):
        store.load_current()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"format_version = 1", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "not a manifest of a model"),
        (b'{"format_version": 2}', "format_version 2, this reader knows 1"),
    ],
)
def test_a_foreign_or_newer_manifest_is_of_another_format(
    store: FolderStore, folder: Path, content: bytes, message: str
) -> None:
    (folder / "manifest.json").write_bytes(content)
    _repoint(store, folder)

    with pytest.raises(ModelFormatError, match=message):
        store.load_current()


def test_a_model_under_another_name_is_refused(store: FolderStore, folder: Path) -> None:
    moved = folder.rename(folder.parent / "renamed")
    _repoint(store, moved)

    with pytest.raises(ModelDamagedError, match=rf"renamed/manifest\.json: says it is model '{folder.name}'"):
        store.load_current()


def test_a_pointer_to_a_model_that_is_gone_is_a_named_error(store: FolderStore, folder: Path) -> None:
    shutil.rmtree(folder)

    with pytest.raises(ModelNotFoundError, match=rf"current\.json: points at {folder.name}, which is not there"):
        store.load_current()


@pytest.mark.parametrize("digest", [None, 5, "", "0" * 64])
def test_a_pointer_with_another_digest_is_refused(store: FolderStore, folder: Path, digest: object) -> None:
    store.pointer_path.write_text(json.dumps({"model_id": folder.name, "manifest_sha256": digest}))

    with pytest.raises(ModelDamagedError, match=r"not the one that current\.json names"):
        store.load_current()


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"{}", b'{"model_id": "../../etc", "manifest_sha256": "ab"}'])
def test_a_pointer_that_is_none_is_a_named_error(store: FolderStore, folder: Path, content: bytes) -> None:
    store.pointer_path.write_bytes(content)

    with pytest.raises(PointerError, match=r"current\.json: "):
        store.load_current()


# Whatever it is


def test_random_damage_is_noticed_or_harmless(
    store: FolderStore, folder: Path, published: Model, same: Callable[[Model, Model], bool]
) -> None:
    rng = random.Random(8)
    manifest, arrays = folder / "manifest.json", [folder / name for name in ARRAYS]
    kept = {path: path.read_bytes() for path in (store.pointer_path, manifest, *arrays)}
    noticed = harmless = 0

    for case in range(400):
        chosen = {rng.choice([store.pointer_path, manifest, manifest, rng.choice(arrays)]) for _ in range(case % 2 + 1)}
        for path in chosen:
            content = bytearray(kept[path])
            for _ in range(rng.randint(1, 3)):
                content[rng.randrange(len(content))] = rng.randrange(256)
            path.write_bytes(content[: rng.randrange(len(content))] if rng.random() < 0.1 else content)
        repointed = case % 4 < 2
        if repointed:
            _repoint(store, folder)

        for look in (store.load_current, store.load_newest):
            try:
                model = look()
            except ModelError:
                noticed += 1
            else:
                harmless += 1
                assert same(model, published)
                assert model.manifest == published.manifest or repointed or look == store.load_newest
        assert all(isinstance(found, Manifest) for found in store.manifests())
        for path in (*chosen, store.pointer_path):
            path.write_bytes(kept[path])

    assert noticed > 80
    assert harmless > 80


def test_random_numbers_in_a_well_described_array_are_refused_or_answer(store: FolderStore, folder: Path) -> None:
    rng = random.Random(9)
    names = [name for name in ARRAYS if name.startswith(("rule_", "song_key_", "index_")) and name != "index_words.npy"]
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    manifest = folder / "manifest.json"
    answered = 0

    for _ in range(120):
        name = rng.choice(names)
        array = np.load(folder / name).copy()
        array[rng.randrange(len(array))] = np.array(rng.choice([-1, 0, 1, 2, 3, 9, 2**31 - 1])).astype(array.dtype)
        _put(store, folder, name, array)

        try:
            model = store.load_current()
        except ModelDamagedError:
            pass
        else:
            answered += 1
            asked = np.arange(3, dtype=np.int32)
            model.rules.antecedents_within(asked)
            model.songs.search("a", 5)
            model.songs.match("air")
            model.songs.search("bach bol", 5)
            model.songs.close_matches("bohlero", 5)
        for path in (folder / name, manifest):
            path.write_bytes(kept[path])

    assert 20 < answered < 100
