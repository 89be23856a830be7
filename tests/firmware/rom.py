"""The board without an application, whose core calls functions of the mask ROM."""

from __future__ import annotations

import re

from renode_wifi.emulation.engines.embedded.engine import new_script
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.core import Stop

FIRMWARE = boards.PLATFORMS.parent / "firmware"
ROM = FIRMWARE / "cc3220_rom"
IMAGE = ROM / "cc3220_rom.elf"
API = 0x40C
RETURN = 0x0100_0F00
"""Where the functions return to: a breakpoint in the empty flash."""
BUFFERS = 0x2000_1000
STACK = 0x2003_F000
SECOND = 1_000_000_000
DEFAULT_TIME = 2 * SECOND

AES, DES, SHAMD5, DTHE = 0x4403_7000, 0x4403_9000, 0x4403_5000, 0x4403_0000
UARTA0, TIMERA1, WDT, I2CA0, ADC = 0x4000_C000, 0x4003_1000, 0x4000_0000, 0x4002_0000, 0x4402_E800
GPIOA1, GSPI, SDHOST, I2S, CAMERA = 0x4000_5000, 0x4402_1000, 0x4401_0000, 0x4401_C000, 0x4401_8000


def entries() -> list[tuple[int, int, str]]:
    rows = re.findall(r"ENTRY\((\d+), (\d+), (\w+)\)", (ROM / "entries.h").read_text())
    return [(int(table), int(slot), name) for table, slot, name in rows]


ENTRIES = entries()
PLACES = {name: (table, slot) for table, slot, name in ENTRIES}


class Rom:
    """A board without an application, whose core calls one function after the other."""

    def __init__(self) -> None:
        self.monitor = new_script()
        self.monitor.execute_script(boards.PLATFORMS / "cc3220sf_launchxl.resc")
        self.machine = self.monitor.current
        self.core = self.machine.core
        self.bus = self.machine.bus
        self.traced: list[tuple[str, str, dict[str, object]]] = []
        self.machine.subscribe(self._note)
        self.core.debug.add_breakpoint(RETURN)
        self.next_buffer = BUFFERS
        # The table of vectors is in RAM, as drivers that register handlers need it.
        self.bus.write(0xE000_ED08, 0x2000_0000, 4)

    def _note(self, time: int, source: str, event: str, fields: dict[str, object]) -> None:
        self.traced.append((source, event, fields))

    def pointer(self, table: int, slot: int) -> int:
        functions = self.bus.read(API + 4 * table, 4)
        return self.bus.read(functions + 4 * slot, 4)

    def buffer(self, data: bytes | int) -> int:
        """Memory with `data`, or of so many bytes."""
        content = bytes(data)
        address = self.next_buffer
        self.next_buffer += len(content) + 64 & ~0x3F
        self.bus.write_bytes(address, content)
        return address

    def read(self, address: int, length: int) -> bytes:
        return self.bus.read_bytes(address, length)

    def words(self, address: int, count: int) -> list[int]:
        return [self.bus.read(address + 4 * index, 4) for index in range(count)]

    def start(self, address: int, *arguments: int) -> None:
        for number, argument in enumerate(arguments[:4]):
            self.core.write_register(f"R{number}", argument & 0xFFFFFFFF)
        for number, argument in enumerate(arguments[4:]):
            self.bus.write(STACK + 4 * number, argument & 0xFFFFFFFF, 4)
        self.core.write_register("SP", STACK)
        self.core.write_register("LR", RETURN | 1)
        self.core.write_register("PC", address & ~1)

    def run(self, time: int = DEFAULT_TIME) -> bool:
        """Whether the core came to the breakpoint in time."""
        return self.machine.run(self.machine.now + time) is Stop.BREAKPOINT

    def call(self, name: str, *arguments: int) -> int:
        self.start(self.pointer(*PLACES[name]), *arguments)
        assert self.run(), f"{name} does not return"
        return self.core.read_register("R0")

    def wait(self, time: int) -> None:
        """Let virtual time pass in the ROM's own delay."""
        self.call("UtilsDelay", time * 80 // 3000)
