"""How a process and its child talk: four bytes of length, then so many bytes.

The child says that it is ready, and then answers each text with a sign and the HTML, or a sign and what went wrong.
"""

from __future__ import annotations

import socket
import struct

READY = b"ready"
RENDERED = b"+"
REFUSED = b"-"

_LENGTH = struct.Struct("!I")


def send_frame(to: socket.socket, payload: bytes) -> None:
    to.sendall(_LENGTH.pack(len(payload)) + payload)


def receive_frame(end: socket.socket) -> bytes:
    """The next payload; EOFError when the other side is gone."""
    (length,) = _LENGTH.unpack(_receive_exactly(end, _LENGTH.size))
    return _receive_exactly(end, length)


def _receive_exactly(end: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        part = end.recv(count - len(received))
        if not part:
            raise EOFError
        received += part
    return bytes(received)
