"""Images whose names and text are made to be obeyed: by terminals, browsers and readers of XML."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.explore.junit import Case, as_junit
from renode_wifi.emulation.frontends.cli import main
from renode_wifi.emulation.visible import as_html

ROOT = Path(__file__).resolve().parents[3]
FIRMWARE = ROOT / "firmware"
BOARD = "b_l475e_iot01a"
PROBE = str(FIRMWARE / "probe" / f"{BOARD}.elf")
TEXT = "\x1b]0;x\x07<s>\u202e&\x9b"
OBEYED = ("\x1b", "\x07", "\u202e", "\x9b", "<s>")
SUITE = {
    b"\0crashes\0": b"\0\x1b[31m<s\0",
    b"\0unity.c\0": b"\0\x1b[2J<s>\0",
    b"\0on_fault\0": b"\0\xe2\x80\xae<s>\xff\xc2\0",
    b"\0on_reset\0": b"\0\x1b]0;x\x07\xff\xfe\0",
}
"""Symbols and a source file, and what they are called instead."""
TASKS = {b"\0socrates\0": b"\0\x1b[2J<s>\x9b\0", b"\0waits_here\0": b"\0\x1b[2J<s>\xe2\x80\xae\0"}


def changed(image: str, names: dict[bytes, bytes], folder: Path) -> Path:
    data = (FIRMWARE / image).read_bytes()
    for old, new in names.items():
        assert old in data
        assert len(old) == len(new)
        data = data.replace(old, new)
    path = folder / "hostile.elf"
    path.write_bytes(data)
    return path


def harmless(text: str) -> bool:
    return not any(character in text for character in OBEYED)


def test_a_terminal_and_reports_get_names_of_an_image_as_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = str(changed(f"unity/{BOARD}-crashes.elf", SUITE, tmp_path))
    outcome, page, junit = (tmp_path / name for name in ("run.json", "run.html", "suite.xml"))
    board = ["--board", BOARD, "--image", image]
    assert main(["run", *board, "--json", str(outcome), "--report", str(page)]) == 4
    assert main(["qualify", *board, "--junit", str(junit)]) == 4
    assert main(["image", "info", image]) == 0
    output = capsys.readouterr()
    assert "\\x1b[2J<s>:33" in output.err
    assert all(character not in output.out + output.err for character in OBEYED[:-1])
    assert "HardFault" in json.loads(outcome.read_text())["crash"]
    # What is in front of the lanes is ours, and what is behind them.
    own = page.read_text().split("<h2 id=section-lanes>")[0]
    assert "\\x1b[2J&lt;s&gt;:33" in own
    assert harmless(own)
    assert harmless("".join(ElementTree.parse(junit).getroot().itertext()).replace("<s>", ""))


def test_pytest_shows_tasks_and_console_as_text(tmp_path: Path) -> None:
    image = changed("threads/threadx.elf", TASKS, tmp_path)
    (tmp_path / "test_it.py").write_text(
        "def test_it(board):\n    board.wait_for_line('never', 0.2)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
        + ["--rootdir", ".", "--board", BOARD, "--image", str(image), "--artifacts", "kept"],
        cwd=tmp_path,
        capture_output=True,
    )
    report = next(tmp_path.glob("kept/*/report.txt")).read_text()
    for text in (done.stdout.decode(), report):
        assert "waits for mutex left fork" in text
        assert "\\x1b[2J<s>\\u202e" in text
        assert all(character not in text for character in OBEYED[:-1])


def test_an_error_quotes_text_and_a_page_has_no_tags_of_it() -> None:
    assert harmless(str(RenodeWifiError(TEXT, where=TEXT, cure=TEXT)).replace("<s>", ""))
    assert as_html(TEXT) == "\\x1b]0;x\\x07&lt;s&gt;\\u202e&amp;\\x9b"


@pytest.mark.parametrize("text", [TEXT, "\0", "\ud800", "\ufffe\uffff", "]]>", "\x7f\x85"])
def test_any_parser_reads_junit_about_any_text(text: str) -> None:
    report = as_junit(text, [Case(text, text, text, "hang", text, text)]).encode()
    case = ElementTree.fromstring(report).find("testsuite/testcase")
    assert case is not None
    assert case.get("name") == str(RenodeWifiError(text))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["--uart-log", "x"], ["--json", "./x"]),
        (["--json", "x"], ["--contract-report", "x"]),
        (["--trace", "x"], ["--trace-file", "x"]),
        (["--world", "x"], ["--json", "x"]),
        (["--script", "x"], ["--pcap", "x"]),
        (["--symbols", "link"], ["--vcd", "x"]),
    ],
)
def test_no_option_writes_over_the_file_of_another(
    first: list[str],
    second: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x").write_text("mine")
    Path("link").symlink_to("x")
    assert main(["run", "--board", BOARD, "--image", PROBE, *first, *second]) == 2
    assert f"{second[0]} would write over the file of {first[0]}" in capsys.readouterr().err
    assert Path("x").read_text() == "mine"


def test_an_image_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = tmp_path / "suite.bin"
    image.write_bytes(b"mine")
    arguments = ["--board", BOARD, "--image", f"{image}@0x08000000", "--junit", str(image)]
    assert main(["qualify", *arguments]) == 2
    assert "--junit would write over the file of --image" in capsys.readouterr().err
    assert image.read_bytes() == b"mine"


def test_a_device_takes_several_outputs() -> None:
    outputs = ["--json", os.devnull, "--uart-log", os.devnull]
    assert main(["run", "--board", BOARD, "--image", PROBE, "--time", "0.001", *outputs]) == 0
