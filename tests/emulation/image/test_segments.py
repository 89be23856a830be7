"""Bytes at addresses: joined, and refused where they contradict."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.image.segments import Collector, Overlap, Segment, merged

SEGMENTS = st.lists(st.builds(Segment, st.integers(0, 60), st.binary(max_size=12)), max_size=8)


def memory(segments: list[Segment]) -> dict[int, set[int]]:
    """All bytes given for each address."""
    found: dict[int, set[int]] = {}
    for segment in segments:
        for offset, byte in enumerate(segment.data):
            found.setdefault(segment.address + offset, set()).add(byte)
    return found


@given(SEGMENTS)
def test_merging_keeps_every_byte_or_names_a_contradiction(segments: list[Segment]) -> None:
    wanted = {at: values - {0xFF} or {0xFF} for at, values in memory(segments).items()}
    if any(len(values) > 1 for values in wanted.values()):
        with pytest.raises(Overlap) as caught:
            merged(segments)
        assert len(wanted[caught.value.address]) > 1
    else:
        result = merged(segments)
        assert memory(result) == wanted
        assert all(a.end < b.address for a, b in pairwise(result))


@given(SEGMENTS)
def test_a_collector_merges_what_it_was_given(segments: list[Segment]) -> None:
    collector = Collector()
    for segment in segments:
        collector.add(segment.address, segment.data)
    try:
        wanted = merged(segments)
    except Overlap:
        with pytest.raises(Overlap):
            collector.segments()
    else:
        assert collector.segments() == wanted


def test_a_contradiction_names_the_address() -> None:
    with pytest.raises(Overlap, match="two different bytes for 0x00000102"):
        merged([Segment(0x100, b"abc"), Segment(0x102, b"x")])
