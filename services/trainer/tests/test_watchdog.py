"""The memory limit of the container: what each kind of control group says."""

from pathlib import Path

import pytest

from playlist_trainer import watchdog


@pytest.mark.parametrize(
    ("version_2", "version_1", "limit"),
    [
        (None, None, 0),
        ("max\n", None, 0),
        ("1000\n", None, 900),
        (None, "1000\n", 900),
        (None, "9223372036854771712\n", 0),
        ("2000\n", "1000\n", 900),
        ("max\n", "1000\n", 900),
    ],
)
def test_limit_is_nine_tenths_of_what_the_control_group_says(
    version_2: str | None, version_1: str | None, limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = (tmp_path / "memory.max", tmp_path / "memory.limit_in_bytes")
    for path, text in zip(paths, (version_2, version_1), strict=True):
        if text is not None:
            path.write_text(text)
    # The real ones belong to the machine.
    monkeypatch.setattr(watchdog, "_CGROUP_LIMITS", paths)

    assert watchdog._container_limit() == limit
