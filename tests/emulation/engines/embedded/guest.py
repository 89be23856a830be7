"""Small guest programs: assembly next to the assertion, machine code committed beside the tests.

`assemble` looks the source up in `guests.json`, so that no toolchain is needed to run the tests.
Where arm-none-eabi-as is on the path every program is assembled afresh and compared, and with
RENODE_WIFI_ASSEMBLE=1 in the environment the committed code is written anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from renode_wifi.emulation.engines.embedded import Core, CrashReport

FLASH = 0x0800_0000
RAM = 0x2000_0000
STACK = 0x2000_8000
RIG = 0x4000_0000
"""Where the `Rig` device is."""

CODE = Path(__file__).with_name("guests.json")
ASSEMBLER = "arm-none-eabi-as"
OBJCOPY = "arm-none-eabi-objcopy"

EXCEPTIONS = [
    "reset",
    "nmi",
    "hardfault",
    "memmanage",
    "busfault",
    "usagefault",
    "-",
    "-",
    "-",
    "-",
    "svc",
    "debugmonitor",
    "-",
    "pendsv",
    "systick",
]
IRQS = 32

PREAMBLE = """
    .syntax unified
    .cpu cortex-m4
    .fpu fpv4-sp-d16
    .thumb
    .equ ICTR, 0xE000E004
    .equ SYST_CSR, 0xE000E010
    .equ SYST_RVR, 0xE000E014
    .equ SYST_CVR, 0xE000E018
    .equ SYST_CALIB, 0xE000E01C
    .equ ISER0, 0xE000E100
    .equ ICER0, 0xE000E180
    .equ ISPR0, 0xE000E200
    .equ ICPR0, 0xE000E280
    .equ IABR0, 0xE000E300
    .equ IPR0, 0xE000E400
    .equ CPUID, 0xE000ED00
    .equ ICSR, 0xE000ED04
    .equ VTOR, 0xE000ED08
    .equ AIRCR, 0xE000ED0C
    .equ SCR, 0xE000ED10
    .equ CCR, 0xE000ED14
    .equ SHPR1, 0xE000ED18
    .equ SHPR2, 0xE000ED1C
    .equ SHPR3, 0xE000ED20
    .equ SHCSR, 0xE000ED24
    .equ CFSR, 0xE000ED28
    .equ HFSR, 0xE000ED2C
    .equ MMFAR, 0xE000ED34
    .equ BFAR, 0xE000ED38
    .equ CPACR, 0xE000ED88
    .equ STIR, 0xE000EF00
    .equ FPCCR, 0xE000EF34
    .equ FPCAR, 0xE000EF38
    .equ LOG, 0x40000000
    .equ RAISE, 0x40000010
    .equ LOWER, 0x40000014
    .macro load register, value
        movw \\register, #((\\value) & 0xFFFF)
        movt \\register, #(((\\value) >> 16) & 0xFFFF)
    .endm
    @ put: store a value at an address; get: load from an address. Both use r10 and r11.
    .macro put address, value
        load r10, \\address
        load r11, \\value
        str r11, [r10]
    .endm
    .macro get register, address
        load r10, \\address
        ldr \\register, [r10]
    .endm
    .macro log value
        put LOG, \\value
    .endm
    .macro log_register register
        load r10, LOG
        str \\register, [r10]
    .endm
    .macro log_word address
        get r11, \\address
        log_register r11
    .endm
"""


def _program(source: str) -> str:
    """The source with its vector table: a label named like an exception is its handler."""
    labels = set(re.findall(r"^(\w+):", source, re.MULTILINE))
    handlers = [*EXCEPTIONS, *(f"irq{i}" for i in range(IRQS))]
    vectors = "\n".join(
        f"    .word {name if name in labels else 'unexpected'} - table + 0x{FLASH | 1:08X}"
        for name in handlers
    )
    return f"""{PREAMBLE}
