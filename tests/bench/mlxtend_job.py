"""The trainer's job as it is usually written with pandas and mlxtend: read CSV, one-hot, mine pairs, make rules, write.

mlxtend_job.py DATASET.csv OUTPUT.csv MIN_SUPPORT fpgrowth|apriori; prints, as JSON, the number of rules and the seconds
by stage; "mine" takes in making rules, as the trainer's does.
"""

# ruff: noqa: PLC0415 - importing is a stage of its own

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_seconds: dict[str, float] = {}


@contextmanager
def timed(stage: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    _seconds[stage] = round(time.perf_counter() - started, 3)


def main(dataset: str, output: str, min_support: float, algorithm: str) -> None:
    with timed("import"):
        import pandas as pd
        from mlxtend import frequent_patterns
        from mlxtend.preprocessing import TransactionEncoder
    with timed("read"):
        rows = pd.read_csv(dataset, usecols=["pid", "track_name"]).dropna().drop_duplicates()
    with timed("encode"):
        encoder = TransactionEncoder()
        held = encoder.fit_transform(rows.groupby("pid")["track_name"].agg(list))
        table = pd.DataFrame(held, columns=encoder.columns_)
    with timed("mine"):
        itemsets = getattr(frequent_patterns, algorithm)(table, min_support=min_support, max_len=2, use_colnames=True)
        rules = frequent_patterns.association_rules(itemsets, metric="confidence", min_threshold=0.0)
    with timed("write"):
        rules.to_csv(output)
    print(json.dumps({"seconds": _seconds, "rule_count": len(rules)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4])
