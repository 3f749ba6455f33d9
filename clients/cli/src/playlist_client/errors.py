"""What can keep the client from an answer, and its exit code.

ClientError
├── RefusedError           exit 1: the API rejected the request
├── UsageError             exit 2: an option, argument or file can't be used
└── UnreachableError       exit 3: nothing that speaks for the product answered
    ├── TimedOutError      no answer, or not all of it, in time
    ├── DroppedError       the connection was cut before the answer was whole
    └── ForeignAnswerError something answered that is not this API
"""


class ClientError(Exception):
    """Base of everything that the client reports in one sentence."""

    exit_code = 1


class RefusedError(ClientError):
    """The API answered with a problem; the message is what it said, ``status`` that of HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class UsageError(ClientError):
    """An option or a file can't be used; not raised for what typer refuses by itself."""

    exit_code = 2


class UnreachableError(ClientError):
    """No connection came about: wrong address, nothing that listens, a certificate that is not trusted."""

    exit_code = 3


class TimedOutError(UnreachableError):
    """The whole answer was not there within the timeout."""


class DroppedError(UnreachableError):
    """The connection was closed or reset before the answer was whole."""


class ForeignAnswerError(UnreachableError):
    """The answer is not JSON, or not of the shape that the API promises."""
