"""The engine for data that one machine can't hold: Spark distributes, Polars reads, numpy counts.

What a task does stands in modules that know nothing of Spark: ``listing``, ``gathering``, ``song_rows``,
``numbering``, ``routing``, ``pair_tasks``. ``learning`` and ``rules`` are the driver's side: which task follows which.
"""
