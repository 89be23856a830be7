"""The verbs as tools of a server of the Model Context Protocol, over standard input and output."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable

import anyio
from anyio import to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from renode_wifi import __version__
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.mcp.verbs import Verbs

INSTRUCTIONS = """\
An emulated Wi-Fi board that runs an unmodified firmware image. boot starts one; virtual time passes
only while run or wait_for_line do. The same image, world and seed give the same run."""


def serve(verbs: Verbs) -> None:
    """Until standard input ends."""
    server = MCPServer("renode-wifi", instructions=INSTRUCTIONS, version=__version__)
    lock = anyio.Lock()
    for name, _ in inspect.getmembers(Verbs, inspect.isfunction):
        if not name.startswith("_") and name != "close":
            server.tool(name)(_tool(getattr(verbs, name), lock))
    try:
        server.run("stdio")
    finally:
        verbs.close()


def _tool(verb: Callable[..., object], lock: anyio.Lock) -> Callable[..., Awaitable[object]]:
    """One call at a time, in a thread; a mistake is the tool's answer."""

    @functools.wraps(verb)
    async def call(**arguments: object) -> object:
        async with lock:
            try:
                return await to_thread.run_sync(functools.partial(verb, **arguments))
            except RenodeWifiError as error:
                raise ToolError(str(error)) from None

    return call
