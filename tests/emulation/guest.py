"""Machines for these tests, and a guest of a few instructions to run on them."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.engines.embedded.engine import new_machine, new_script
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.script.interpreter import Interpreter

FLASH = 0x0800_0000
RAM = 0x2000_0000

CHIP = """\
nvic: IRQControllers.NVIC @ sysbus 0xE000E000
    priorityMask: 0xF0
    IRQ -> cpu@0

cpu: CPU.CortexM @ sysbus
    cpuType: "cortex-m4f"
    nvic: nvic

flash: Memory.MappedMemory @ { sysbus 0x08000000; sysbus 0x0 }
    size: 0x4000
    ResetByte: 0xFF

ram: Memory.MappedMemory @ sysbus 0x20000000
    size: 0x2000
"""

# vectors; loop: adds r0, #1; str r0, [r1]; b loop
COUNTER = (
    (RAM + 0x2000).to_bytes(4, "little")
    + (FLASH + 9).to_bytes(4, "little")
    + bytes.fromhex("0549 0020 401c 0860 fce7".replace(" ", ""))
)


def counter_image() -> bytes:
    """Counts in a word at the start of RAM."""
    code = bytearray(COUNTER)
    # ldr r1, [pc, #20] reads the literal behind the code.
    code += bytes(0x20 - len(code)) + RAM.to_bytes(4, "little")
    return bytes(code)


def monitor_with(description: str = CHIP) -> Interpreter:
    monitor = new_script()
    monitor.execute("using sysbus")
    machine = monitor.create_machine()
    monitor.composer().load(description)
    assert monitor.machine is machine
    return monitor


def machine_with(description: str = CHIP) -> Machine:
    return monitor_with(description).current


def counting_monitor(tmp_path: Path) -> Interpreter:
    """A machine that runs the counter."""
    image = tmp_path / "counter.bin"
    image.write_bytes(counter_image())
    monitor = monitor_with()
    monitor.execute(f"sysbus LoadBinary @{image} 0x08000000")
    return monitor


def bare_machine() -> Machine:
    return new_machine("machine-0")
