"""What can be wrong with a model folder.

ModelError
├── NoModelError          nothing has been published yet
├── PointerError          current.json is there and can't be used
├── ModelNotFoundError    no kept model has the wanted id
├── ModelDamagedError     a file of a model is missing, cut short or changed
├── ModelFormatError      a file is not of this product, or of a newer format
└── StoreLockedError      another trainer holds the folder
"""


class ModelError(Exception):
    """Base of everything that this package raises about a model folder."""


class NoModelError(ModelError):
    """No model has been published in the folder; not raised when one was and can't be read."""


class PointerError(ModelError):
    """``current.json`` exists and is not a pointer, or its model has another manifest than it names."""


class ModelNotFoundError(ModelError):
    """A model was asked for by an id that is not among the kept ones."""


class ModelDamagedError(ModelError):
    """A file of a model is missing, truncated or not what was published."""


class ModelFormatError(ModelError):
    """A manifest or an array is foreign, or of a format version that this reader does not know."""


class StoreLockedError(ModelError):
    """Another trainer held the folder's lock for longer than the caller was willing to wait."""
