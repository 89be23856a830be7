"""Files about a run, begun by each front end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.cli import main
from renode_wifi.emulation.frontends.monitor.session import MonitorSession
from renode_wifi.emulation.frontends.robot.library import RenodeWifi

ROOT = Path(__file__).parents[3]
BOARD = "b_l475e_iot01a"
SHELL = ROOT / f"firmware/shell/{BOARD}.elf"
WORLD = "access_points: [{ssid: home}]\n"
RUN = ["run", "--board", BOARD, "--image", str(SHELL), "--time", "0.1"]


@pytest.fixture
def world(tmp_path: Path) -> Path:
    path = tmp_path / "empty.yaml"
    path.write_text(WORLD)
    return path


@pytest.fixture
def keywords() -> Iterator[RenodeWifi]:
    library = RenodeWifi("embedded")
    yield library
    library.end_test(None, None)


def names_in(vcd: Path) -> set[str]:
    words = [line.split() for line in vcd.read_text().splitlines() if line.startswith("$var")]
    return {word[4] for word in words}


def test_the_command_line_records_the_boards_usual_signals(world: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.vcd"
    assert main([*RUN, "--world", str(world), "--vcd", str(file)]) == 0
    assert {"usart1_tx", "spi3_sck", "nss", "ready", "led1", "button"} <= names_in(file)


def test_signals_without_a_file_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RUN, "--signals", "usart1"]) == 2
    assert "give --vcd FILE" in capsys.readouterr().err


def test_the_monitor_records_from_where_it_is_asked_to(world: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.vcd"
    session = MonitorSession(lambda text: None)
    session.carry_out(f"$world=@{world}")
    session.carry_out(f"include @{ROOT}/platforms/{BOARD}.resc")
    session.carry_out(f'wifi_record "vcd" @{file} "led1=gpioPortA.5"')
    with pytest.raises(RenodeWifiError, match="nothing records 'video'"):
        session.carry_out(f'wifi_record "video" @{file}')
    session.close()
    assert names_in(file) == {"led1"}


def test_robot_records_until_the_end_of_the_test(
    keywords: RenodeWifi, world: Path, tmp_path: Path
) -> None:
    file = tmp_path / "run.vcd"
    keywords.create_board(BOARD, str(SHELL), str(world))
    keywords.record_run("vcd", str(file), "usart1")
    keywords.run_for(0.1)
    assert not file.exists()
    keywords.end_test(None, None)
    assert names_in(file) == {"usart1_tx", "usart1_rx"}


def test_pytest_keeps_what_it_recorded_of_a_failed_test(world: Path, tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    test.write_text("def test_it(board):\n    board.run(0.01)\n    assert False\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", str(test)]
    options = ["--board", BOARD, "--world", str(world), "--artifacts", str(tmp_path / "kept")]
    done = subprocess.run(
        [*command, *options, "--record", "vcd,report", "--junit-xml", "junit.xml"],
        capture_output=True,
        cwd=tmp_path,
        text=True,
    )
    assert done.returncode == 1, done.stdout
    assert '<property name="artifacts"' in (tmp_path / "junit.xml").read_text()
    assert list((tmp_path / "kept").rglob("report.html"))
    (file,) = (tmp_path / "kept").rglob("signals.vcd")
    assert "usart1_tx" in names_in(file)


@pytest.mark.skipif(sys.platform == "win32", reason="a file's size has no limit there")
@pytest.mark.parametrize("option", ["--vcd", "--perfetto"])
def test_a_file_that_cannot_be_written_whole_leaves_the_older_one(
    world: Path, tmp_path: Path, option: str
) -> None:
    file = tmp_path / "folder" / "run"
    file.parent.mkdir()
    file.write_text("older")
    program = (
        "import resource, sys; from renode_wifi.emulation.frontends.cli import main;"
        " resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); sys.exit(main(sys.argv[1:]))"
    )
    run = [sys.executable, "-B", "-c", program, *RUN, "--world", world, option, file]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert f"{file}: cannot write: File too large" in done.stderr
    assert [path.name for path in file.parent.iterdir()] == ["run"]
    assert file.read_text() == "older"
