"""A real S3 server (versitygw) on this machine, where the cluster for tests has it."""

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .s3_server import ACCESS_KEY, BUCKET, SECRET_KEY

_PACKED = Path(__file__).resolve().parents[3].parent / "shared/cluster/bin/versitygw.zst"
MISSING = (
    "zstd, which unpacks versitygw, is not in PATH"
    if _PACKED.exists()
    else "versitygw, a real S3 server, is not beside this repository, in shared/cluster"
)


def is_there() -> bool:
    """Tell whether the server can be had."""
    return shutil.which("zstd") is not None and _PACKED.exists()


@contextmanager
def running(folder: Path, bucket: str = BUCKET) -> Iterator[str]:
    """Run the server on a free port of 127.0.0.1 with an empty bucket, in an empty folder; yields its URL."""
    server, buckets = folder / "versitygw", folder / "buckets"
    subprocess.run(["zstd", "-dqf", _PACKED, "-o", server], check=True)
    server.chmod(0o700)
    (buckets / bucket).mkdir(parents=True)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
    command = [server, "--port", address, "--health", "/health", "--quiet", "posix", buckets]
    keys = {"ROOT_ACCESS_KEY": ACCESS_KEY, "ROOT_SECRET_KEY": SECRET_KEY}
    with subprocess.Popen(
        command, env=os.environ | keys, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(f"http://{address}/health")
            yield f"http://{address}"
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(200):
        with suppress(OSError), opener.open(url, timeout=5):
            return
        time.sleep(0.05)
    raise TimeoutError(url)
