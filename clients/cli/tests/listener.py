"""A server that takes one connection and says what it was told to."""

import contextlib
import socket
import ssl
import threading


def answering(server: socket.socket, content: bytes, tls: ssl.SSLContext | None = None) -> threading.Thread:
    """Take one connection in a thread, send some bytes into it, and keep it until the other side has gone."""

    def answer() -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            stream = tls.wrap_socket(connection, server_side=True) if tls else connection
            stream.sendall(content)
            while stream.recv(4096):
                pass

    thread = threading.Thread(target=answer)
    thread.start()
    return thread
