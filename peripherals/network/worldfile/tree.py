"""YAML with the place of every value kept, so that an error can point at its line.

Only `true` and `false` are truth values and only plain digits are numbers, as in YAML 1.2: with
YAML 1.1's rules an SSID `off` or a BSSID of digits would turn into something else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.late import late_dataclass

Key = str | int
KeyPath = tuple[Key, ...]

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
ENVIRONMENT = "RENODE_WIFI_"
"""Prefix of environment variables that set ${NAME}."""
READ_HERE = ("include", "variables")
"""Keys of the file itself, which are gone from the data."""
MAX_VALUES = 100_000
"""Aliases within aliases make more of a few lines than any memory holds."""
UNHOLDABLE = re.compile("[\0\ud800-\udfff]")


@late_dataclass(frozen=True)
class Mark:
    """A place in a file, counted from 1."""

    file: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@late_dataclass(frozen=True)
class Scalar:
    """A single value as it is written, with variables put in."""

    text: str
    quoted: bool
    folder: Path
    """What a file name is relative to: its world file's folder, or where the user is."""

    @property
    def value(self) -> object:
        """Without a type to go by: text, a number, true, false or None."""
        return self.text if self.quoted else _plain(self.text)


@dataclass
class Tree:
    """Mappings, lists and scalars, with the mark of each value and of each key by its path."""

    data: dict[str, object]
    values: dict[KeyPath, Mark] = field(default_factory=dict)
    keys: dict[KeyPath, Mark] = field(default_factory=dict)
    mistakes: list[RenodeWifiError] = field(default_factory=list)
    """What is wrong before any value is looked at."""
    dropped: set[KeyPath] = field(default_factory=set)
    """Values that are left out, because of one of these mistakes."""

    def mark(self, path: KeyPath, *, key: bool = False) -> Mark:
        """Where a value (or its key) is written; the nearest parent's place for one that isn't."""
        table = self.keys if key and path in self.keys else self.values
        while path not in table and path:
            path = path[:-1]
        return table[path]

    def error(self, path: KeyPath, message: str, cure: str) -> RenodeWifiError:
        """A mistake in the value at `path`."""
        return RenodeWifiError(
            f"{dotted_path(path)}: {message}", where=str(self.mark(path)), cure=cure
        )

    def note(self, message: str, mark: Mark, cure: str) -> None:
        """A mistake with which reading goes on."""
        self.mistakes.append(RenodeWifiError(message, where=str(mark), cure=cure))


