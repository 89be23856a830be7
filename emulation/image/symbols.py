"""Names of an image's functions and variables."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_UNSIZED = 1024
"""Bytes of a function of unknown size, as assemblers leave them without `.size`."""


@dataclass(frozen=True)
class Symbol:
    name: str
    address: int
    size: int
    is_function: bool


class Symbols:
    """Names of an image: by name, and the function around an address."""

    def __init__(self, symbols: Iterable[Symbol]) -> None:
        self._all = list(symbols)
        self._by_name: dict[str, Symbol] = {}
        for symbol in self._all:
            self._by_name.setdefault(symbol.name, symbol)
        self._functions = list(_without_labels(self._all))
        self._starts = [symbol.address for symbol in self._functions]

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._all)

    def get(self, name: str) -> Symbol | None:
        return self._by_name.get(name)

    def at(self, address: int) -> tuple[Symbol, int] | None:
        """The function that contains `address`, and how far into it."""
        address &= ~1
        index = bisect.bisect_right(self._starts, address) - 1
        if index < 0:
            return None
        symbol = self._functions[index]
        offset = address - symbol.address
        # Up to the next function, where the size is not known.
        if offset >= (symbol.size or MAX_UNSIZED):
            return None
        return symbol, offset

    def function_at(self, address: int) -> str:
        """Name of the function around it; "" without one."""
        found = self.at(address)
        return "" if found is None else found[0].name

    def describe(self, address: int) -> str:
        """`name+0x12`, or the bare address where no symbol covers it."""
        found = self.at(address)
        if found is None:
            return f"0x{address:08X}"
        symbol, offset = found
        return f"{symbol.name}+0x{offset:X}" if offset else symbol.name


def _without_labels(symbols: Iterable[Symbol]) -> Iterator[Symbol]:
    """Functions by address. What has no size within one that has is a label in it: TI's compiler
    makes each of its own (`$C$L12`) a function."""
    end = 0
    functions = (symbol for symbol in symbols if symbol.is_function)
    for symbol in sorted(functions, key=lambda s: (s.address, s.size)):
        if symbol.size or symbol.address >= end:
            end = max(end, symbol.address + symbol.size)
            yield symbol
