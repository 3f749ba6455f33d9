"""A dataset in an object store, which the executors fetch themselves: the driver only lists it."""

import os
from dataclasses import dataclass

from playlist_trainer.dataset.address import Dataset, download_limits, is_pinned
from playlist_trainer.dataset.download.limits import Deadline
from playlist_trainer.dataset.object_settings import open_store
from playlist_trainer.dataset.object_store import etag_of_listing, list_objects, parse_address
from playlist_trainer.dataset.object_transfer import Bucket
from playlist_trainer.dataset.printable import shown_path
from playlist_trainer.dataset.source import Source
from playlist_trainer.errors import SettingError
from playlist_trainer.settings import Settings, names_of
from playlist_trainer.spark.reading import Reading, read_shares
from playlist_trainer.spark.session import session
from playlist_trainer.spark.shares import Share, say_how_many
from playlist_trainer.timings import StageTimer


@dataclass(frozen=True)
class ReadDataset(Dataset):
    """A dataset that the executors have read already: only so its sha256 is known.

    Attributes:
        reading: what they read.
    """

    reading: Reading


def check_settings(settings: Settings) -> None:
    """Refuse what this engine can't do, before anything is read.

    Raises:
        SettingError: rules with longer antecedents are asked for.
    """
    if settings.max_length != 2:
        raise SettingError(
            f"engine spark finds rules between two songs: expected {names_of('max_length')} 2, found "
            f"{settings.max_length}; engine eclat finds longer ones, on one machine"
        )


def read_objects(settings: Settings, known: Source | None) -> ReadDataset | None:
    """Let the executors read an object, or all files below a prefix.

    Args:
        settings: name the dataset.
        known: what an earlier look found.

    Returns:
        None when the store still has what ``known`` describes; Spark is not started for that.

    Raises:
        TrainerError: as ``fetch_objects`` and ``read_shares`` say.
    """
    check_settings(settings)
    address = parse_address(settings.dataset_url)
    url_key = address.url_key(os.environ)
    if is_pinned(known, url_key, settings):
        return None
    limits = download_limits(settings)
    bucket = Bucket(open_store(address, settings, os.environ), limits, Deadline(limits.deadline_s), lambda *_: None)
    listed = list_objects(address, bucket)
    etag = etag_of_listing(listed) if address.is_prefix else next(iter(listed.values()))["e_tag"]
    if known and etag and known.url_key == url_key and known.etag == etag:
        return None
    shares = [
        Share(
            name,
            shown_path(address.below(each["path"]).public),
            address.below(each["path"]),
            etag=each["e_tag"],
        )
        for name, each in listed.items()
    ]
    opened = session(settings)
    say_how_many(shares)
    reading = read_shares(shares, settings, opened, StageTimer.for_people())
    source = Source(address.public, reading.sha256, reading.byte_count, url_key, etag)
    return ReadDataset((), "csv", source, reading)
