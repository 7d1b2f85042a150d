"""Ports to listen on soon."""

from __future__ import annotations

import os
import socket
from itertools import count

_FIRST, _MANY = 15_000, 17_000
"""Below what Linux gives to outgoing connections (32768 on): none of those takes a port meanwhile."""
_asked = count(os.getpid() * 97)  # processes that ask at once look in different places


def free_ports(number: int) -> list[int]:
    """Return ports that nobody listens on, never the same twice in one process."""
    tried = (_FIRST + place % _MANY for place in _asked)
    free = filter(_is_free, tried)
    return [next(free) for _ in range(number)]


def free_port() -> int:
    """Return a port that nobody listens on."""
    (port,) = free_ports(1)
    return port


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
