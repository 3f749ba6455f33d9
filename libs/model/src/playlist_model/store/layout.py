"""The names that models have in a place, whatever it is.

::

    current.json              which model is current
    models/<model_id>/        manifest.json and the arrays of one model; never changed once it is there
    source.json               what the last look at the dataset found (the trainer's own note)
    status.json               how the last training ended

A reader takes no lock and never sees half a model.
"""

KEEP_MODELS = 3
POINTER, MANIFEST, SOURCE, STATUS = "current.json", "manifest.json", "source.json", "status.json"
