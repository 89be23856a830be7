"""Suites of `renode-test` run unchanged."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from robot import run

ROOT = Path(__file__).resolve().parents[4]

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
    assert "3 passed" in outcome(tmp_path, SUITE.format(settings=settings))


TIME = f"""\
*** Test Cases ***
Time Passes As In Renode
    Execute Command    $bin=@{ROOT}/firmware/talk/b_l475e_iot01a.elf
    Execute Command    include @{ROOT}/platforms/b_l475e_iot01a.resc
    Execute Command    runMacro $reset
    Create Terminal Tester    sysbus.usart1
    Start Emulation
    ${{time}}=    Execute Command    emulation GetTimeSourceInfo
    Should Contain    ${{time}}    Elapsed Virtual Time: 00:00:00.01
    Sleep    500ms
    ${{time}}=    Execute Command    emulation GetTimeSourceInfo
    Should Contain    ${{time}}    Elapsed Virtual Time: 00:00:00.51

What Is Typed At Once Arrives
    Execute Command    $bin=@{ROOT}/firmware/shell/b_l475e_iot01a.elf
    Execute Command    include @{ROOT}/platforms/b_l475e_iot01a.resc
    Execute Command    runMacro $reset
    Create Terminal Tester    sysbus.usart1    timeout=1
    Write Line To Uart    nonsense
    Wait For Line On Uart    unknown command
"""


def test_time_passes_between_keywords_where_suites_count_on_it(tmp_path: Path) -> None:
    assert "2 passed" in outcome(tmp_path, TIME)


def outcome(folder: Path, text: str) -> str:
    """What Robot prints of a suite that passes."""
    suite = folder / "suite.robot"
    suite.write_text(text)
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
    return printed.getvalue()
