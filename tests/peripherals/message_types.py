"""What the tests of both radios' messages share."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

from renode_wifi.peripherals.base.handlers import Message


def message_types(package: ModuleType) -> list[type[Message]]:
    """Every class of `package` that parses and emits, by name; not the ones made to be derived."""
    found: set[type[Message]] = set()
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            own = kind.__module__ == module.__name__ and not inspect.isabstract(kind)
            if own and "parse" in dir(kind) and "emit" in dir(kind):
                found.add(kind)
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))
