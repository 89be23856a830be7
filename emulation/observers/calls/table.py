"""The table of functions, read from `table.yaml`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

PATH = Path(__file__).with_name("table.yaml")
_SIGNATURE = re.compile(r"(?P<arguments>.*?)\s*->\s*(?P<result>\S+)")
_ARGUMENT = re.compile(r"(?P<out>out )?(?P<type>\S+) (?P<name>\S+)")


@dataclass(frozen=True)
class Argument:
    """is_out: the function stores what the argument points to."""

    name: str
    type: str
    is_out: bool


@dataclass(frozen=True)
class Function:
    name: str
    arguments: tuple[Argument, ...]
    result: str


@dataclass(frozen=True)
class Group:
    """when: functions that an image has if these functions are what the table means."""

    name: str
    when: tuple[str, ...]
    functions: tuple[Function, ...]


@dataclass(frozen=True)
class Table:
    """values: names of numbers, by type. options: the type of an option's value, by its name."""

    groups: tuple[Group, ...]
    values: Mapping[str, Mapping[int, str]]
    options: Mapping[str, str]

    def of_image(self, names: Collection[str]) -> list[Function]:
        """The functions that an image with these symbols has."""
        found: dict[str, Function] = {}
        for group in self.groups:
            if all(name in names for name in group.when):
                for function in group.functions:
                    if function.name in names:
                        found.setdefault(function.name, function)
        return list(found.values())


@cache
def read_table(path: Path = PATH) -> Table:
    """Raises ValueError for a signature that is none."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw = yaml.load(path.read_text("utf-8"), loader)
    groups = (
        Group(
            group["name"],
            tuple(group.get("when", ())),
            tuple(_function(name, text) for name, text in group["functions"].items()),
        )
        for group in raw["groups"]
    )
    return Table(tuple(groups), raw["values"], raw["options"])


def _function(name: str, signature: str) -> Function:
    matched = _SIGNATURE.fullmatch(signature)
    if matched is None:
        raise ValueError(f"{name}: {signature!r} is not `type name, … -> type`")
    texts = [text.strip() for text in matched["arguments"].split(",") if text.strip()]
    return Function(name, tuple(_argument(name, text) for text in texts), matched["result"])


def _argument(function: str, text: str) -> Argument:
    matched = _ARGUMENT.fullmatch(text)
    if matched is None:
        raise ValueError(f"{function}: {text!r} is not `type name`")
    return Argument(matched["name"], matched["type"], matched["out"] is not None)
