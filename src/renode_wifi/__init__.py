"""Two Wi-Fi boards as whole systems, running unmodified firmware images.

    from renode_wifi import Board

    with Board("b_l475e_iot01a", "build/firmware.elf", world="world.yaml") as board:
        print(board.wait_for_line("IP address", timeout=30))

The names below are the Python API; all others are internal and may change. In Robot Framework it is
`Library    renode_wifi.RenodeWifi`, and for suites of `renode-test` the modifier
`renode_wifi.RenodeTest`; in pytest the fixtures `board`, `world` and `uart`.
"""

import importlib
from typing import TYPE_CHECKING

from renode_wifi import moved

if TYPE_CHECKING:
    from renode_wifi.emulation.board.board import Board as Board
    from renode_wifi.emulation.board.console import UartConsole as UartConsole
    from renode_wifi.emulation.board.console import UartLine as UartLine
    from renode_wifi.emulation.board.session import BoardTimeout as BoardTimeout
    from renode_wifi.emulation.board.session import GuestCrash as GuestCrash
    from renode_wifi.emulation.board.session import Snapshot as Snapshot
    from renode_wifi.emulation.errors import RenodeWifiError as RenodeWifiError
    from renode_wifi.emulation.frontends.robot.library import RenodeWifi as RenodeWifi
    from renode_wifi.emulation.frontends.robot.renode_test import RenodeTest as RenodeTest
    from renode_wifi.emulation.image.crash import Crash as Crash
    from renode_wifi.emulation.image.image import Image as Image
    from renode_wifi.emulation.image.load import load_image as load_image
    from renode_wifi.emulation.observers.calls.attach import record_calls as record_calls
    from renode_wifi.emulation.observers.calls.recorder import Call as Call
    from renode_wifi.emulation.observers.calls.recorder import CallRecorder as CallRecorder
    from renode_wifi.emulation.observers.contract.monitor import ContractMonitor as ContractMonitor
    from renode_wifi.emulation.observers.contract.rule import Finding as Finding
    from renode_wifi.emulation.platform.core import Stop as Stop
    from renode_wifi.emulation.suites.qualification import Qualification as Qualification
    from renode_wifi.emulation.suites.unity import Outcome as Outcome
    from renode_wifi.emulation.suites.unity import TestResult as TestResult
    from renode_wifi.peripherals.network.servers.base import TcpServer as TcpServer
    from renode_wifi.peripherals.network.servers.base import UdpServer as UdpServer
    from renode_wifi.peripherals.network.servers.connection import (
        ServerConnection as ServerConnection,
    )
    from renode_wifi.peripherals.network.world import World as World

__version__ = "0.1.0"

_MODULES = {
    "Board": "emulation.board.board",
    "BoardTimeout": "emulation.board.session",
    "Call": "emulation.observers.calls.recorder",
    "CallRecorder": "emulation.observers.calls.recorder",
    "ContractMonitor": "emulation.observers.contract.monitor",
    "Crash": "emulation.image.crash",
    "Finding": "emulation.observers.contract.rule",
    "GuestCrash": "emulation.board.session",
    "Image": "emulation.image.image",
    "Outcome": "emulation.suites.unity",
    "Qualification": "emulation.suites.qualification",
    "RenodeTest": "emulation.frontends.robot.renode_test",
    "RenodeWifi": "emulation.frontends.robot.library",
    "RenodeWifiError": "emulation.errors",
    "ServerConnection": "peripherals.network.servers.connection",
    "Snapshot": "emulation.board.session",
    "Stop": "emulation.platform.core",
    "TcpServer": "peripherals.network.servers.base",
    "TestResult": "emulation.suites.unity",
    "UdpServer": "peripherals.network.servers.base",
    "UartConsole": "emulation.board.console",
    "UartLine": "emulation.board.console",
    "World": "peripherals.network.world",
    "load_image": "emulation.image.load",
    "record_calls": "emulation.observers.calls.attach",
}

__all__ = sorted(_MODULES)

if not TYPE_CHECKING:
    # On demand, so that `import renode_wifi` costs next to nothing.
    def __getattr__(name):
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *__all__})


moved.install(moved.MODULES)
