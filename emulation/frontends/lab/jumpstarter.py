"""A board in Jumpstarter: power, console, reset and load, as an exporter's driver.

    export:
      board:
        type: renode_wifi.emulation.frontends.lab.jumpstarter.RenodeWifi
        config: {board: b_l475e_iot01a, image: /srv/firmware.elf}

The board runs in a process of its own, in real time. Its children are `power` (a PowerClient) and
`serial` (a PySerialClient).

Source: Jumpstarter 0.9, jumpstarter_driver_power and jumpstarter_driver_pyserial, which it needs.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from anyio import connect_tcp
from jumpstarter.client import DriverClient
from jumpstarter.driver import Driver, export, exportstream
from jumpstarter_driver_power.common import PowerReading
from jumpstarter_driver_power.driver import PowerInterface

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.terminals.sockets import LOCALHOST

ENDLESS = "999999999"
PROGRAM = "import sys; from renode_wifi.emulation.frontends.cli import main; sys.exit(main())"


@dataclass(kw_only=True)
class RenodeWifi(Driver):
    """board: its name. image: firmware at power-on, a file of the exporter. world: world file.
    uart: the port of `serial`, the board's console without one."""

    board: str
    image: str = ""
    world: str = ""
    uart: str = ""
    port: int = field(default=0, init=False)
    """Of the console, while the power is on."""
    process: subprocess.Popen[str] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.uart = self.uart or boards.find(self.board).uart
        self.children["power"] = Power(owner=self)
        self.children["serial"] = Serial(owner=self)

    @classmethod
    def client(cls) -> str:
        return "renode_wifi.emulation.frontends.lab.jumpstarter.RenodeWifiClient"

    @export
    def load(self, image: str) -> None:
        """Take an image, a file of the exporter. A board that is on starts anew with it."""
        self.image = image
        self.restart()

    @export
    def press_reset(self) -> None:
        self.restart()

    def restart(self) -> None:
        if self.process is not None:
            self.power_off()
            self.power_on()

    def power_on(self) -> None:
        if self.process is not None:
            return
        if not self.image:
            raise ValueError("the board has no image: load one, or name one in the configuration")
        arguments = ["run", "--board", self.board, "--image", self.image]
        arguments += ["--uart", f"{self.uart}=tcp:0", "--real-time", "--time", ENDLESS]
        if self.world:
            arguments += ["--world", self.world]
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        words = self.process.stderr.readline()
        found = re.search(rf" is on {re.escape(LOCALHOST)}:(\d+)$", words.rstrip())
        if found is None:
            words += self.process.stderr.read()
            self.power_off()
            raise ValueError(words.strip())
        self.port = int(found[1])

    def power_off(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.communicate()
        self.process, self.port = None, 0

    def close(self) -> None:
        self.power_off()
        super().close()


@dataclass(kw_only=True)
class Power(PowerInterface, Driver):
    """The board's supply."""

    owner: RenodeWifi

    @export
    def on(self) -> None:
        self.owner.power_on()

    @export
    def off(self) -> None:
        self.owner.power_off()

    @export
    async def read(self) -> AsyncGenerator[PowerReading, None]:
        """The supply of the board, 3.3 V; its current is not modelled."""
        yield PowerReading(voltage=3.3 if self.owner.process is not None else 0.0, current=0.0)


@dataclass(kw_only=True)
class Serial(Driver):
    """The board's console."""

    owner: RenodeWifi

    @classmethod
    def client(cls) -> str:
        return "jumpstarter_driver_pyserial.client.PySerialClient"

    @exportstream
    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[object, None]:
        if not self.owner.port:
            raise RenodeWifiError("the board is off", cure="call power.on() first")
        async with await connect_tcp(LOCALHOST, self.owner.port) as stream:
            yield stream


class RenodeWifiClient(DriverClient):
    """`power` and `serial` are its children's clients."""

    @property
    def power(self) -> DriverClient:
        return self.children["power"]

    @property
    def serial(self) -> DriverClient:
        return self.children["serial"]

    def load(self, image: str) -> None:
        """Start another image, a file of the exporter."""
        self.call("load", image)

    def reset(self) -> None:
        """Start the board anew."""
        self.call("press_reset")
