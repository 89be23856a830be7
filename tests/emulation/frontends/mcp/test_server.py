"""`renode-wifi mcp`, driven by the protocol's own client over standard input and output."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="pip install 'renode-wifi[mcp]'")

import anyio
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

BOARD = "b_l475e_iot01a"


def talk(folder: Path, conversation: Any) -> None:
    """Start the server and let a client of it converse."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "renode_wifi.emulation", "mcp", "--root", str(folder)]
    )

    async def run() -> None:
        async with Client(stdio_client(server)) as client:
            await conversation(client)

    anyio.run(run)


async def call(client: Client, tool: str, **arguments: Any) -> tuple[bool, str]:
    """Whether it is an error, and the text."""
    result = await client.call_tool(tool, arguments)
    return bool(result.is_error), "".join(getattr(part, "text", "") for part in result.content)


def test_an_agent_boots_waits_breaks_and_looks(tmp_path: Path) -> None:
    async def conversation(client: Client) -> None:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert {"boot", "wait_for_line", "inject_fault", "take_snapshot", "trace"} <= tools
        assert "close" not in tools
        assert await call(client, "boot", board=BOARD, image="<node>") == (
            False,
            f"{BOARD} is at its first instruction; time passes by run and wait_for_line",
        )
        wrong, text = await call(client, "wait_for_line", pattern="MQTT connected", timeout=30)
        assert not wrong
        assert "IP address 10.10.0.50" in text
        await call(client, "take_snapshot")
        await call(client, "stop_server", name="broker")
        assert not (await call(client, "wait_for_line", pattern="connection lost", timeout=5))[0]
        await call(client, "restore_snapshot")
        wrong, text = await call(client, "run", seconds=1.5)
        assert "published 21.5" in text
        assert "connection lost" not in text
        wrong, text = await call(client, "wait_for_line", pattern="never", timeout=0.5)
        assert wrong
        assert "The firmware is at" in text
        assert '"event": "at"' in (await call(client, "trace", event="at", last=3))[1]
        assert "pc" in (await call(client, "registers"))[1]
        assert (await call(client, "boot", board="arduino", image="<node>"))[0]

    talk(tmp_path, conversation)
