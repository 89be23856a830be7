"""A machine's state as bytes, and back into the same objects.

A snapshot is a head (what it is, its version, a digest of the rest) and the state as data: see
`state/`. It is read as a whole before anything of the machine changes.
"""

from __future__ import annotations

import hashlib
from typing import Any

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.garbage import all_stays
from renode_wifi.emulation.platform.state.decoder import Decoder, OtherMake
from renode_wifi.emulation.platform.state.encoder import Encoder
from renode_wifi.emulation.platform.state.trust import Known, Untrusted

MAGIC = b"renode-wifi snapshot\n"
VERSION = 2
DIGEST = 32
HEAD = len(MAGIC) + 2 + DIGEST

State = dict[str, Any]
TAKE_AGAIN = "take it again with this version"


def dump(state: State, known: Known) -> bytes:
    """known: of the board that is saved. Raises RenodeWifiError."""
    try:
        body = Encoder(known).encode(state)
    except Untrusted as error:
        raise RenodeWifiError(
            f"the board cannot be saved: {error}", cure="remove what is not a model of the package"
        ) from error
    return b"".join((MAGIC, VERSION.to_bytes(2, "little"), _digest(body), body))


def load(data: bytes, known: Known) -> State:
    """What `dump` was given. Raises RenodeWifiError; nothing has changed then."""
    view = memoryview(data)
    if view[: len(MAGIC)] != MAGIC:
        raise RenodeWifiError("this is not a snapshot", cure="give a file that Save wrote")
    version = int.from_bytes(view[len(MAGIC) : len(MAGIC) + 2], "little")
    if version != VERSION:
        raise RenodeWifiError(f"the snapshot is of version {version}", cure=TAKE_AGAIN)
    body = view[HEAD:]
    if view[HEAD - DIGEST : HEAD] != _digest(body):
        raise RenodeWifiError("the snapshot is damaged", cure="take it again")
    try:
        with all_stays():
            state = Decoder(body, known).decode()
    except OtherMake:
        raise RenodeWifiError(
            "the snapshot is of another board, world or version",
            cure="restore it on a board composed by the same script",
        ) from None
    except Exception as error:
        # Whatever a value that isn't what it should be leads to.
        raise RenodeWifiError(
            f"the snapshot cannot be read: {error or type(error).__name__}", cure=TAKE_AGAIN
        ) from error
    if not isinstance(state, dict):
        raise RenodeWifiError("the snapshot holds no board", cure=TAKE_AGAIN)
    return state


def _digest(body: bytes | memoryview) -> bytes:
    return hashlib.sha256(body).digest()
