"""Servers of the user's own: Python classes that a world file names.

They run as part of this program, with all that it may do: a world file with such a server is to be
trusted like a script.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import zlib
from pathlib import Path
from typing import Annotated, Any, Protocol, cast

from renode_wifi.peripherals.network.worldfile.rules import Mistake, ValueRule, text_of
from renode_wifi.peripherals.network.worldfile.tree import Scalar

DESCRIPTION = "FILE.py:CLASS, the file relative to this one, or MODULE:CLASS"
PACKAGE = "renode_wifi_plugin"
"""What the names of modules from files begin with."""


class ServerClass(Protocol):
    """What the world asks of the class; `TcpServer` and `UdpServer` have it."""

    UDP: bool
    """Whether it takes datagrams."""

    def __call__(self, context: object, settings: object) -> object: ...


def read_class(raw: object) -> ServerClass:
    written = text_of(raw)
    place, colon, name = written.rpartition(":")
    if not colon or not place or not name.isidentifier():
        raise ValueError
    folder = raw.folder if isinstance(raw, Scalar) else Path()
    try:
        module = _of_file(folder / place) if place.endswith(".py") else _of_name(place)
    except Mistake:
        raise
    except Exception as error:
        # It is the user's code that fails, in any way.
        raise Mistake(
            f"{place} cannot be imported: {type(error).__name__}: {error}", "mend the module"
        ) from error
    found = getattr(module, name, None)
    if found is None:
        raise Mistake(f"{place} has no class {name}", "check the name behind the colon")
    if not isinstance(found, type) or not hasattr(found, "UDP"):
        raise Mistake(
            f"{name} of {place} is no server",
            "derive it from TcpServer or UdpServer: from renode_wifi import TcpServer",
        )
    return cast(ServerClass, found)


def _of_name(name: str) -> object:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise Mistake(
            f"no module is called {name}", "install it, or name a file: FILE.py:CLASS"
        ) from None


def _of_file(path: Path) -> object:
    """The module of a file: the same one each time, for snapshots refer to it by its name."""
    path = path.resolve()
    name = f"{PACKAGE}_{path.stem}_{zlib.crc32(str(path).encode()):08x}"
    if name in sys.modules:
        return sys.modules[name]
    if not path.is_file():
        raise Mistake(f"there is no file {path}", "names are relative to this file")
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


PlugIn = Annotated[Any, ValueRule(DESCRIPTION, read_class)]
