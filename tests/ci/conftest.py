"""One release for all tests of a module that only look at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ci.published import Published, published, registry_in


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A registry's address, and where it keeps its blobs."""
    folder = tmp_path_factory.mktemp("registry")
    with registry_in(folder) as address:
        yield address, folder / "sha256"


@pytest.fixture(scope="module")
def release(registry: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Published:
    return published(*registry, tmp_path_factory.mktemp("release"))
