"""The Robot keywords, called as Robot calls them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from robot.libdocpkg import LibraryDocumentation

from renode_wifi.emulation.board.session import BoardTimeout
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.robot_library import RenodeWifi

ROOT = Path(__file__).resolve().parents[3]
BOARD = "b_l475e_iot01a"
SHELL = str(ROOT / "firmware" / "shell" / f"{BOARD}.elf")


@pytest.fixture
def keywords() -> Iterator[RenodeWifi]:
    library = RenodeWifi()
    yield library
    library.end_test(None, None)


def test_renodes_own_way_to_start_a_board(keywords: RenodeWifi) -> None:
    keywords.execute_script(str(ROOT / "platforms" / f"{BOARD}.resc"))
    keywords.execute_command(f"$bin=@{SHELL}")
    keywords.execute_command("runMacro $reset")
    keywords.create_terminal_tester("sysbus.usart1", timeout=2)
    keywords.start_emulation()
    assert "shell: b_l475e" in keywords.wait_for_line_on_uart("shell:").text
    keywords.wait_for_prompt_on_uart(">")
    keywords.write_line_to_uart("nonsense")
    line = keywords.wait_for_line_on_uart("^error .* ms", treatAsRegex=True)
    assert "unknown command" in line.text
    assert "unknown command" in keywords.get_terminal_tester_report()


def test_a_board_in_one_keyword(keywords: RenodeWifi) -> None:
    assert BOARD in keywords.board_names()
    keywords.create_board(BOARD, SHELL)
    assert keywords.wait_for_next_line_on_uart().text.startswith("shell:")
    assert 0 < keywords.virtual_time() < 1
    before = keywords.virtual_time()
    keywords.run_for(0.5)
    assert keywords.virtual_time() == pytest.approx(before + 0.5, abs=0.001)
    keywords.test_if_uart_is_idle(0.1)
    assert keywords.get_server("echo").running
    assert keywords.get_world().server("echo").name == "echo"


def test_snapshots_by_name(keywords: RenodeWifi) -> None:
    keywords.create_board(BOARD, SHELL)
    keywords.wait_for_prompt_on_uart(">")
    keywords.take_snapshot("start")
    keywords.write_line_to_uart("nonsense")
    first = keywords.wait_for_line_on_uart("unknown")
    keywords.restore_snapshot("start")
    keywords.write_line_to_uart("nonsense")
    assert keywords.wait_for_line_on_uart("unknown") == first
    with pytest.raises(RenodeWifiError, match="no snapshot 'other'"):
        keywords.restore_snapshot("other")


def test_lines_that_must_not_come(keywords: RenodeWifi) -> None:
    keywords.create_board(BOARD, SHELL)
    with pytest.raises(AssertionError, match="unexpected line"):
        keywords.should_not_be_on_uart("shell:", timeout=0.5)
    keywords.should_not_be_on_uart("never", timeout=0.1)


def test_a_failing_string_ends_a_wait(keywords: RenodeWifi) -> None:
    keywords.create_board(BOARD, SHELL)
    keywords.register_failing_uart_string("shell:")
    with pytest.raises(AssertionError, match="failing line"):
        keywords.run_for(0.5)
    keywords.unregister_failing_uart_string("shell:")
    keywords.run_for(0.01)


def test_a_timeout_is_virtual(keywords: RenodeWifi) -> None:
    keywords.create_board(BOARD, SHELL)
    keywords.set_default_uart_timeout(0.2)
    with pytest.raises(BoardTimeout, match=r"within 0\.2 s"):
        keywords.wait_for_line_on_uart("never")


def test_no_tester_is_an_error(keywords: RenodeWifi) -> None:
    with pytest.raises(RenodeWifiError, match="Create Terminal Tester"):
        keywords.wait_for_line_on_uart("x")


def test_two_testers_and_an_unfinished_line(keywords: RenodeWifi) -> None:
    keywords.create_board(BOARD, SHELL)
    other = keywords.create_terminal_tester("sysbus.usart1")
    keywords.set_default_tester(other)
    keywords.wait_for_prompt_on_uart(">")
    line = keywords.wait_for_line_on_uart(">", includeUnfinishedLine=True)
    assert line.text.startswith(">")
    keywords.write_char_on_uart("x")
    keywords.write_to_uart("y\r")
    assert "unknown command" in keywords.wait_for_line_on_uart("error", testerId=other).text


def test_testers_watch_their_own_machine(keywords: RenodeWifi) -> None:
    for name in ("one", "two"):
        keywords.execute_command(f'$name="{name}"')
        keywords.execute_command(f"$bin=@{SHELL}")
        keywords.execute_script(str(ROOT / "platforms" / f"{BOARD}.resc"))
        keywords.execute_command("runMacro $reset")
    testers = [
        keywords.create_terminal_tester("sysbus.usart1", machine=name) for name in ("one", "two")
    ]
    for tester in testers:
        assert "shell: b_l475e" in keywords.wait_for_line_on_uart("shell:", testerId=tester).text
    keywords.write_line_to_uart("nonsense", testerId=testers[1])
    keywords.wait_for_line_on_uart("unknown command", testerId=testers[1])
    assert "unknown" not in keywords.get_terminal_tester_report(testers[0])
    with pytest.raises(RenodeWifiError, match="several machines"):
        keywords.create_terminal_tester("sysbus.usart1")


def test_qualify_fails_without_a_suite(keywords: RenodeWifi, tmp_path: Path) -> None:
    keywords.create_board(BOARD, SHELL)
    report = tmp_path / "out.json"
    with pytest.raises(AssertionError, match="the time is over"):
        keywords.qualify(json=str(report), time=0.5)
    assert report.exists()


@pytest.mark.parametrize(
    "name", ["renode_wifi.RenodeWifi", "renode_wifi.emulation.robot_library.RenodeWifi"]
)
def test_robot_imports_and_documents_the_library_by_its_name(name: str) -> None:
    found = LibraryDocumentation(name)
    assert found.name == name
    assert {"Create Board", "Wait For Line On Uart"} <= {item.name for item in found.keywords}
