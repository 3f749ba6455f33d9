"""What can keep an edit from being pushed, and its exit code.

BumpError
├── InputError             exit 64: what was asked for can't be done, and trying again won't help
│   ├── ValuesError        a file of values can't be edited without touching more than the value
│   └── CloneError         the clone doesn't say where to push: no repository, no branch, no upstream
├── GitError               exit 1: git failed
├── UnavailableError       exit 1: the dataset could not be fetched now
└── RefusedError           exit 1: the remote took no push
"""


class BumpError(Exception):
    """Base of everything that is reported in one sentence."""

    exit_code = 1


class InputError(BumpError):
    """An argument, or what it names, can't be used."""

    exit_code = 64


class ValuesError(InputError):
    """The file is not YAML, or the value stands in it in a form that only a person should edit."""


class CloneError(InputError):
    """No repository here, or none with a branch and an upstream."""


class GitError(BumpError):
    """A git command failed: no network, no permission to read, no identity to commit as."""


class UnavailableError(BumpError):
    """The dataset's server, the network or this disk failed, so that trying again later may help."""


class RefusedError(BumpError):
    """The remote refused the push, or others were faster each time."""
