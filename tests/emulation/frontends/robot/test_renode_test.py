"""Suites of `renode-test` run unchanged."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from robot import run

SUITE = """\
*** Settings ***
{settings}

*** Test Cases ***
Nothing Is Imported Here
    Execute Command    mach create "one"
    ${{folder}}=    Allocate Temporary Directory    logs
    Create File    ${{folder}}/a.txt    text
    Should Not Contain    ${{folder}}    ${{/}}renode-
    Provides    one

Each Test Starts From Nothing
    Execute Command    mach create "one"

Unless It Requires What Another Provides
    Requires    one
    ${{machines}}=    Execute Command    mach
    Should Contain    ${{machines}}    one
"""


@pytest.mark.parametrize("settings", ["", "Resource    ${RENODEKEYWORDS}"])
def test_a_suite_that_imports_nothing_finds_renodes_keywords(settings: str, tmp_path: Path) -> None:
    suite = tmp_path / "suite.robot"
    suite.write_text(SUITE.format(settings=settings))
    printed = StringIO()
    failed = run(
        suite,
        prerunmodifier="renode_wifi.RenodeTest",
        output=None,
        log=None,
        report=None,
        stdout=printed,
        stderr=printed,
    )
    assert failed == 0, printed.getvalue()
    assert "3 passed" in printed.getvalue()
