"""What every block of silicon withstands, whatever software does to it."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine

Access = tuple[str, int, int, int]
"""Kind, number of a register, width in bytes, value."""

Block = tuple[str, Callable[..., Any], dict[str, Any]]
"""Name on the board, class, attributes."""

EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def accesses(special: Sequence[int]) -> st.SearchStrategy[list[Access]]:
    """What software may do. special: values that open doors, such as keys and enables."""
    access = st.tuples(
        st.sampled_from(["read", "write", "write", "wait", "input", "reset"]),
        st.integers(0, 0xFFFF),
        st.sampled_from([1, 2, 4]),
        st.one_of(st.sampled_from(special), st.integers(0, 0xFFFFFFFF)),
    )
    return st.lists(access, max_size=40)


def withstands(machine: BenchMachine, model: Any, done: list[Access], inputs: int) -> None:
    """Carry accesses out; reads fit their width, and the model can be saved afterwards."""
    machine.log = logging.Logger("quiet", logging.CRITICAL)
    words = sorted(model.registers.plan.by_word)
    words.append(max(words, default=-1) + 1)  # Where there is no register.
    for kind, choice, width, value in done:
        offset = 4 * words[choice % len(words)] + value % 4 // width * width
        if kind == "read":
            assert 0 <= model.read(offset, width) < 1 << 8 * width
        elif kind == "write":
            model.write(offset, value & ((1 << 8 * width) - 1), width)
        elif kind == "wait":
            machine.clock.advance(value % 100_000)
        elif kind == "input" and hasattr(model, "on_gpio"):
            model.on_gpio(value % inputs, bool(value & inputs))
        elif kind == "reset":
            model.reset()
    machine.log = logging.getLogger("quiet")
    assert type(pickle.loads(pickle.dumps(model))) is type(model)


def plain_words_are_served_as_read(model: Any) -> None:
    """An engine answers plain reads from the array of values, without asking the model."""
    for word in model.registers.plain_words():
        assert model.read(4 * word, 4) == model.registers.values[word]


def robustness_tests(
    blocks: Sequence[Block],
    special: Sequence[int],
    inputs: int,
    beside: Callable[[BenchMachine], None] = lambda machine: None,
) -> tuple[Callable[..., None], Callable[..., None]]:
    """Two tests of every block of a chip. beside: puts in the machine what blocks look for."""
    each = pytest.mark.parametrize(
        ("name", "make", "attributes"), blocks, ids=[block[0] for block in blocks]
    )

    @each
    @EXAMPLES
    @given(done=accesses(special))
    def no_sequence_of_accesses_upsets_a_block(
        name: str, make: Callable[..., Any], attributes: dict[str, Any], done: list[Access]
    ) -> None:
        machine = BenchMachine()
        beside(machine)
        model = machine.peripherals[name] = make(machine, name, **attributes)
        withstands(machine, model, done, inputs)

    @each
    def plain_words_read_what_an_engine_would_serve(
        name: str, make: Callable[..., Any], attributes: dict[str, Any]
    ) -> None:
        plain_words_are_served_as_read(make(BenchMachine(), name, **attributes))

    return no_sequence_of_accesses_upsets_a_block, plain_words_read_what_an_engine_would_serve
