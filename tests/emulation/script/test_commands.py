"""The monitor's own commands."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from renode_wifi.emulation.engines.embedded.engine import new_script
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.members.emulation import time_text
from renode_wifi.emulation.script.monitor import COMMANDS
from tests.emulation.guest import CHIP, counting_monitor, monitor_with

SERIAL = CHIP + "\nusart1: UART.STM32F7_USART @ sysbus 0x40013800\n    frequency: 80000000\n"


def test_machines_are_created_selected_and_removed() -> None:
    monitor = new_script()
    monitor.execute('mach create; mach create "two"; mach add "three"')
    assert monitor.current.name == "two"
    monitor.execute("mach set 0")
    assert monitor.current.name == "machine-0"
    assert monitor.execute("mach") == (
        "Current machine: machine-0\n  0: machine-0\n  1: two\n  2: three"
    )
    monitor.execute('mach rem "machine-0"; mach set "three"; mach rem "two"; mach clear')
    assert monitor.machine is None
    assert monitor.execute("mach") == "Current machine: No machine selected.\n  0: three"


def test_clear_forgets_machines_variables_and_macros(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    monitor.execute("mach clear; $x=1; macro m 'echo 1'; alias a 'echo 2'; mach set 0; Clear")
    assert monitor.execute("mach") == "Current machine: No machine selected."
    for line in ("echo $x", "runMacro $m", "a"):
        with pytest.raises(RenodeWifiError, match="No such"):
            monitor.execute(line)
    assert monitor.execute("mach create; mach") == "Current machine: machine-0\n  0: machine-0"


def test_log_levels_of_devices_last_as_long_as_their_machine(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    before = monitor.execute("logLevel")
    assert " : " not in before
    own = monitor.execute("logLevel 3 cpu; logLevel").removeprefix(before)
    assert own == "\n  machine-0:sysbus.cpu : ERROR"
    levels = monitor.execute('logLevel 2 "machine-0"; logLevel')
    assert "\n  machine-0:sysbus.cpu : WARNING" in levels
    assert "\n  machine-0:sysbus.ram : WARNING" in levels
    assert monitor.execute("Clear; logLevel") == before


def test_sleep_is_virtual_time_once_started(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    monitor.execute("sleep 0.5")
    assert monitor.current.now == 0
    monitor.execute("start; sleep 0.5")
    assert monitor.current.now // 10**6 == 500


def test_small_helpers_of_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOARD_NAME", "mine")
    monitor = counting_monitor(tmp_path)
    assert monitor.execute("next_value; next_value; next_value 10") == "0\n1\n12"
    assert monitor.execute("get_environ BOARD_NAME; get_environ NO_SUCH") == "mine"
    assert monitor.execute("str_contains 'LO' 'hello'; str_contains 'x' 'hello'") == "True\nFalse"
    saved = tmp_path / "memory.bin"
    monitor.execute(
        f"sysbus WriteDoubleWord 0x20000000 0x44434241; dump_file 0x20000000 4 @{saved}"
    )
    assert saved.read_bytes() == b"ABCD"


def test_add_selects_the_first_machine() -> None:
    monitor = new_script()
    monitor.execute('mach add "one"')
    assert monitor.current.name == "one"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('mach create; mach create "machine-0"', "name is already taken"),
        ("mach frob", "Bad parameters for command mach"),
        ('mach add "twoo"; mach set "two"', "Machine two not found"),
        ("peripherals", "No machine selected"),
        ("mach create; peripherals frob", "Bad parameters for command peripherals"),
        ("set a", "Bad parameters"),
        ("execute", "Bad parameters"),
        ("require $nothing", "No such variable"),
        ("require nothing", "Bad parameters"),
        ("path frob", "Bad parameters"),
        ("path add @/nowhere/at/all", "is not a directory"),
        ('if "x"', "Bad parameters"),
        ("include", "Bad parameters"),
        ("include @model.cs", "is C#"),
        ("include @none.resc", "File does not exist: none.resc"),
        ("include @other.py", "Renode's own interpreter"),
        ("using a b", "Bad parameters"),
        ("numbersMode Octal", "Bad parameters"),
        ("Clear all", "Bad parameters"),
        ("log text", "Bad parameters"),
        ("sleep", "Bad parameters"),
        ("sleep soon", "is not a time"),
        ("dump 5", "Bad parameters"),
        ("dump 'x' 5", "Bad parameters"),
        ("dump_file 0 5", "Bad parameters"),
        ("next_value -1", "Bad parameters"),
        ("get_environ", "Bad parameters"),
        ("str_contains 'x'", "Bad parameters"),
        ("help frob", "No such command or device: frob"),
        ("watch 1", "Bad parameters"),
        ("showAnalyzer", "Bad parameters"),
        ("Save", "Bad parameters"),
        ("Load", "Bad parameters"),
        ("Save here", "'Save here': Parameters did not match the signature"),
        ("Load 5", "'Load 5': Parameters did not match the signature"),
        ("lastLog many", "Bad parameters"),
        ("lastLog 1001", "cannot be larger than 1000"),
        ("logFile", "Bad parameters"),
        ("log", "Bad parameters"),
    ],
)
def test_misuse_is_reported(line: str, message: str) -> None:
    with pytest.raises(RenodeWifiError, match=message) as caught:
        new_script().execute(line)
    assert caught.value.cure


def test_start_pause_and_quit() -> None:
    monitor = new_script()
    monitor.execute("mach create; start")
    assert monitor.requests.started
    monitor.execute("pause")
    assert not monitor.requests.started
    monitor.execute("s; q")
    assert not monitor.requests.started
    assert monitor.requests.quit


def test_time_passes_after_a_pause_when_it_is_asked_for(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    monitor.execute('start; pause; emulation RunFor "0.001"')
    assert monitor.execute("currentTime").startswith("Current virtual time: 00:00:00.001")


def test_a_machine_is_paused(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    assert monitor.execute("start; machine IsPaused") == "False"
    assert monitor.execute("machine Pause; machine IsPaused") == "True"
    monitor.execute('mach create "other"')
    with pytest.raises(RenodeWifiError, match="machines are paused together"):
        monitor.execute("machine Pause")


def test_start_with_a_script(tmp_path: Path) -> None:
    (tmp_path / "a.resc").write_text("$x=1")
    monitor = new_script()
    assert monitor.execute(f"start @{tmp_path / 'a.resc'}; echo $x") == "1"
    assert monitor.requests.started


def test_current_time(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    monitor.execute('emulation RunFor "0.001"')
    virtual, real = monitor.execute("currentTime").split("\n")
    assert virtual == "Current virtual time: 00:00:00.001000"
    assert real.startswith("Current real time: 00:00:")
    assert time_text(3_723_000_001_000) == "01:02:03.000001"


def test_save_and_load(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    monitor.execute('emulation RunFor "0.0001"')
    seen = monitor.execute("sysbus ReadDoubleWord 0x20000000")
    monitor.execute(f'Save @{tmp_path}/state; emulation RunFor "0.0001"; Load @{tmp_path}/state')
    assert monitor.execute("sysbus ReadDoubleWord 0x20000000") == seen
    for command in ("Save @/nowhere/state", "Load @/nowhere/state"):
        with pytest.raises(RenodeWifiError, match="/nowhere/state"):
            monitor.execute(command)


def test_include_loads_a_description(tmp_path: Path) -> None:
    (tmp_path / "chip.repl").write_text(CHIP)
    monitor = new_script()
    monitor.execute(f"include @{tmp_path / 'chip.repl'}")
    assert "flash" in monitor.current.peripherals


def test_usings() -> None:
    monitor = new_script()
    assert monitor.execute("using sysbus; using sysbus.spi3.; using sysbus; using") == (
        "sysbus\nsysbus.spi3"
    )
    assert monitor.execute("using -; using") == ""


def test_set_and_execute() -> None:
    monitor = new_script()
    assert monitor.execute('set greeting "echo 1"; execute $greeting; execute echo 2') == "1\n2"


def test_require_passes_what_is_set() -> None:
    assert new_script().execute("$x=1; require $x") == ""


def test_path(tmp_path: Path) -> None:
    monitor = new_script()
    (tmp_path / "found.resc").write_text("echo 1")
    assert monitor.execute(f"path add @{tmp_path}").startswith(
        f"Current 'PATH' value is: {tmp_path};"
    )
    assert monitor.execute("include @found.resc") == "1"
    assert monitor.execute(f"path set @{tmp_path}").endswith(str(tmp_path))
    assert str(tmp_path) not in monitor.execute("path reset")


def test_if_runs_on_a_true_value() -> None:
    monitor = new_script()
    assert monitor.execute('if true "echo 1"; if "False" "echo 2"; if 0 "echo 3"') == "1"


def test_peripherals_as_a_tree() -> None:
    monitor = monitor_with(
        CHIP
        + "a: Miscellaneous.LED @ none\n"
        + "b: Miscellaneous.LED @ port 5\n"
        + "port: GPIOPort.STM32_GPIOPort @ sysbus <0x48000000, +0x400>\n"
    )
    assert monitor.execute("peripherals").split("\n") == [
        "Available peripherals:",
        "  sysbus (SystemBus)",
        "    cpu (CortexM)",
        "    flash (MappedMemory) <0x08000000, 0x08003FFF>, <0x00000000, 0x00003FFF>",
        "    nvic (NVIC)",
        "    port (STM32_GPIOPort) <0x48000000, 0x480003FF>",
        "      b (LED)",
        "    ram (MappedMemory) <0x20000000, 0x20001FFF>",
        "  a (LED)",
    ]


def test_peripherals_are_exported_as_renode_does(tmp_path: Path) -> None:
    monitor = monitor_with(
        CHIP
        + "port: GPIOPort.STM32_GPIOPort @ sysbus <0x48000000, +0x400>\n"
        + "led: Miscellaneous.LED @ port 5\n"
    )
    monitor.execute(f"peripherals export @{tmp_path}/map.json")
    exported = json.loads((tmp_path / "map.json").read_text())
    assert exported["Header"] == "Peripheral Map 1.0"
    assert exported["Root"]["Name"] == "SystemBus"
    children = {child["Alias"]: child for child in exported["Root"]["Children"]}
    assert children["flash"]["Name"] == "MappedMemory"
    assert children["flash"]["Bindings"] == [
        {"Type": "Bus", "Value": 0x0800_0000},
        {"Type": "Bus", "Value": 0},
    ]
    assert children["port"]["Children"] == [
        {"Name": "LED", "Alias": "led", "Bindings": [{"Type": "Null"}], "Children": []}
    ]
    with pytest.raises(RenodeWifiError, match="cannot write"):
        monitor.execute(f"peripherals export @{tmp_path}/nowhere/map.json")


def test_virtual_time_in_renodes_words() -> None:
    monitor = monitor_with()
    monitor.execute('emulation RunFor "1.5"')
    info = monitor.execute("emulation GetTimeSourceInfo").split("\n")
    assert info[0] == "Elapsed Virtual Time: 00:00:01.500000000"
    assert "Quantum: 00:00:00.000100000" in info


def test_analyzers_are_for_serial_ports() -> None:
    monitor = monitor_with(SERIAL)
    monitor.execute('showAnalyzer usart1; sa sysbus.usart1; showAnalyzer "console" usart1')
    assert monitor.requests.analyzers == ["usart1"]
    with pytest.raises(RenodeWifiError, match="No suitable analyzer"):
        monitor.execute("showAnalyzer sysbus.ram")
    with pytest.raises(RenodeWifiError, match="Peripheral not found: uart"):
        monitor.execute("showAnalyzer uart")


def test_watch_shows_at_once_and_is_kept_for_the_terminal() -> None:
    monitor = new_script()
    assert monitor.execute('watch "echo 1" 500') == "1"
    assert monitor.requests.watches == [("echo 1", 500)]


@pytest.fixture
def logged() -> Interpreter:
    monitor = monitor_with(SERIAL)
    log = monitor.current.log
    yield monitor
    for handler in list(log.handlers):
        handler.close()
        log.removeHandler(handler)
    log.filters.clear()
    log.setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("argument", "level"), [("-1", 1), ("0", logging.DEBUG), ("Error", logging.ERROR), ("3", 40)]
)
def test_log_level_of_everything(logged: Interpreter, argument: str, level: int) -> None:
    logged.execute(f"logLevel {argument}")
    assert logged.current.log.level == level


def test_log_level_can_be_seen(logged: Interpreter) -> None:
    logged.execute("logLevel 2")
    assert logged.execute("logLevel") == "Currently set levels: Warning"


def test_log_level_of_one_device(logged: Interpreter, caplog: pytest.LogCaptureFixture) -> None:
    logged.execute("logLevel 3 usart1")
    logged.current.log.warning("usart1: not logged")
    logged.current.log.warning("ram: logged")
    assert [record.getMessage() for record in caplog.records] == ["ram: logged"]


@pytest.mark.parametrize(
    ("line", "message"),
    [("logLevel 9", "not a log level"), ("logLevel 1 nothing", "named: nothing")],
)
def test_log_level_misused(logged: Interpreter, line: str, message: str) -> None:
    with pytest.raises(RenodeWifiError, match=message):
        logged.execute(line)


def test_log_goes_to_a_file(logged: Interpreter, tmp_path: Path) -> None:
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    logged.execute(f'logLevel 1; logFile @{first}; log "one"; log "two" 2; log "three" Error')
    logged.execute(f'logFile @{second} true; log "four"')
    assert first.read_text() == (
        "[INFO] Script: one\n[WARNING] Script: two\n[ERROR] Script: three\n"
    )
    assert second.read_text() == "[INFO] Script: four\n"
    with pytest.raises(RenodeWifiError, match="cannot write"):
        logged.execute("logFile @/nowhere/x.log")


def test_number_format_can_be_seen() -> None:
    assert new_script().execute("numbersMode") == "Current number format: Hexadecimal"


def test_help_lists_every_command_once() -> None:
    listing = new_script().execute("help")
    for name in {entry.name for entry in COMMANDS.values()}:
        assert listing.count(f"\n  {name} ") == 1


def test_help_explains_one() -> None:
    assert new_script().execute("help sa") == (
        'showAnalyzer ["name"] peripheral\n  shows what a UART sends\n  also: sa'
    )


def test_echo_without_line_feed_is_still_a_line() -> None:
    assert new_script().execute('echo -n "x"; echo') == "x\n"
