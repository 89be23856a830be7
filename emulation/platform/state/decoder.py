"""Plain data back into objects. Whatever is wrong with it is found before anything is returned."""

from __future__ import annotations

import json
from array import array
from collections import OrderedDict, deque
from collections.abc import Callable
from enum import Enum
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv4Network
from random import Random
from types import FunctionType, MethodType
from typing import Any

from renode_wifi.emulation.platform.state.trust import IDENTIFIER, Known, Untrusted

Node = list[Any]
MAX_DEPTH = 100
"""Of tuples, methods and calls within each other."""
MAX_KEY = 1_000
"""Values that a key consists of, each counted as often as it is met: hashing meets it so often."""
RANDOM_WORDS = 625
TYPECODES = frozenset("bBhHiIlLqQ")


class OtherMake(ValueError):
    """The state is of a board that was composed otherwise."""


class Decoder:
    """data: what `Encoder` returned. known: of the board that restores.

    Raises ValueError, or another error of a value that isn't what it should be.
    """

    def __init__(self, data: memoryview, known: Known) -> None:
        self._known = known
        length = int.from_bytes(data[:4], "little")
        table = _table(bytes(data[4 : 4 + length]))
        if table["make"] != list(known.make):
            raise OtherMake
        self._blocks = data[4 + length :]
        self._unread = len(self._blocks)
        self._classes = [known.find_class(name) for name in table["classes"]]
        self._layouts = [self._layout(entry) for entry in table["layouts"]]
        self._nodes: list[Node] = table["nodes"]
        self._values: list[Any] = [_NOTHING] * len(self._nodes)
        self._finish: list[Callable[[], None]] = []

    def _layout(self, entry: list[Any]) -> tuple[type, tuple[str, ...]]:
        cls, *names = entry
        for name in names:
            if not IDENTIFIER.fullmatch(name) or name.startswith("__"):
                raise Untrusted(f"{name!r} is no attribute of a model")
        return self._classes[cls], tuple(names)

    def decode(self) -> object:
        """The root."""
        nodes, values = self._nodes, self._values
        late: list[tuple[Callable[[Decoder, int, Node], None], int, Node]] = []
        for number, node in enumerate(nodes):
            make = _SHELLS.get(node[0])
            if make is not None:
                values[number] = make(self, node)
        for number in range(len(nodes)):
            self._build(number, 0)
        # Objects before what hashes them, and before what their own methods make of their state.
        for number, node in enumerate(nodes):
            fill = _FILLS.get(node[0])
            if fill is not None:
                fill(self, number, node)
            elif node[0] in _LATE_FILLS:
                late.append((_LATE_FILLS[node[0]], number, node))
        for kinds in ("Zz", "dDs"):
            for fill, number, node in late:
                if node[0] in kinds:
                    fill(self, number, node)
        for finish in self._finish:
            finish()
        return values[0]

    def _value(self, reference: Any) -> Any:
        return self._values[reference[0]] if type(reference) is list else reference

    def _these(self, references: list[Any]) -> list[Any]:
        values = self._values
        return [values[r[0]] if type(r) is list else r for r in references]

    def _block(self, start: int, length: int) -> memoryview:
        if not 0 <= start <= start + length <= len(self._blocks):
            raise ValueError("bytes that are not there")
        self._unread -= length  # Each block is one value's: few bytes must not become many.
        if self._unread < 0:
            raise ValueError("the same bytes again and again")
        return self._blocks[start : start + length]

    def _keys(self, references: list[Any]) -> list[Any]:
        """Values to be hashed, which is soon done."""
        for reference in references:
            if type(reference) is list:
                self._weigh(reference)
        return self._these(references)

    def _weigh(self, reference: Any) -> None:
        left, met = MAX_KEY, [reference]
        while met:
            reference = met.pop()
            if type(reference) is not list:
                continue
            node = self._nodes[reference[0]]
            left -= len(node)
            if left < 0:
                raise ValueError("a key without end")
            hashes: object = type(self._values[reference[0]]).__hash__
            if node[0] in _HASHED_BY_CONTENT or hashes is not object.__hash__:
                met.extend(node[1:])

    # What is complete from the beginning, and what it consists of is so too.

    def _build(self, number: int, depth: int) -> Any:
        value = self._values[number]
        if value is not _NOTHING:
            return value
        if depth > MAX_DEPTH:
            raise ValueError("values within each other, without end")
        node = self._nodes[number]
        value = self._values[number] = _BUILDERS[node[0]](self, node, depth + 1)
        return value

    def _item(self, reference: Any, depth: int) -> Any:
        return self._build(reference[0], depth) if type(reference) is list else reference

    def _tuple(self, node: Node, depth: int) -> tuple[Any, ...]:
        return tuple([self._item(item, depth) for item in node[1:]])

    def _frozenset(self, node: Node, depth: int) -> frozenset[Any]:
        for item in node[1:]:
            self._item(item, depth)
        return frozenset(self._keys(node[1:]))

    def _method(self, node: Node, depth: int) -> MethodType:
        owner, name = self._item(node[1], depth), node[2]
        return MethodType(self._known.find_method(type(owner), name), owner)

    def _partial(self, node: Node, depth: int) -> partial[Any]:
        function = self._item(node[1], depth)
        if not isinstance(function, MethodType | partial):
            raise Untrusted(f"{type(function).__name__} is called by no model")
        count = node[2]
        arguments = [self._item(item, depth) for item in node[3 : 3 + count]]
        rest = [self._item(item, depth) for item in node[3 + count :]]
        half = len(rest) // 2
        return partial(function, *arguments, **dict(zip(rest[:half], rest[half:], strict=True)))

    def _bytes(self, node: Node, depth: int) -> bytes:
        return bytes(self._block(node[1], node[2]))

    def _range(self, node: Node, depth: int) -> range:
        return range(*node[1:])

    def _enum(self, node: Node, depth: int) -> Enum:
        cls = self._classes[node[1]]
        if not issubclass(cls, Enum):
            raise Untrusted(f"{cls} has no members")
        return cls[node[2]]

    def _flags(self, node: Node, depth: int) -> Enum:
        cls = self._classes[node[1]]
        if not issubclass(cls, Enum) or type(node[2]) is not int:
            raise Untrusted(f"{cls} has no members")
        return cls(node[2])

    def _class(self, node: Node, depth: int) -> type:
        return self._classes[node[1]]

    def _fixture(self, node: Node, depth: int) -> object:
        return self._known.fixed[node[1]]

    def _address(self, node: Node, depth: int) -> IPv4Address:
        return IPv4Address(int(node[1]))

    def _network(self, node: Node, depth: int) -> IPv4Network:
        return IPv4Network((int(node[1]), int(node[2])))

    # What is made empty, so that anything can refer to it, and filled when all is made.

    def _new(self, node: Node) -> Any:
        cls, _ = self._layouts[node[1]]
        return self._instance(cls)

    def _new_of_class(self, node: Node) -> Any:
        return self._instance(self._classes[node[1]])

    @staticmethod
    def _instance(cls: type) -> Any:
        if issubclass(cls, list):
            return list.__new__(cls)
        return object.__new__(cls)

    def _new_deque(self, node: Node) -> deque[Any]:
        return deque(maxlen=node[1])

    def _new_bytearray(self, node: Node) -> bytearray:
        return bytearray(self._block(node[1], node[2]))

    def _new_array(self, node: Node) -> array[Any]:
        if node[1] not in TYPECODES:
            raise ValueError(f"no array of {node[1]!r}")
        made = array(node[1])
        made.frombytes(self._block(node[2], node[3]))
        return made

    def _new_random(self, node: Node) -> Random:
        words = array("I", bytes(self._block(node[3], node[4])))
        if len(words) != RANDOM_WORDS or words[-1] >= RANDOM_WORDS:
            raise ValueError("this is no state of a random source")
        made = Random.__new__(Random)
        made.setstate((node[1], tuple(words), node[2]))
        return made

    def _fill(self, number: int, node: Node) -> None:
        _, names = self._layouts[node[1]]
        self._set(self._values[number], names, node[2:])

    def _set(self, made: Any, names: tuple[str, ...], references: list[Any]) -> None:
        state = dict(zip(names, self._these(references), strict=True))
        own = getattr(made, "__dict__", None)
        if own is not None and not _has_slots(type(made)):
            own.update(state)
            return
        for name, value in state.items():
            object.__setattr__(made, name, value)

    def _fill_list(self, number: int, node: Node) -> None:
        self._values[number].extend(self._these(node[1:]))

    def _fill_deque(self, number: int, node: Node) -> None:
        self._values[number].extend(self._these(node[2:]))

    def _fill_own_list(self, number: int, node: Node) -> None:
        made = self._values[number]
        list.extend(made, self._these(node[3:]))
        self._finish.append(lambda: made.__dict__.update(self._value(node[2])))

    def _restate(self, number: int, node: Node) -> None:
        _, names = self._layouts[node[1]]
        state = dict(zip(names, self._these(node[2:]), strict=True))
        self._restored(self._values[number])(state)

    def _restate_by(self, number: int, node: Node) -> None:
        self._restored(self._values[number])(self._value(node[2]))

    @staticmethod
    def _restored(made: Any) -> Callable[[Any], None]:
        method = getattr(type(made), "__setstate__", None)
        if not isinstance(method, FunctionType):
            raise Untrusted(f"{type(made)} has no state of its own")
        return MethodType(method, made)

    def _fill_dict(self, number: int, node: Node) -> None:
        half = 1 + len(node[1:]) // 2
        keys, items = self._keys(node[1:half]), self._these(node[half:])
        self._values[number].update(zip(keys, items, strict=True))

    def _fill_set(self, number: int, node: Node) -> None:
        self._values[number].update(self._keys(node[1:]))


