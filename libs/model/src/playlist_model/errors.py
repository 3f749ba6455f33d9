"""What can be wrong with a model store.

ModelError
├── NoModelError          nothing has been published yet
├── PointerError          current.json is there and can't be used
├── ModelNotFoundError    no kept model has the wanted id
├── ModelDamagedError     a file of a model is missing, cut short or changed
├── ModelFormatError      a file is not of this product, or of a newer format
├── StoreLockedError      another trainer holds the folder
└── StoreError            the store as a whole can't be asked
    ├── StoreUnavailableError   may pass: away, slow, overloaded
    ├── StoreRefusedError       will not pass: address, credentials, rights, or a store that can't do what is needed
    └── StoreChangedError       another trainer moved the pointer first
"""


class ModelError(Exception):
    """Base of everything that this package raises about a model store."""


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


class StoreError(ModelError):
    """The store can't be asked, or not in this way: says nothing about the models in it."""


class StoreUnavailableError(StoreError):
    """The store did not answer, or not in time, or answered that it can't just now; the next attempt may be well."""


class StoreRefusedError(StoreError):
    """The store's address, credentials or rights are wrong, or it lacks what publishing needs; retrying won't help."""


class StoreChangedError(StoreError):
    """The pointer is no longer what it was when this change began; nothing was changed, look again."""
