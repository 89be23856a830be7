"""A few sequences of each kind on both; `make differential` runs many more."""

from __future__ import annotations

import random

import pytest

from tests.differential import run, sequences

needs_qemu = pytest.mark.skipif(
    not run.is_available(), reason="qemu-system-arm is missing (Debian: qemu-system-arm)"
)


@needs_qemu
def test_random_sequences_end_alike() -> None:
    assert run.differences(run.Batch.random(300, seed=2026)) == []


@needs_qemu
@pytest.mark.parametrize(
    ("seed", "index"), [(100019, 1452), (100131, 1459), (100148, 492), (5000032, 86)]
)
def test_sequences_that_ended_differently_once_end_alike(seed: int, index: int) -> None:
    """ITSTATE behind MSR within an IT block; FP contexts of unprivileged code."""
    assert run.differences(run.Batch.random(2000, seed).only(index)) == []


def test_both_ways_of_execution_end_alike() -> None:
    batch = run.Batch.random(100, seed=11)
    outcomes = run.on_core(batch, interpret=False)
    assert len(outcomes) == 100
    assert run.on_core(batch, interpret=True) == outcomes


def test_sequences_fit_and_end_with_svc() -> None:
    draw = random.Random(5)
    for _ in range(500):
        code = sequences.sequence(draw)
        assert len(code) == sequences.SIZE
        assert code.endswith(sequences.SVC)
