"""What can keep the client from an answer, and its exit code.

ClientError
├── RefusedError       exit 1: the server answered, and said no
└── UnreachableError   exit 3: nothing that speaks for the product answered
"""


class ClientError(Exception):
    """Base of everything that the client reports in one sentence."""

    exit_code = 1


class RefusedError(ClientError):
    """The server answered with an error; the message is what it said."""


class UnreachableError(ClientError):
    """No answer came, or one that is not from this API."""

    exit_code = 3
