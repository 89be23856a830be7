"""A machine's state as bytes, and back into the same objects."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping, Sequence

from renode_wifi.emulation.errors import RenodeWifiError

STATE_VERSION = 1

State = dict[str, object]
Fixed = Mapping[str, object]
"""Objects that a snapshot refers to by name: they stay as they are."""


def dump(state: State, fixed: Fixed, models: Sequence[str]) -> bytes:
    """models: names of the board's models, by which `load` knows a board of the same make."""
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, fixed)
    pickler.dump((STATE_VERSION, list(models)))
    pickler.dump(state)
    return buffer.getvalue()


def load(data: bytes, fixed: Fixed, models: Sequence[str]) -> State:
    """What `dump` was given. Raises RenodeWifiError."""
    try:
        unpickler = _Unpickler(io.BytesIO(data), fixed)
        if unpickler.load() != (STATE_VERSION, list(models)):
            raise RenodeWifiError(
                "the snapshot is of another board or version",
                cure="restore it on a board composed by the same script",
            )
        state: State = unpickler.load()
    except (pickle.UnpicklingError, EOFError, ValueError, ImportError, AttributeError) as error:
        raise RenodeWifiError(
            "the snapshot cannot be read", cure="take it again with this version"
        ) from error
    return state


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, fixed: Fixed) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._names = {id(item): name for name, item in fixed.items()}

    def persistent_id(self, obj: object) -> str | None:
        return self._names.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, fixed: Fixed) -> None:
        super().__init__(file)
        self._fixed = fixed

    def persistent_load(self, name: str) -> object:
        try:
            return self._fixed[name]
        except KeyError:
            raise pickle.UnpicklingError(f"no {name} here") from None
