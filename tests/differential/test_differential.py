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