table:
    .word 0x{STACK:08X}
{vectors}
unexpected:
    load r10, LOG
    mrs r11, ipsr
    movt r11, #0xBAD0
    str r11, [r10]
    b .
    .align 2
{source}
"""


@cache
def _committed() -> dict[str, str]:
    codes: dict[str, str] = json.loads(CODE.read_text()) if CODE.exists() else {}
    return codes


def _assemble_afresh(program: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, linked, code = (Path(folder) / name for name in ("guest.s", "guest.o", "guest.bin"))
        source.write_text(program)
        subprocess.run([ASSEMBLER, "-o", linked, source], check=True)
        subprocess.run([OBJCOPY, "-O", "binary", "-j", ".text", linked, code], check=True)
        return code.read_bytes()


@cache
def assemble(source: str) -> bytes:
    """The image of a guest program, with its vector table, for address FLASH."""
    program = _program(source)
    key = hashlib.sha256(program.encode()).hexdigest()[:16]
    codes = _committed()
    if shutil.which(ASSEMBLER):
        code = _assemble_afresh(program)
        if os.environ.get("RENODE_WIFI_ASSEMBLE"):
            codes[key] = code.hex()
            CODE.write_text(json.dumps(dict(sorted(codes.items())), indent=0) + "\n")
        else:
            assert codes.get(key) == code.hex(), (
                "guests.json is not what the sources assemble to: run the tests with"
                " RENODE_WIFI_ASSEMBLE=1"
            )
        return code
    return bytes.fromhex(codes[key])


ENABLE_IRQS = "    put ISER0, 0xFFFFFFFF\n"


ENABLE_FAULTS = "    put SHCSR, 7 << 16\n"


class Rig:
    """A device under the guest's control.

    0x00: words written are logged, reads give `answer`. 0x10, 0x14: raise or lower the interrupt
    input of that number. 0x18: `calls` its methods by number.
    """

    def __init__(self, core: Core) -> None:
        self.core = core
        self.log: list[int] = []
        self.times: list[int] = []
        self.accesses: list[tuple[str, int, int, int]] = []
        self.answer = 0
        self.actions: dict[int, Any] = {}

    def read(self, offset: int, width: int) -> int:
        self.accesses.append(("read", offset, width, self.answer))
        return self.answer

    def write(self, offset: int, value: int, width: int) -> None:
        if offset == 0:
            self.log.append(value)
            self.times.append(self.core.now)
        elif offset == 0x10:
            self.core.nvic.on_gpio(value, True)
        elif offset == 0x14:
            self.core.nvic.on_gpio(value, False)
        elif offset == 0x18:
            self.actions[value]()
        else:
            self.accesses.append(("write", offset, width, value))

    def reset(self) -> None:
        self.log.clear()


class Guest:
    """A core with flash, RAM, the rig device and a guest program."""

    def __init__(self, source: str, **options: Any) -> None:
        self.core = Core(**options)
        self.core.map_memory(FLASH, 0x10000, "flash", fill=0xFF, kind="flash")
        self.core.map_alias(0, FLASH, 0x10000)
        self.core.map_memory(RAM, 0x10000, "ram")
        self.rig = Rig(self.core)
        self.core.map_peripheral(RIG, 0x400, self.rig)
        self.faults: list[CrashReport] = []
        self.core.on_fault = self.faults.append
        self.code = assemble(source)
        self.core.bus.write_bytes(FLASH, self.code)
        self.core.vector_table = FLASH
        self.core.reset()

    def run(self, microseconds: int = 100) -> Guest:
        """Run on for that much virtual time."""
        self.core.run(self.core.now + 1000 * microseconds)
        return self

    def register(self, name: str) -> int:
        return self.core.read_register(name)

    @property
    def log(self) -> list[int]:
        return self.rig.log


def logged(source: str, microseconds: int = 100, **options: Any) -> list[int]:
    """What a guest program logs."""
    guest = Guest(source, **options).run(microseconds)
    guest.core.close()
    return guest.log
