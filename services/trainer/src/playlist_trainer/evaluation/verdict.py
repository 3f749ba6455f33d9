"""What a comparison of two models leads to: pure, so that a kept candidate can be judged anew by another limit."""

from collections.abc import Mapping
from typing import Any

from playlist_model import REJECTED

# Fewer requests than these say too little.
MIN_REQUESTS = 200

ACCEPTED = "accepted"
NOT_JUDGED = "not judged"
_HALF = 0.5


def verdict(figures: Mapping[str, Any], max_recall_drop: float) -> dict[str, str]:
    """Return ``outcome`` and ``reason``.

    Args:
        figures: as ``compared`` returns them.
        max_recall_drop: relative, 0..1; a drop is surely larger when the lower end of its 95 % interval is.
    """
    reasons = [_lost(figures, name) for name in ("playlists", "songs", "coverage")]
    if figures.get("recall_drop_at_least", -1.0) > max_recall_drop:
        reasons.insert(0, (
            f"recall@10 fell from {figures['recall_at_10_of_current']:.3f} to {figures['recall_at_10']:.3f} on the "
            f"same {figures['requests']} requests ({figures['recall_drop']:.0%} less, surely over "
            f"{figures['recall_drop_at_least']:.0%}; allowed are {max_recall_drop:.0%})"
        ))  # fmt: skip
    found = [reason for reason in reasons if reason]
    if found:
        return {"outcome": REJECTED, "reason": "; ".join(found)}
    if "recall_at_10" not in figures:
        return {
            "outcome": NOT_JUDGED,
            "reason": f"both models hold out {figures['requests']} of the same requests, {MIN_REQUESTS} are needed",
        }
    change = f"{-figures['recall_drop']:+.0%}"
    shown = "unchanged" if change in {"+0%", "-0%"} else change
    return {"outcome": ACCEPTED, "reason": f"recall@10 {figures['recall_at_10']:.3f}, {shown} on the same requests"}


def _lost(figures: Mapping[str, Any], name: str) -> str:
    """Return why a figure that fell by more than half is a reason to reject; "" where it did not."""
    new, old = figures.get(name), figures.get(f"{name}_of_current")
    if new is None or old is None or new >= _HALF * old:
        return ""
    shown = (f"{old:.1%}", f"{new:.1%}") if name == "coverage" else (f"{old:,}", f"{new:,}")
    return f"{name} fell by more than half, from {shown[0]} to {shown[1]}"
