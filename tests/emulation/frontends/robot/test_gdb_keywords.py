"""Debuggers and Robot's keywords; and keywords of Renode's that are refused."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from renode_wifi.emulation.frontends.robot.errors import KeywordException
from renode_wifi.emulation.frontends.robot.keywords.absent import AbsentKeywords
from renode_wifi.emulation.frontends.robot.library import RenodeWifi
from tests.emulation.frontends.gdb.client import Client

NODE = Path(__file__).resolve().parents[4] / "firmware" / "node" / "b_l475e_iot01a.elf"


@pytest.fixture
def keywords() -> Iterator[RenodeWifi]:
    library = RenodeWifi()
    yield library
    library.end_test(None, None)


def test_a_keyword_waits_for_a_debugger_that_then_holds_the_board(keywords: RenodeWifi) -> None:
    keywords.create_board("b_l475e_iot01a", str(NODE))
    port = int(keywords.execute_command("machine StartGdbServer 0").rpartition(":")[2])
    with ThreadPoolExecutor(1) as pool:
        debugger = pool.submit(Client, port)
        keywords.wait_for_gdb_connection(port)
        client = debugger.result(60)
        keywords.wait_for_gdb_connection(port, acceptRunningServer=True)
        answer = pool.submit(client.ask, "D")
        keywords.wait_for_line_on_uart("MQTT connected", timeout=30)
        assert answer.result(60) == "OK"
        client.close()


def test_without_a_server_nothing_is_waited_for(keywords: RenodeWifi) -> None:
    keywords.create_board("b_l475e_iot01a", str(NODE))
    with pytest.raises(KeywordException, match="No GDB server running on port 3333"):
        keywords.wait_for_gdb_connection(3333)


@pytest.mark.parametrize(
    "name", [name for name, _ in inspect.getmembers(AbsentKeywords, inspect.isfunction)]
)
def test_a_keyword_that_is_not_here_says_so(keywords: RenodeWifi, name: str) -> None:
    with pytest.raises(KeywordException, match=r"`[A-Z].*` is not here: .*\n"):
        getattr(keywords, name)()
