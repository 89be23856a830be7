"""The Robot keywords, called as Robot calls them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from robot.libdocpkg import LibraryDocumentation

from renode_wifi.emulation.board.session import BoardTimeout, GuestCrash
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.robot.errors import InvalidOperationException
from renode_wifi.emulation.frontends.robot.library import RenodeWifi

ROOT = Path(__file__).resolve().parents[4]
BOARD = "b_l475e_iot01a"
TALK = str(ROOT / "firmware" / "talk" / f"{BOARD}.elf")
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
    assert "shell: b_l475e" in keywords.wait_for_line_on_uart("shell:").Line
    keywords.wait_for_prompt_on_uart(">")
    keywords.write_line_to_uart("nonsense")
    line = keywords.wait_for_line_on_uart("^error .* ms", treatAsRegex=True)
    assert "unknown command" in line.Line
    assert "unknown command" in keywords.get_terminal_tester_report()


def test_a_board_in_one_keyword(keywords: RenodeWifi) -> None:
    assert BOARD in keywords.board_names()
    keywords.create_board(BOARD, SHELL)
    assert keywords.wait_for_next_line_on_uart().Line.startswith("shell:")
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
    with pytest.raises(InvalidOperationException, match="Unexpected entry"):
        keywords.should_not_be_on_uart("shell:", timeout=0.5)
    keywords.should_not_be_on_uart("never", timeout=0.1)


def test_a_failing_string_ends_a_wait(keywords: RenodeWifi) -> None:
    keywords.create_board(BOARD, SHELL)
    keywords.register_failing_uart_string("shell:")
    with pytest.raises(InvalidOperationException, match="Test failing entry"):
        keywords.run_for(0.5)
    keywords.unregister_failing_uart_string("shell:")
    keywords.run_for(0.01)


def test_a_timeout_is_virtual(keywords: RenodeWifi) -> None:
    keywords.create_board(BOARD, SHELL)
    keywords.set_default_uart_timeout(0.2)
    with pytest.raises(InvalidOperationException, match=r"within 0\.2 s"):
        keywords.wait_for_line_on_uart("never")


def test_no_tester_is_an_error(keywords: RenodeWifi) -> None:
    with pytest.raises(RenodeWifiError, match="no testers available"):
        keywords.wait_for_line_on_uart("x")


def test_a_tester_of_the_consoles_own_takes_the_place_of_the_boards(keywords: RenodeWifi) -> None:
    keywords.create_board(BOARD, SHELL)
    keywords.wait_for_line_on_uart("shell:")
    other = keywords.create_terminal_tester("sysbus.usart1", timeout=0.5)
    keywords.wait_for_prompt_on_uart(">", testerId=other)
    keywords.write_char_on_uart("x")
    keywords.write_to_uart("y\r")
    assert "unknown command" in keywords.wait_for_line_on_uart("error").Line
    with pytest.raises(InvalidOperationException, match=r"within 0\.5 s"):
        keywords.wait_for_line_on_uart("never")


def test_qualify_fails_without_a_suite(keywords: RenodeWifi, tmp_path: Path) -> None:
    keywords.create_board(BOARD, SHELL)
    report = tmp_path / "out.json"
    with pytest.raises(AssertionError, match="the time is over"):
        keywords.qualify(json=str(report), time=0.5)
    assert report.exists()


def test_an_engine_that_there_is_not_is_refused_at_the_import() -> None:
    with pytest.raises(RenodeWifiError, match="no engine is called 'engin=renode'"):
        RenodeWifi("engin=renode")


@pytest.mark.parametrize(
    "name", ["renode_wifi.RenodeWifi", "renode_wifi.emulation.robot_library.RenodeWifi"]
)
def test_robot_imports_and_documents_the_library_by_its_name(name: str) -> None:
    found = LibraryDocumentation(name)
    assert found.name == name
    assert {"Create Board", "Wait For Line On Uart"} <= {item.name for item in found.keywords}


def talking(keywords: RenodeWifi) -> None:
    keywords.create_board(BOARD, TALK)
    keywords.create_terminal_tester("sysbus.usart1", timeout=1, defaultWaitForEcho=False)
    keywords.wait_for_prompt_on_uart("talk>")


@pytest.mark.parametrize(
    "let_time_pass",
    [
        lambda k: k.run_for(0.2),
        lambda k: k.should_not_be_on_uart("never", timeout=0.2),
        lambda k: k.test_if_uart_is_idle(0.2),
        lambda k: k.wait_for_line_on_uart("never"),
        lambda k: k.wait_for_pause(0.2),
        lambda k: k.execute_command('emulation RunFor "0.2"'),
        lambda k: k.should_not_be_in_log("never", timeout=0.2),
    ],
)
def test_a_crash_fails_whatever_lets_time_pass(
    keywords: RenodeWifi, let_time_pass: Callable[[RenodeWifi], object]
) -> None:
    talking(keywords)
    keywords.create_log_tester(1)
    keywords.write_line_to_uart("crash")
    keywords.wait_for_next_line_on_uart()
    with pytest.raises(GuestCrash, match=r"talk\.c"):
        let_time_pass(keywords)
    assert keywords.virtual_time() < 0.5


def test_a_crash_can_be_waited_for(keywords: RenodeWifi) -> None:
    talking(keywords)
    keywords.write_line_to_uart("crash")
    assert "HardFault" in keywords.wait_for_crash(1)
    assert keywords.virtual_time() < 0.5


def test_a_crash_is_in_a_state(keywords: RenodeWifi, tmp_path: Path) -> None:
    talking(keywords)
    keywords.write_line_to_uart("crash")
    keywords.wait_for_crash(1)
    keywords.save_state(str(tmp_path / "crashed.save"))
    keywords.load_state(str(tmp_path / "crashed.save"))
    assert keywords.execute_command("sysbus.cpu PC").startswith("0x")
    with pytest.raises(GuestCrash, match=r"HardFault"):
        keywords.run_for(0.1)


def test_a_fault_can_be_let_pass(keywords: RenodeWifi) -> None:
    keywords.create_board(BOARD, TALK, onFault="continue")
    keywords.wait_for_prompt_on_uart("talk>")
    keywords.write_line_to_uart("crash")
    keywords.run_for(1)
    with pytest.raises(BoardTimeout, match="did not crash"):
        keywords.wait_for_crash(0.1)


def test_machines_run_side_by_side(keywords: RenodeWifi) -> None:
    for name in ("one", "two"):
        keywords.execute_command(f'$name="{name}"')
        keywords.execute_command(f"$bin=@{TALK}")
        keywords.execute_script(str(ROOT / "platforms" / f"{BOARD}.resc"))
        keywords.execute_command("runMacro $reset")
    with pytest.raises(RenodeWifiError, match=r"Available machines: \[one, two\]"):
        keywords.create_terminal_tester("sysbus.usart1")
    testers = [keywords.create_terminal_tester("sysbus.usart1", 1, name) for name in ("one", "two")]
    for tester in testers:
        keywords.wait_for_prompt_on_uart("talk>", tester)
    keywords.write_line_to_uart("lines", testers[1])
    assert keywords.wait_for_line_on_uart("alpha", testerId=testers[1]).Line == "alpha"
    with pytest.raises(InvalidOperationException):
        keywords.wait_for_line_on_uart("alpha", timeout=0.1, testerId=testers[0])


def test_a_state_is_provided_for_other_tests(keywords: RenodeWifi) -> None:
    talking(keywords)
    keywords.provides("prompt")
    keywords.provides("again", "Reexecution")
    keywords.end_test(None, None)
    for state in ("prompt", "again"):
        keywords.requires(state)
        before = keywords.virtual_time()
        keywords.write_line_to_uart("lines")
        assert keywords.wait_for_line_on_uart("beta").Timestamp > before * 1000
        keywords.end_test(None, None)
    with pytest.raises(RenodeWifiError, match="nothing not found"):
        keywords.requires("nothing")
    keywords.end_suite(None, None)


def test_states_in_files(keywords: RenodeWifi, tmp_path: Path) -> None:
    talking(keywords)
    keywords.save_state(str(tmp_path / "state"))
    keywords.reset_emulation()
    keywords.load_state(str(tmp_path / "state"))
    keywords.create_terminal_tester("sysbus.usart1", defaultWaitForEcho=False)
    keywords.write_line_to_uart("lines")
    keywords.wait_for_line_on_uart("gamma")


def test_a_pause_is_waited_for(keywords: RenodeWifi) -> None:
    talking(keywords)
    with pytest.raises(RenodeWifiError, match="did not pause"):
        keywords.wait_for_pause(0.1)
    clock = keywords.session.engine.machine.clock  # type: ignore[attr-defined]
    clock.schedule(1_000_000, lambda: keywords.execute_command("pause"))
    keywords.wait_for_pause(0.1)


def test_logs_in_files(keywords: RenodeWifi, tmp_path: Path) -> None:
    talking(keywords)
    keywords.log_to_file(str(tmp_path / "log"))
    keywords.enable_logging_to_cache()
    keywords.execute_command('log "one" 3')
    keywords.save_cached_log(str(tmp_path / "cached"))
    keywords.clear_cached_log()
    keywords.end_suite(None, None)
    assert "one" in (tmp_path / "log").read_text()
    assert "one" in (tmp_path / "cached").read_text()


def test_files_are_fetched(keywords: RenodeWifi, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("content")
    name = keywords.download_file((tmp_path / "file").as_uri())
    assert Path(name).read_text() == "content"
    with pytest.raises(RenodeWifiError, match="Wrong URI"):
        keywords.download_file("ftp:nowhere")
    keywords.end_suite(None, None)
    assert not Path(name).exists()


def test_a_breakpoint_is_waited_for(keywords: RenodeWifi) -> None:
    talking(keywords)
    with pytest.raises(RenodeWifiError, match="hasn't been hit"):
        keywords.run_until_breakpoint(0.01)
    engine = keywords.session.engine
    address = keywords.session.image.symbols.get("wait").address  # type: ignore[union-attr]
    engine.machine.core.debug.add_breakpoint(address)  # type: ignore[attr-defined]
    keywords.write_line_to_uart("lines")
    keywords.run_until_breakpoint(1, address=address & ~1)
    keywords.pc_should_be_equal(address & ~1)


def test_characters_are_typed_with_delays(keywords: RenodeWifi) -> None:
    talking(keywords)
    keywords.write_char_delay(0.1)
    before = keywords.virtual_time()
    keywords.write_to_uart("abc")
    assert keywords.virtual_time() == pytest.approx(before + 0.3, abs=0.01)


def test_what_stands_for_renodes_keyword_file_is_found() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "renode_wifi.emulation.frontends.robot"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()).name == "renode-keywords.robot"


def test_a_wait_starts_the_emulation_as_in_renode(keywords: RenodeWifi) -> None:
    def is_started() -> str:
        return keywords.execute_command("emulation IsStarted")

    keywords.create_board(BOARD, SHELL)
    assert is_started() == "False"
    keywords.wait_for_prompt_on_uart(">", pauseEmulation=True)
    assert is_started() == "False"
    keywords.run_for(0.1)
    assert is_started() == "False"
    keywords.test_if_uart_is_idle(0.001)
    assert is_started() == "True"
    keywords.execute_command("pause")
    keywords.create_log_tester(0, defaultPauseEmulation=True)
    keywords.should_not_be_in_log("never", timeout=0.001)
    assert is_started() == "False"


def test_what_python_raises_has_its_name(keywords: RenodeWifi) -> None:
    for statement, name in (
        ("raise ValueError()", "ValueErrorException: "),
        ('"a', "SyntaxErrorException: "),
        ("nothing", "UnboundNameException: "),
        ("len(1)", "TypeErrorException: object of type 'int'"),
    ):
        with pytest.raises(RenodeWifiError) as caught:
            keywords.execute_python(statement)
        assert str(caught.value).startswith(name)