@lru_cache(maxsize=2)
def _table(text: bytes) -> dict[str, Any]:
    """Nobody changes it. Kept for the core's state and the board's around it: an exploration goes
    back to one snapshot again and again."""
    table: dict[str, Any] = json.loads(text)
    return table


_NOTHING = object()


_slotted: dict[type, bool] = {}


def _has_slots(cls: type) -> bool:
    known = _slotted.get(cls)
    if known is None:
        known = _slotted[cls] = any(vars(base).get("__slots__") for base in cls.__mro__)
    return known


_BUILDERS: dict[str, Callable[[Decoder, Node, int], Any]] = {
    "t": Decoder._tuple,
    "f": Decoder._frozenset,
    "m": Decoder._method,
    "p": Decoder._partial,
    "b": Decoder._bytes,
    "r": Decoder._range,
    "e": Decoder._enum,
    "E": Decoder._flags,
    "c": Decoder._class,
    "x": Decoder._fixture,
    "4": Decoder._address,
    "n": Decoder._network,
}
_SHELLS: dict[str, Callable[[Decoder, Node], Any]] = {
    "o": Decoder._new,
    "Z": Decoder._new,
    "z": Decoder._new_of_class,
    "L": Decoder._new_of_class,
    "l": lambda _, node: [],
    "d": lambda _, node: {},
    "D": lambda _, node: OrderedDict(),
    "s": lambda _, node: set(),
    "q": Decoder._new_deque,
    "B": Decoder._new_bytearray,
    "a": Decoder._new_array,
    "R": Decoder._new_random,
}
_FILLS: dict[str, Callable[[Decoder, int, Node], None]] = {
    "o": Decoder._fill,
    "l": Decoder._fill_list,
    "q": Decoder._fill_deque,
    "L": Decoder._fill_own_list,
}
_LATE_FILLS: dict[str, Callable[[Decoder, int, Node], None]] = {
    "Z": Decoder._restate,
    "z": Decoder._restate_by,
    "d": Decoder._fill_dict,
    "D": Decoder._fill_dict,
    "s": Decoder._fill_set,
}
_HASHED_BY_CONTENT = frozenset("tf")
KINDS = _BUILDERS.keys() | _SHELLS.keys()
