"""Dataclasses that are made when they are needed behave as those made at once."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from renode_wifi.peripherals.base.late import FIELDS, late_dataclass


@late_dataclass(frozen=True)
class Point:
    """With a default, and what follows from the fields."""

    x: int
    y: int = 2

    @property
    def sum(self) -> int:
        return self.x + self.y


@late_dataclass(frozen=True)
class Marked(Point):
    marks: tuple[str, ...] = ()


@late_dataclass()
class Counter:
    count: int = 0


def is_made(kind: type) -> bool:
    return isinstance(vars(kind)[FIELDS], dict)


def test_a_class_is_made_by_its_first_instance() -> None:
    @late_dataclass(frozen=True)
    class Fresh:
        value: int

    assert not is_made(Fresh)
    assert Fresh(3).value == 3
    assert is_made(Fresh)


def test_a_class_is_made_by_a_look_at_its_fields() -> None:
    @late_dataclass(frozen=True)
    class Fresh:
        value: int

    assert dataclasses.is_dataclass(Fresh)
    assert [field.name for field in dataclasses.fields(Fresh)] == ["value"]


def test_it_is_compared_and_hashed_by_value() -> None:
    assert Point(1) == Point(1, 2) != Point(2)
    assert hash(Point(1)) == hash(Point(1, 2))
    assert Point(1) != Marked(1)
    assert repr(Marked(1)) == "Marked(x=1, y=2, marks=())"
    assert Counter(1) == Counter(1)


def test_bases_bring_their_fields() -> None:
    @late_dataclass(frozen=True)
    class Below(Marked):
        depth: int = 0

    assert Below(1, 2, ("a",), 4) == Below(x=1, marks=("a",), depth=4)
    assert Below(3, 4).sum == 7


def test_a_frozen_one_refuses_changes() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    counter = Counter()
    counter.count = 2
    assert counter == Counter(2)


def test_a_pattern_matches_it() -> None:
    match Point(1, 5):
        case Point(1, y):
            assert y == 5
        case _:
            pytest.fail("no match")


def test_an_instance_from_a_pickle_makes_its_class() -> None:
    pickled = pickle.dumps(Marked(1, 2, ("a",)))
    program = f"""
import pickle
import subprocess
first, second = pickle.loads({pickled!r}), pickle.loads({pickled!r})
assert first == second and hash(first) == hash(second), (first, second)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.fixture
def switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("switching_often")
def test_threads_wait_for_the_class() -> None:
    wrong: list[object] = []
    for _ in range(100):

        @late_dataclass(frozen=True)
        class Fresh:
            x: int
            marks: tuple[str, ...] = ()

        def use(kind: type[Fresh] = Fresh) -> None:
            try:
                if kind(1) != kind(1):
                    wrong.append("not equal")
            except Exception as error:
                wrong.append(error)

        threads = [threading.Thread(target=use) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
