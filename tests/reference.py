"""Tables of docs/ that list code: the Python API, Robot's keywords, the monitor's commands."""

from __future__ import annotations

import enum
import importlib
import inspect
import re
from collections.abc import Callable

import renode_wifi
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.suites.compatibility import cell

MONITOR_DEVICES = ("emulation", "machine", "sysbus", "sysbus.cpu", "sysbus.usart1")
"""Of the board whose members stand for those of all."""
MONITOR_BOARD = "b_l475e_iot01a"


def keywords() -> str:
    """Robot's keywords as libdoc has them."""
    library = importlib.import_module("robot.libdoc").LibraryDocumentation("renode_wifi.RenodeWifi")
    text = "\n| keyword | arguments | what it does |\n|---|---|---|\n"
    for keyword in library.keywords:
        arguments = ", ".join(f"`{argument}`" for argument in keyword.args)
        text += f"| `{keyword.name}` | {cell(arguments)} | {cell(_flowing(keyword.doc))} |\n"
    return text


def api() -> str:
    """What `renode_wifi` exports. Robot's library has a page of its own."""
    names = [name for name in renode_wifi.__all__ if name not in ("RenodeTest", "RenodeWifi")]
    return "".join(_entry(name, getattr(renode_wifi, name)) for name in names)


def _entry(name: str, item: object) -> str:
    """A class with its members, or a function."""
    if isinstance(item, type) and issubclass(item, enum.Enum):
        title, rows = name, [f"| `{each.name}` | {cell(str(each.value))} |" for each in item]
    elif isinstance(item, type):
        title, rows = _title(name, item), _members(item)
    else:
        title, rows = _title(name, item), []
    text = f"\n## {name}\n\n"
    if title != name:
        text += f"```text\n{title}\n```\n\n"
    text += f"{inspect.getdoc(item) or ''}\n"
    if rows:
        text += "\n| member | what it is |\n|---|---|\n" + "\n".join(rows) + "\n"
    return text


def _title(name: str, item: object) -> str:
    assert callable(item)
    return f"{name}{_signature(item)}"


def _signature(item: Callable[..., object]) -> str:
    signature = inspect.signature(item)
    parameters = [each for each in signature.parameters.values() if each.name != "self"]
    bare = [
        each.replace(annotation=inspect.Parameter.empty, default=_Default.of(each.default))
        for each in parameters
    ]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


class _Default:
    """A default as it is written in code."""

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def of(cls, value: object) -> object:
        if value is inspect.Parameter.empty:
            return value
        if isinstance(value, enum.Enum):
            return cls(f"{type(value).__name__}.{value.name}")
        if isinstance(value, type):
            return cls(value.__name__)
        return cls("…") if repr(value).startswith("<") else value

    def __repr__(self) -> str:
        return self._text


def _members(owner: type) -> list[str]:
    """Methods, properties and fields with a docstring, those of its bases too."""
    rows = []
    for name, member in inspect.getmembers(owner):
        if name.startswith("_") or not _is_ours(owner, name):
            continue
        about = inspect.getdoc(member)
        if about and "earlier versions" in about:
            continue
        if about and inspect.isfunction(member):
            rows.append((f"{name}{_signature(member)}", about))
        elif about and isinstance(member, property):
            rows.append((name, about))
    return [f"| `{cell(name)}` | {cell(_flowing(text))} |" for name, text in rows]


def _is_ours(owner: type, name: str) -> bool:
    """Whether a class of this package has the member, and not one of Python's."""
    home = next((base for base in owner.__mro__ if name in vars(base)), object)
    return home.__module__.startswith("renode_wifi.")


def _flowing(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def monitor() -> str:
    """What the monitor knows: commands, and members of devices."""
    engine = EmbeddedEngine.of_board(boards.find(MONITOR_BOARD), None, None)
    script = engine.script
    text = "\n| command | arguments | what it does |\n|---|---|---|\n"
    for name, entry in sorted(script.commands.items(), key=lambda item: item[0].lower()):
        if name == entry.name:
            usage = f"`{cell(entry.usage)}`" if entry.usage else ""
            text += f"| `{name}` | {usage} | {cell(entry.summary)} |\n"
    text += "\n| device | members |\n|---|---|\n"
    for device in MONITOR_DEVICES:
        members = sorted({name for name, _ in script.devices.members(device)}, key=str.lower)
        text += f"| `{device}` | {', '.join(f'`{name}`' for name in members)} |\n"
    engine.close()
    return text
