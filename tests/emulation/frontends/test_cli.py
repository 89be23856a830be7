"""The command line, as a user types it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from renode_wifi.emulation.frontends.cli import main

ROOT = Path(__file__).resolve().parents[3]
BOARD = "b_l475e_iot01a"
PROBE = str(ROOT / "firmware" / "probe" / f"{BOARD}.elf")
SHELL = str(ROOT / "firmware" / "shell" / f"{BOARD}.elf")
TALK = str(ROOT / "firmware" / "talk" / f"{BOARD}.elf")
HOME = str(ROOT / "platforms" / "worlds" / "home.yaml")


def test_boards_are_listed_with_whole_names(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["boards"]) == 0
    output = capsys.readouterr().out
    assert BOARD in output
    assert "cc3220sf_launchxl" in output


def test_image_info_shows_board_vectors_and_segments(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["image", "info", PROBE]) == 0
    output = capsys.readouterr().out
    for part in (f"fits {BOARD}", "on_reset", "0x08000000", "does not fit cc3220sf_launchxl"):
        assert part in output


def test_image_info_of_no_board_is_1(tmp_path: Path) -> None:
    path = tmp_path / "zeros.bin"
    path.write_bytes(bytes(64))
    assert main(["image", "info", str(path), "--base", "0x08000000"]) == 1


def test_world_check_shows_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["world", "check", HOME]) == 0
    assert "echo.home.test" in capsys.readouterr().out


def test_worlds_of_the_package_have_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["world", "check", "<home>"]) == 0
    assert "echo.home.test" in capsys.readouterr().out
    run = ["run", "--board", BOARD, "--image", PROBE, "--world", "<home>", "--time", "0.001"]
    assert main(run) == 0


def test_world_check_shows_line_and_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "world.yaml"
    path.write_text("access_points: [{ssid: x}]\nservers:\n  echo: {tipe: echo, port: 7}\n")
    assert main(["world", "check", str(path)]) == 2
    output = capsys.readouterr().err
    assert "world.yaml:3:" in output
    assert "tipe" in output


def test_run_ends_with_0_at_until_and_keeps_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, report, trace = (tmp_path / name for name in ("uart.txt", "out.json", "trace.jsonl"))
    options = ["--uart-log", str(log), "--json", str(report), "--trace", str(trace)]
    arguments = ["run", "--board", BOARD, "--image", PROBE, "--until", "tcp: ok", *options]
    assert main(arguments) == 0
    assert "tcp: ok" in capsys.readouterr().out
    assert "radio: ok" in log.read_text()
    outcome = json.loads(report.read_text())
    assert outcome["exit_code"] == 0
    assert outcome["traffic"]["sent"] == outcome["traffic"]["received"] > 0
    events = [json.loads(line) for line in trace.read_text().splitlines()]
    assert any(event.get("request") == "I?" for event in events)


def test_run_ends_with_1_when_time_passes_first() -> None:
    arguments = ["run", "--board", BOARD, "--image", PROBE, "--until", "never", "--time", "0.01"]
    assert main(arguments) == 1


def test_run_without_until_ends_with_0() -> None:
    assert main(["run", "--board", BOARD, "--image", PROBE, "--time", "0.01"]) == 0


def test_run_ends_with_3_at_fail_on() -> None:
    assert main(["run", "--board", BOARD, "--image", PROBE, "--fail-on", "probe: b_"]) == 3


@pytest.mark.parametrize(("option", "code"), [("--until", 0), ("--fail-on", 3)])
def test_a_prompt_ends_a_run_when_it_comes(
    option: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["run", "--board", BOARD, "--image", TALK, option, "talk> ", "--time", "30"]) == code
    )
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1].endswith("] talk> ")
    assert " at 0.20" in shown.err


def test_a_line_under_way_is_no_end_of_line() -> None:
    arguments = ["run", "--board", BOARD, "--image", TALK, "--time", "0.4", "--until"]
    assert main([*arguments, "^sec$"]) == 1
    assert main([*arguments, "^second$"]) == 0


def test_run_shows_the_line_that_was_not_ended(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--board", BOARD, "--image", SHELL, "--time", "0.01"]) == 0
    assert "> " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (["run", "--board", "nope", "--image", PROBE], "no board is called"),
        (["run", "--board", "nope", "--image", "nope.elf"], "no board is called"),
        (["qualify", "--board", "nope", "--image", "nope.elf"], "no board is called"),
        (["rnu", "--board", BOARD, "--image", PROBE], "did you mean run?"),
        (["run", "--board", BOARD, "--image", "nowhere.elf"], "nowhere.elf"),
        (["run", "--board", BOARD, "--image", f"{PROBE}@0xZZ"], "'0xZZ' is no address of 32 bits"),
        (["run", "--board", BOARD, "--image", f"{PROBE}@"], "'' is no address of 32 bits"),
        (["run", "--board", BOARD, "--image", str(ROOT / "docs")], "name the program's file"),
        (["run", "--board", BOARD, "--image", PROBE, "--world", "nowhere.yaml"], "nowhere.yaml"),
        (["run", "--board", BOARD, "--image", PROBE, "--until", "("], "regular expression"),
        (["run", "--board", "cc3220sf_launchxl", "--image", PROBE], "--board b_l475e_iot01a"),
        (
            ["run", "--board", BOARD, "--image", PROBE, "--uart-log", "/nowhere/x.txt"],
            "cannot write",
        ),
        (["run", "--board", BOARD, "--image", PROBE, "--json", "/nowhere/x.json"], "cannot write"),
    ],
)
def test_mistakes_are_one_message_and_2(
    arguments: list[str], output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert output in error
    assert "Traceback" not in error


def test_a_report_that_cannot_be_written_is_reported_before_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--board", BOARD, "--image", PROBE, "--json", str(tmp_path)]) == 2
    assert "probe:" not in capsys.readouterr().out


@pytest.mark.parametrize("address", ["-4", "0x100000000", "flash"])
def test_a_base_outside_the_bus_is_refused(address: str) -> None:
    with pytest.raises(SystemExit):
        main(["image", "info", PROBE, f"--base={address}"])


@pytest.mark.parametrize("seconds", ["0", "-1", "soon"])
def test_a_time_that_is_none_is_refused(seconds: str) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--board", BOARD, "--image", PROBE, "--time", seconds])


def test_qualify_reports_that_an_image_is_no_suite(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["qualify", "--board", BOARD, "--image", PROBE, "--time", "2"]
    assert main(arguments) == 5
    assert "no tests" in capsys.readouterr().out


def test_doctor_finds_this_installation(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor"])
    output = capsys.readouterr().out
    assert "ok  embedded engine" in output
    assert "MISSING" not in output


def test_the_monitor_runs_a_board_by_commands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = f"$bin=@{SHELL}\nrunMacro $reset\nshowAnalyzer sysbus.usart1\nrun\nnonsense\nstart\n"
    typed += 'run soon\nmacro twice\n"""\ncurrentTime\n"""\nrun 0.1\nquit\nnever read\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert main(["monitor", BOARD, "-e", "version"]) == 0
    output = capsys.readouterr().out
    assert "paused" in output
    assert "nonsense" in output
    assert "'soon' is not a number of seconds" in output
    assert "shell: b_l475e_iot01a" in output


def test_the_monitor_ends_with_its_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("version"))
    assert main(["monitor"]) == 0


@pytest.mark.parametrize("seconds", ["nan", "0", "soon"])
def test_qualify_refuses_a_time_that_is_none(seconds: str) -> None:
    with pytest.raises(SystemExit):
        main(["qualify", "--board", BOARD, "--image", PROBE, "--test-time", seconds])


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("usart9=pty", "the board has no serial port 'usart9'"),
        ("usart1=file:/nowhere/log", "cannot write /nowhere/log"),
    ],
)
def test_consoles_that_cannot_be_are_named(
    spec: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--board", BOARD, "--image", SHELL, "--uart", spec]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("spec", ["usart1", "=pty", "usart1=tcp", "usart1=stdio:x", "usart1=tcp:x"])
def test_consoles_that_are_not_understood_are_named(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--board", BOARD, "--image", SHELL, "--uart", spec])
    assert "argument --uart" in capsys.readouterr().err


def test_a_console_in_a_file(tmp_path: Path) -> None:
    log = tmp_path / "uart.log"
    log.write_text("older")
    run = ["run", "--board", BOARD, "--image", SHELL, "--uart", f"usart1=file:{log}"]
    assert main([*run, "--time", "0.1"]) == 0
    assert log.read_bytes() == b"shell: b_l475e_iot01a\r\n> "


def test_scripts_before_and_around_a_board(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    board, script = tmp_path / "my board.resc", tmp_path / "my script.resc"
    memory = "extra: Memory.MappedMemory @ sysbus 0x60000000 { size: 0x1000 }"
    board.write_text(
        f'include @platforms/{BOARD}.resc\nmachine LoadPlatformDescriptionFromString "{memory}"\n'
    )
    script.write_text("sysbus WriteDoubleWord 0x60000000 5\nlogLevel 3\n")
    run = ["run", "--board", str(board), "--image", SHELL, "--script", str(script)]
    assert main([*run, "--until", "shell: "]) == 0
    assert main([*run, "--script", str(tmp_path / "none.resc")]) == 2
    assert "File does not exist" in capsys.readouterr().err


def test_a_misspelled_option_is_answered_with_the_right_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", "--board", "b_l475e_iot01a", "--image", "<probe>", "--untill=x"])
    assert caught.value.code == 2
    assert "unrecognized arguments: --untill=x; did you mean --until?" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["image", "info", "x.elf", "--frobnicate-all"])
    assert "arguments: --frobnicate-all\n" in capsys.readouterr().err


def test_choices_are_listed_as_they_are_typed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--board", BOARD, "--image", PROBE, "--on-fault", "explode"])
    error = capsys.readouterr().err
    assert "'report'" in error
    assert "OnFault" not in error
