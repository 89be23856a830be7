"""The same cases with Renode's keywords and with this package's, where Renode is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from tests import conformance

CASES = ("An LED Blinks", "A Command Goes To A Machine")
"""Some of those of `python -m tests.conformance`, which takes minutes."""


def test_outcomes_are_alike(tmp_path: Path) -> None:
    try:
        conformance.renode_test()
    except RenodeWifiError as error:
        pytest.skip(str(error))
    folders = [tmp_path / name for name in ("renode", "own")]
    for folder in folders:
        folder.mkdir()
    theirs = conformance.with_renode(folders[0], CASES)
    ours = conformance.with_this_package(folders[1], CASES)
    assert theirs.keys() == set(CASES)
    assert conformance.differences(theirs, ours) == []


def test_a_difference_is_named() -> None:
    assert conformance.differences({"a": "PASS", "b": "FAIL"}, {"a": "PASS", "c": "PASS"}) == [
        "b: FAIL with Renode, not run here",
        "c: not run with Renode, PASS here",
    ]
