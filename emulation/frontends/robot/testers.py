"""Testers by number, one for each peripheral (Renode 1.16, TestersProvider.cs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from renode_wifi.emulation.frontends.robot.errors import KeywordException

Tester = TypeVar("Tester")


class Testers(Generic[Tester]):
    """keyword: the one that creates such testers."""

    def __init__(self, keyword: str) -> None:
        self._keyword = keyword
        self._names: list[str] = []
        self._testers: list[Tester] = []
        self._default: Tester | None = None

    def create(self, name: str, make: Callable[[], Tester]) -> int:
        """The number of the tester of that peripheral, which is made if there is none."""
        if name not in self._names:
            self._testers.append(make())
            self._names.append(name)
        return self._names.index(name)

    def has(self, name: str) -> bool:
        return name in self._names

    def named(self, name: str) -> Tester:
        return self._testers[self._names.index(name)]

    def replace(self, name: str, tester: Tester) -> int:
        number = self._names.index(name)
        if self._default is self._testers[number]:
            self._default = tester
        self._testers[number] = tester
        return number

    def set_default(self, number: int | None) -> None:
        """The tester that is meant where none is named; None: none is."""
        self._default = None if number is None else self.find(number)

    def find(self, number: int | None) -> Tester:
        if number is not None:
            if not 0 <= number < len(self._testers):
                raise KeywordException(
                    f"Tester for given ID={number} was not found."
                    " Did you forget to create the tester?",
                    f"`{self._keyword}` returns the IDs",
                )
            return self._testers[number]
        if self._default is not None:
            return self._default
        if not self._testers:
            raise KeywordException(
                "There are no testers available.", f"use `{self._keyword}` first"
            )
        if len(self._testers) > 1:
            raise KeywordException(
                "There is more than one tester available"
                " - please specify ID of the desired tester.",
                "give testerId=",
            )
        return self._testers[0]

    def all(self) -> list[Tester]:
        return list(self._testers)

    def clear(self) -> None:
        self._names.clear()
        self._testers.clear()
        self._default = None
