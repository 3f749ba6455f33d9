"""What can keep the trainer from publishing, and the exit code that says whether trying again can help.

TrainerError
├── InputError                exit 64: the same input will fail again
│   ├── SettingError          a setting is wrong
│   ├── DatasetError          the dataset is not there for us, or not what a dataset is
│   ├── LimitError            the work is larger than a cap or the memory limit allows
│   └── NoRulesError          nothing was learned that the API could answer with
├── RejectedError             exit 65: the gate found the candidate worse than the current model
└── TransientError            exit 1: trying again may help
    └── DatasetUnavailableError   the server, the network or the transfer failed
"""


class TrainerError(Exception):
    """Base of everything that the trainer reports in one sentence and an exit code."""

    exit_code = 1


class InputError(TrainerError):
    """The configuration or the dataset is wrong, so that a retry would fail in the same way."""

    exit_code = 64


class SettingError(InputError):
    """A flag, a setting or a file that a setting names can't be used."""


class DatasetError(InputError):
    """The dataset is missing, forbidden, or not playlists; not raised for what may pass by itself."""


class LimitError(InputError):
    """Mining would go over the itemset cap or the memory limit; the message says what to change."""


class NoRulesError(InputError):
    """No rule was found, so that no request could be answered by one."""


class RejectedError(TrainerError):
    """The candidate is clearly worse than the current model, which stays; the candidate is kept to be looked at."""

    exit_code = 65


class TransientError(TrainerError):
    """Something failed that may be well the next time: a network, a full volume, a held lock."""


class DatasetUnavailableError(TransientError):
    """The dataset could not be fetched whole: DNS, time-out, 408, 429, 5xx, a truncated transfer."""
