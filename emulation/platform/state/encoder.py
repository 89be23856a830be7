"""Objects as plain data: a table of nodes that refer to each other by number.

Numbers, texts, truth values and None stand for themselves; `[n]` refers to node n, so that what is
shared stays shared. A node begins with its kind (`KINDS` in decoder.py); bytes are offsets into a
block of their own behind the table.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from json import JSONEncoder
from random import Random
from types import MethodType
from typing import Any

from renode_wifi.emulation.platform.state.trust import Known, Untrusted, name_of

Node = list[Any]
SCALARS = frozenset({int, str, bool, float, type(None)})


class Encoder:
    """known: of the board that is saved."""

    def __init__(self, known: Known) -> None:
        self._known = known
        # By identity. The second value keeps the object, so that no other gets its identity.
        self._fixed = {id(item): name for name, item in known.fixed.items()}
        self._numbers: dict[int, int] = {}
        self._queue: list[Any] = []
        self._layouts: dict[tuple[type, tuple[str, ...]], int] = {}
        self._classes: dict[type, int] = {}
        self._blocks: list[bytes] = []
        self._size = 0

    def encode(self, root: object) -> bytes:
        """The length of the table (4 bytes, little-endian), the table, and the bytes."""
        self._reference(root)
        nodes: list[Node] = []
        encoders = _ENCODERS
        for value in self._queue:  # Grows while it is walked.
            encode = encoders.get(type(value))
            nodes.append(self._other(value) if encode is None else encode(self, value))
        table = {
            "make": list(self._known.make),
            "classes": [name_of(cls) for cls in self._classes],
            "layouts": [[self._classes[cls], *names] for cls, names in self._layouts],
            "nodes": nodes,
        }
        text = _JSON.encode(table).encode("ascii")
        return b"".join((len(text).to_bytes(4, "little"), text, *self._blocks))

    def _reference(self, value: Any) -> Any:
        if type(value) in SCALARS:
            return value
        identity = id(value)
        number = self._numbers.get(identity)
        if number is None:
            number = self._numbers[identity] = len(self._queue)
            self._queue.append(value)
        return [number]

    def _references(self, values: Iterable[Any]) -> list[Any]:
        # `_reference` inlined: a board has some ten thousand values.
        numbers, queue, scalars, found = self._numbers, self._queue, SCALARS, []
        for value in values:
            if type(value) in scalars:
                found.append(value)
                continue
            identity = id(value)
            number = numbers.get(identity)
            if number is None:
                number = numbers[identity] = len(queue)
                queue.append(value)
            found.append([number])
        return found

    def _class(self, cls: type) -> int:
        number = self._classes.get(cls)
        if number is None:
            self._known.find_class(name_of(cls))
            number = self._classes[cls] = len(self._classes)
        return number

    def _layout(self, cls: type, names: tuple[str, ...]) -> int:
        number = self._layouts.get((cls, names))
        if number is None:
            self._class(cls)
            number = self._layouts[cls, names] = len(self._layouts)
        return number

    def _block(self, data: bytes) -> tuple[int, int]:
        start = self._size
        self._blocks.append(data)
        self._size += len(data)
        return start, len(data)

    # Kinds

    def _tuple(self, value: tuple[Any, ...]) -> Node:
        return ["t", *self._references(value)]

    def _list(self, value: list[Any]) -> Node:
        return ["l", *self._references(value)]

    def _dict(self, value: dict[Any, Any]) -> Node:
        return ["d", *self._references(value), *self._references(value.values())]

    def _ordered(self, value: OrderedDict[Any, Any]) -> Node:
        return ["D", *self._references(value), *self._references(value.values())]

    def _set(self, value: set[Any]) -> Node:
        return ["s", *self._references(sorted(value, key=repr))]

    def _frozenset(self, value: frozenset[Any]) -> Node:
        return ["f", *self._references(sorted(value, key=repr))]

    def _deque(self, value: deque[Any]) -> Node:
        return ["q", value.maxlen, *self._references(value)]

    def _bytes(self, value: bytes) -> Node:
        return ["b", *self._block(value)]

    def _bytearray(self, value: bytearray) -> Node:
        return ["B", *self._block(bytes(value))]

    def _array(self, value: array[Any]) -> Node:
        return ["a", value.typecode, *self._block(value.tobytes())]

    def _range(self, value: range) -> Node:
        return ["r", value.start, value.stop, value.step]

    def _random(self, value: Random) -> Node:
        version, words, gauss = value.getstate()
        return ["R", version, gauss, *self._block(array("I", words).tobytes())]

    def _address(self, value: IPv4Address) -> Node:
        return ["4", int(value)]

    def _network(self, value: IPv4Network) -> Node:
        return ["n", int(value.network_address), value.prefixlen]

    def _method(self, value: MethodType) -> Node:
        owner, name = value.__self__, value.__name__
        if self._known.find_method(type(owner), name) is not value.__func__:
            raise Untrusted(f"{value!r} is not a method of its class")
        return ["m", self._reference(owner), name]

    def _partial(self, value: partial[Any]) -> Node:
        names = self._references(value.keywords)
        values = self._references(value.keywords.values())
        arguments = self._references(value.args)
        return ["p", self._reference(value.func), len(arguments), *arguments, *names, *values]

    def _other(self, value: Any) -> Node:
        name = self._fixed.get(id(value))
        if name is not None:
            return ["x", name]
        cls = type(value)
        if isinstance(value, Enum):
            if value.name in cls.__members__:
                return ["e", self._class(cls), value.name]
            return ["E", self._class(cls), value.value]
        if isinstance(value, type):
            return ["c", self._class(value)]
        if not self._known.is_saved(cls):
            raise Untrusted(f"{value!r:.200} cannot be in a snapshot")
        state: Any = value.__getstate__()
        if state is None:
            state = {}
        if isinstance(value, list):
            return ["L", self._class(cls), self._reference(state), *self._references(value)]
        slots: dict[str, Any] = {}
        if isinstance(state, tuple) and len(state) == 2:
            state, slots = state[0] or {}, state[1]
        if not isinstance(state, dict):
            return ["z", self._class(cls), self._reference(state)]
        kind = "Z" if hasattr(cls, "__setstate__") else "o"
        names = (*state, *slots)
        values = (*state.values(), *slots.values())
        return [kind, self._layout(cls, names), *self._references(values)]


_ENCODERS: dict[type, Callable[[Encoder, Any], Node]] = {
    tuple: Encoder._tuple,
    list: Encoder._list,
    dict: Encoder._dict,
    OrderedDict: Encoder._ordered,
    set: Encoder._set,
    frozenset: Encoder._frozenset,
    deque: Encoder._deque,
    bytes: Encoder._bytes,
    bytearray: Encoder._bytearray,
    array: Encoder._array,
    range: Encoder._range,
    Random: Encoder._random,
    IPv4Address: Encoder._address,
    IPv4Network: Encoder._network,
    partial: Encoder._partial,
    MethodType: Encoder._method,
}
_JSON = JSONEncoder(separators=(",", ":"), check_circular=False)
