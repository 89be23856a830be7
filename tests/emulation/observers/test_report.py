"""The page of a run: what is in it, and that it needs nothing beside it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.frontends.recording import record
from renode_wifi.emulation.observers.report.history import Track
from renode_wifi.emulation.observers.report.lanes import MAX_DRAWN, Bar, draw, thinned
from renode_wifi.emulation.observers.timeline.lanes import Lane
from renode_wifi.peripherals.base.clock import SECOND

ROOT = Path(__file__).parents[3]
BOARD = "b_l475e_iot01a"
WORLD = """
access_points: [{ssid: renode-wifi, passphrase: no-board-farm}]
names: {broker.home.test: 10.10.0.3}
servers: {broker: {type: mqtt, address: 10.10.0.3, port: 1883}}
"""


class Page(HTMLParser):
    """Texts of the cells, and everything that the page refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.links: list[str] = []
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_cell = tag == "td"
        names = dict(attrs)
        self.links += [value for key in ("src", "href") if (value := names.get(key))]

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.cells.append(data)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    world = folder / "world.yaml"
    world.write_text(WORLD)
    path = folder / "report.html"
    with Board(BOARD, ROOT / f"firmware/node/{BOARD}.elf", world, engine="embedded") as board:
        record(board, "report", path)
        board.wait_for_line("^published")
        board.world.inject("server-stops", "1 s", server="broker")
        board.run(2)
    return path


def test_it_has_the_console_the_faults_and_what_the_server_saw(file: Path) -> None:
    cells = Page(file.read_text()).cells
    assert any("published" in cell for cell in cells)
    assert any("server-stops" in cell for cell in cells)
    assert any(cell.startswith("mqtt-connect") for cell in cells)


def test_what_has_no_value_is_left_out(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    with Board(BOARD, ROOT / f"firmware/sockets/{BOARD}.elf", engine="embedded") as board:
        record(board, "report", page)
        board.wait_for_line("sockets: ready")
        for command in ("on", "join renode-wifi no-board-farm", "socket", "tls 0"):
            board.write(f"{command}\r")
            board.wait_for_line("^= ")
        board.write("connect 0 10.10.0.1 9012\r")
        board.wait_for_line("^= 0 ")
    cells = Page(page.read_text()).cells
    assert any(cell.startswith("tls version=TLSv1.2 cipher=") for cell in cells)
    assert any(cell.endswith("pvOptionValue=NULL, xOptionLength=0") for cell in cells)
    assert not any("None" in cell for cell in cells)


def test_it_needs_nothing_beside_it(file: Path) -> None:
    links = Page(file.read_text()).links
    assert links
    assert all(link.startswith("#") for link in links)


def test_its_lanes_are_named(file: Path) -> None:
    text = file.read_text()
    for lane in ("radio · ism43362", "servers · broker", "world · faults", "world · wlan"):
        assert lane in text or lane.replace("·", "\\u00b7") in text


def test_what_firmware_prints_is_no_markup() -> None:
    lane = Lane("world", "console")
    page = draw({lane: Track(events=[(1, "<script>alert(1)</script>", {})])}, 10)
    assert "<script>alert" not in page


def test_neighbours_closer_than_a_pixel_are_drawn_as_one() -> None:
    bars = [Bar(time, time + 1, "one") for time in range(0, 100_000, 10)]
    bars.append(Bar(900_000, 900_001, "last"))
    first, last = thinned(bars, 1_000_000)
    assert (first.begin, first.end, first.text) == (0, 99_991, "10000 of them: zoom in")
    assert last.text == "last"
    assert thinned(bars[:MAX_DRAWN], 1_000_000) == bars[:MAX_DRAWN]


def test_what_is_shorter_than_a_pixel_is_as_long_as_that() -> None:
    lane = Lane("tasks", "IDLE")
    page = draw({lane: Track(slices=[(5 * SECOND, 5 * SECOND + 1, "IDLE", {})])}, 10 * SECOND)
    assert '"x":[5.0,5.01,null]' in page


def test_crowded_lanes_are_in_the_page_as_they_are() -> None:
    lane = Lane("tasks", "IDLE")
    track = Track(slices=[(time, time + 1, "IDLE", {}) for time in range(2 * MAX_DRAWN)])
    page = draw({lane: track}, 2 * MAX_DRAWN)
    (crowded,) = json.loads(re.findall(r"const LANES=(.*),TICK", page)[0])
    assert crowded["begin"] == list(range(2 * MAX_DRAWN))
    assert crowded["texts"] == ["IDLE"]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium isn't installed")
def test_chromium_draws_it(file: Path) -> None:
    done = subprocess.run(
        ["chromium", "--headless=new", "--no-sandbox", "--dump-dom", file.as_uri()],
        capture_output=True,
        check=True,
        text=True,
    )
    drawn = done.stdout
    paths = re.findall(r'<path class="js-line"[^>]* d="([^"]*)"', drawn)
    assert sum(path.count("M") for path in paths) > 20
    assert "tasks" in drawn or "radio" in drawn
