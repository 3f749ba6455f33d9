"""Measurements of the product as its users run it; `python -m tests.bench --list` says what there is."""
