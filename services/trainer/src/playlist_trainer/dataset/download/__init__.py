"""A dataset from an http(s) URL to a file on this disk, whole and verified, or an error that says what to do."""

from playlist_trainer.dataset.download.addresses import public_url, url_key
from playlist_trainer.dataset.download.file_version import Validators
from playlist_trainer.dataset.download.headers_file import read_headers
from playlist_trainer.dataset.download.limits import DownloadLimits
from playlist_trainer.dataset.download.transfer import Downloaded, NotModified, Progress, download

__all__ = [
    "DownloadLimits",
    "Downloaded",
    "NotModified",
    "Progress",
    "Validators",
    "download",
    "public_url",
    "read_headers",
    "url_key",
]
