"""The images that are tested: built from this work tree, loaded into the cluster."""

import os
from dataclasses import dataclass

from tests.chart.rendering import CHART
from tests.e2e.cluster import ROOT, run
from tests.e2e.helm import app_version

NEXT = f"{app_version(CHART)}-next"


@dataclass(frozen=True)
class Images:
    """What is in the cluster.

    Attributes:
        version: of the trainer, and of the API that an installation begins with.
        next_version: of another API, which really says so.
        trainer: the image's whole name.
        megabytes: of each image as the builder counts them, by component.
    """

    version: str
    next_version: str
    trainer: str
    megabytes: dict[str, str]


def built() -> Images:
    """Build both images, and the API once more with another version; load them."""
    version = app_version(CHART)
    printed = _build(version, "trainer api")
    _build(NEXT, "api")
    names = [line.split("\t") for line in printed.splitlines()]
    sizes = {name.rpartition("-")[2].partition(":")[0]: size for name, size in names}
    return Images(version, NEXT, next(name for name, _ in names if "-trainer:" in name), sizes)


def with_spark(images: Images) -> str:
    """Build and load the trainer with Spark as well; return its size, as the builder counts it."""
    name, size = _build(images.version, "trainer-spark").strip().split("\t")
    assert name.endswith(f"-trainer-spark:{images.version}"), name
    return size


def _build(version: str, components: str) -> str:
    assert os.environ.get("IMAGE_LOAD"), "IMAGE_LOAD must be a command that takes image archives into the cluster"
    return run([ROOT / "ci" / "images"], VERSION=version, COMPONENTS=components, timeout_s=1800)
