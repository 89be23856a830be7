"""Guest speed on compute kernels: the embedded engine, qemu-system-arm and Renode, in turn.

A run's time is that of a long run less that of a short one, which leaves start-up out. The number
of instructions is what the embedded engine counts; it is the same for all.
"""

from __future__ import annotations

import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.renode import find_renode
from renode_wifi.emulation.engines.embedded.cpu import Core
from renode_wifi.emulation.image.load import load_image

ROOT = Path(__file__).resolve().parent.parent
IMAGE = ROOT / "firmware" / "bench" / "kernels.elf"
KERNELS = ("alu", "sha256", "bignum", "memcpy", "fpu", "calls")
ROUNDS = {"alu": 4000, "sha256": 3000, "bignum": 2000, "memcpy": 4000, "fpu": 1500, "calls": 1500}
MAILBOX = 0x2000_0000
UART = 0x4000_4000
REPEATS = 3
RENODE_SCALE = 10
"""Its start-up varies by half a second: longer runs leave that out."""
RENODE_PLATFORM = """\
nvic: IRQControllers.NVIC @ sysbus 0xE000E000 { -> cpu@0 }
cpu: CPU.CortexM @ sysbus { cpuType: "cortex-m4f"; nvic: nvic; PerformanceInMips: 1000 }
code: Memory.MappedMemory @ sysbus 0x0 { size: 0x40000 }
ram: Memory.MappedMemory @ sysbus 0x20000000 { size: 0x10000 }
uart: UART.CMSDK_APB_UART @ sysbus 0x40004000 { frequency: 25000000 }
"""
RENODE_GOAL, QEMU_GOAL = 1.3, 0.6


class _Uart:
    """CMSDK UART, as far as the kernels use it: reports when the result's line is complete."""

    def __init__(self) -> None:
        self.text = bytearray()
        self.on_line: Callable[[], None] = self.reset

    def reset(self) -> None:
        self.text.clear()

    def read(self, offset: int, width: int) -> int:
        return 0

    def write(self, offset: int, value: int, width: int) -> None:
        if offset == 0:
            self.text.append(value & 0xFF)
            if value & 0xFF == 0x0A:
                self.on_line()


def embedded(kernel: int, rounds: int) -> tuple[float, int]:
    """Seconds and instructions of one run."""
    core = Core(cpu_frequency=1_000_000_000)
    try:
        core.map_memory(0, 0x4_0000, "code")
        core.map_memory(MAILBOX, 0x1_0000, "ram")
        uart = _Uart()
        uart.on_line = core.request_stop
        core.map_peripheral(UART, 0x1000, uart)
        for segment in load_image(IMAGE).segments:
            core.bus.write_bytes(segment.address, segment.data)
        core.bus.write(MAILBOX, kernel, 4)
        core.bus.write(MAILBOX + 4, rounds, 4)
        core.vector_table = 0
        core.reset()
        started = time.perf_counter()
        core.run(1 << 60)
        return time.perf_counter() - started, core.instructions
    finally:
        core.close()


def qemu(kernel: int, rounds: int) -> float:
    command = ["qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none"]
    command += ["-serial", "stdio", "-kernel", str(IMAGE)]
    for offset, value in ((0, kernel), (4, rounds)):
        command += ["-device", f"loader,addr={MAILBOX + offset},data={value},data-len=4"]
    return _until_line(command)


def renode(program: str, kernel: int, rounds: int) -> float:
    """Unthrottled, with the quantum and speed at which Renode is fastest."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "kernels.repl").write_text(RENODE_PLATFORM)
        script = Path(folder) / "kernels.resc"
        script.write_text(
            f"""\
mach create
machine LoadPlatformDescription @{folder}/kernels.repl
sysbus LoadELF @{IMAGE}
sysbus WriteDoubleWord {MAILBOX:#x} {kernel}
sysbus WriteDoubleWord {MAILBOX + 4:#x} {rounds}
emulation SetGlobalAdvanceImmediately true
emulation SetGlobalQuantum "0.01"
sysbus.uart CreateFileBackend @{folder}/uart.txt true
start
"""
        )
        command = [program, "--disable-xwt", "--plain", "--console", "-e", f"include @{script}"]
        output = Path(folder) / "uart.txt"
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while b"\n" not in _content(output):
                if process.poll() is not None or time.perf_counter() - started > 300:
                    raise RuntimeError("Renode did not finish the kernel")
                time.sleep(0.005)
            return time.perf_counter() - started
        finally:
            process.kill()
            process.wait()


def _content(path: Path) -> bytes:
    """What is in a file by now; Renode makes it anew while it starts."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _until_line(command: list[str]) -> float:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        return time.perf_counter() - started
    finally:
        process.kill()
        process.wait()


def _mips(instructions: int, run: Callable[[int], float], rounds: int) -> float:
    """The median over repeats; `instructions` is what the longer run has more."""
    seconds = [run(rounds) - run(rounds // 10) for _ in range(REPEATS)]
    return instructions / statistics.median(seconds) / 1e6


def main() -> None:
    has_qemu = shutil.which("qemu-system-arm") is not None
    renode_program = find_renode()
    table = Table("kernel", "embedded MIPS", "QEMU MIPS", "Renode MIPS", box=None)
    against: dict[str, list[float]] = {"QEMU": [], "Renode": []}
    for number, name in enumerate(KERNELS):
        print(f"  {name} ...", file=sys.stderr, flush=True)
        rounds = ROUNDS[name]
        more = embedded(number, rounds)[1] - embedded(number, rounds // 10)[1]

        def run_embedded(n: int, number: int = number) -> float:
            return embedded(number, n)[0]

        def run_qemu(n: int, number: int = number) -> float:
            return qemu(number, n)

        def run_renode(n: int, number: int = number) -> float:
            assert renode_program is not None
            return renode(renode_program, number, n)

        own = _mips(more, run_embedded, rounds)
        row = [name, f"{own:.0f}"]
        for other, there, run in (
            ("QEMU", has_qemu, run_qemu),
            ("Renode", renode_program is not None, run_renode),
        ):
            if there:
                scale = RENODE_SCALE if other == "Renode" else 1
                speed = _mips(more * scale, run, rounds * scale)
                against[other].append(own / speed)
                row.append(f"{speed:.0f} ({own / speed:.2f})")
            else:
                row.append("not found")
        table.add_row(*row)
    Console(soft_wrap=True).print(table)
    for other, goal in (("QEMU", QEMU_GOAL), ("Renode", RENODE_GOAL)):
        if against[other]:
            mean = math.exp(statistics.fmean(map(math.log, against[other])))
            print(f"embedded / {other}, geometric mean: {mean:.2f} (goal: at least {goal})")
        else:
            print(f"{other} is not on this machine: no ratio")