def dotted_path(path: KeyPath) -> str:
    """`servers.echo.port`, `access_points[0].ssid`."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if text else key
    return text or "the file"


def load(path: Path, variables: Mapping[str, str], shipped: Path) -> Tree:
    """Read a file and what it includes. shipped: folder of the files that are called `<name>`."""
    path = _named(path.parent, path.name, shipped)
    tree = Tree({})
    tree.values[()] = Mark(path, 1, 1)
    try:
        for file, node in _with_includes(path, shipped, ()):
            _merge(tree, tree.data, node, file, ())
    except RecursionError:
        raise RenodeWifiError(
            "values are nested without end",
            where=str(path),
            cure="close brackets; an alias (*name) must not stand inside what it repeats",
        ) from None
    tree.data.pop("include", None)
    section = tree.data.pop("variables", {})
    if not isinstance(section, dict):
        mark = tree.mark(("variables",))
        tree.note(
            "variables: wants names with values", mark, "write lines such as `PKI: ../pki` below it"
        )
        section = {}
    defaults = {name: value.text for name, value in section.items() if isinstance(value, Scalar)}
    _resolve(tree, tree.data, (), variables, defaults)
    return tree


def _resolve(
    tree: Tree,
    value: Any,
    path: KeyPath,
    given: Mapping[str, str],
    defaults: Mapping[str, str],
) -> Any:
    """Put the values of variables in. What holds one without value is left out."""
    if isinstance(value, dict):
        for key in list(value):
            value[key] = _resolve(tree, value[key], (*path, key), given, defaults)
            if value[key] is None:
                del value[key]
                tree.dropped.add((*path, key))
        return value
    if isinstance(value, list):
        # An item that is left out leaves its place, because marks go by index.
        return [
            _resolve(tree, item, (*path, index), given, defaults)
            for index, item in enumerate(value)
        ]
    text, folder = value.text, value.folder
    for name in VARIABLE.findall(text):
        outside = given.get(name, os.environ.get(ENVIRONMENT + name))
        if outside is not None and value.text.startswith(f"${{{name}}}"):
            folder = Path()
        setting = defaults.get(name) if outside is None else outside
        if setting is None:
            tree.note(
                f"variable ${{{name}}} has no value",
                tree.mark(path),
                f"set the environment variable {ENVIRONMENT}{name}, "
                f"or add `{name}: …` below `variables:`",
            )
            return None
        text = text.replace(f"${{{name}}}", setting)
    # `{port: "${PORT}"}` must be quoted to be YAML, and means a number all the same.
    alone = VARIABLE.fullmatch(value.text) is not None
    return Scalar(text, value.quoted and not alone, folder)


def _with_includes(
    path: Path, shipped: Path, above: tuple[Path, ...]
) -> list[tuple[Path, MappingNode]]:
    """The file after everything it includes, deepest first."""
    node = _compose(path)
    files: list[tuple[Path, MappingNode]] = []
    for key, value in node.value:
        if key.value != "include":
            continue
        names = value.value if isinstance(value, SequenceNode) else [value]
        for entry in names:
            mark = _mark(path, entry)
            if not isinstance(entry, ScalarNode) or UNHOLDABLE.search(entry.value):
                raise RenodeWifiError(
                    "include wants file names", where=str(mark), cure="write a name, or a list"
                )
            target = _named(path.parent, str(entry.value), shipped)
            if target.resolve() in [file.resolve() for file in (*above, path)]:
                raise RenodeWifiError(
                    f"{entry.value} includes itself", where=str(mark), cure="drop this include"
                )
            if not target.is_file():
                raise RenodeWifiError(
                    f"there is no file {target}",
                    where=str(mark),
                    cure="name it relative to this file, or a shipped world as <home>",
                )
            files += _with_includes(target, shipped, (*above, path))
    return [*files, (path, node)]


def _named(folder: Path, name: str, shipped: Path) -> Path:
    if name.startswith("<") and name.endswith(">"):
        return shipped / f"{name[1:-1]}.yaml"
    return folder / name


def _compose(path: Path) -> MappingNode:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RenodeWifiError(
            f"cannot read the file: {error.strerror}",
            where=str(path),
            cure="check the name; worlds of the package are called <home>, <qualification>, …",
        ) from None
    except UnicodeDecodeError as error:
        raise RenodeWifiError(
            f"the file is not UTF-8 text (byte {error.start})",
            where=str(path),
            cure="name a world file, or save it as UTF-8",
        ) from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark
        where = str(path) if place is None else f"{path}:{place.line + 1}:{place.column + 1}"
        raise RenodeWifiError(
            f"this is not YAML: {error.problem or error.context}",
            where=where,
            cure="check indentation, colons and quotes on this line and the one before",
        ) from None
    except yaml.YAMLError as error:
        raise RenodeWifiError(f"this is not YAML: {error}", where=str(path)) from None
    if node is None:
        raise RenodeWifiError(
            "the file is empty", where=str(path), cure="start with `access_points:`"
        )
    if not isinstance(node, MappingNode):
        raise RenodeWifiError(
            "a world file is a mapping of sections",
            where=str(_mark(path, node)),
            cure="start with a line such as `access_points:`",
        )
    return node


def _mark(file: Path, node: Node) -> Mark:
    start = node.start_mark
    return Mark(file, start.line + 1, start.column + 1)


def _merge(
    tree: Tree, target: dict[str, Any], node: MappingNode, file: Path, path: KeyPath
) -> None:
    """Lay a mapping over `target`: mappings join, everything else is replaced."""
    seen: dict[str, Mark] = {}
    for key_node, value_node in node.value:
        mark = _mark(file, key_node)
        if not isinstance(key_node, ScalarNode):
            tree.note("a key must be a plain word", mark, "write it as `key: value`")
            continue
        key = _text(tree, key_node, mark)
        if key in seen:
            tree.note(
                f"key {key!r} is there twice",
                mark,
                f"it is also at line {seen[key].line}; keep one",
            )
            continue
        seen[key] = mark
        here = (*path, key)
        tree.keys[here] = mark
        if isinstance(value_node, MappingNode) and isinstance(target.get(key), dict):
            tree.values[here] = _mark(file, value_node)
            _merge(tree, target[key], value_node, file, here)
        else:
            target[key] = _raw(tree, value_node, file, here)


def _raw(tree: Tree, node: Node, file: Path, path: KeyPath) -> Any:
    mark = tree.values[path] = _mark(file, node)
    if len(tree.values) > MAX_VALUES:
        raise RenodeWifiError(
            f"the file holds more than {MAX_VALUES} values",
            where=str(mark),
            cure="an alias (*name) repeats all that it names: write less of it",
        )
    if isinstance(node, MappingNode):
        data: dict[str, Any] = {}
        _merge(tree, data, node, file, path)
        return data
    if isinstance(node, SequenceNode):
        return [_raw(tree, item, file, (*path, index)) for index, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    return Scalar(_text(tree, node, mark), node.style in ("'", '"', "|", ">"), file.parent)


def _text(tree: Tree, node: ScalarNode, mark: Mark) -> str:
    """What is written there; escapes in quotes could make text that no name or file can hold."""
    text = str(node.value)
    if UNHOLDABLE.search(text):
        tree.note("a NUL or half of a surrogate pair", mark, "write the character itself")
        return UNHOLDABLE.sub("?", text)
    return text


def _plain(text: str) -> Any:
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,30})", text):
        return int(text)
    if re.fullmatch(r"0x[0-9A-Fa-f]+", text):
        return int(text, 16)
    if re.fullmatch(r"[-+]?[0-9]+\.[0-9]+", text):
        return float(text)
    return text
