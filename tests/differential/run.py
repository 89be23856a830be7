"""The same sequences on qemu-system-arm and on the embedded engine, compared.

`python -m tests.differential [COUNT] [SEED]` (`make differential`): batches until COUNT sequences
have been compared. A difference is printed word by word, with its code.
"""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from renode_wifi import load_image
from renode_wifi.emulation.engines.embedded.cpu import Core
from tests.differential import sequences

QEMU = "qemu-system-arm"
IMAGE = Path(__file__).resolve().parents[2] / "firmware" / "differential" / "differential.elf"
REQUEST, CODE, CONTEXTS = 0x2000_0000, 0x0010_0000, 0x2010_0000
UART = 0x4000_4000
WORDS = (
    *("ipsr", "cfsr", "hfsr", "bfar", "r0", "r1", "r2", "r3", "r12", "lr", "pc", "xpsr"),
    *(f"r{number}" for number in range(4, 12)),
    *(f"s{number}" for number in range(16)),
    "fpscr",
    *(f"s{number}" for number in range(16, 32)),
    *("sp", "exc_return", "control", "primask", "basepri", "faultmask", "other sp"),
    *("memory", "hash"),
)
DIV_0_TRP = 0x10
MODES = 0x07C00000
"""Of FPSCR: AHP, DN, FZ, RMode (A2.5.3)."""
UNALIGNED, DIVIDE_BY_ZERO = 1 << 24, 1 << 25


@dataclass(frozen=True)
class Batch:
    """Sequences with their contexts, and under which settings they execute."""

    codes: list[bytes]
    contexts: list[bytes]
    seed: int
    ccr: int = 0
    fpscr: int = 0

    @staticmethod
    def random(count: int, seed: int) -> Batch:
        draw = random.Random(seed)
        codes = [sequences.sequence(draw) for _ in range(count)]
        contexts = [sequences.context(draw) for _ in range(count)]
        fpscr = draw.choice((0, 0, 1 << 24, 1 << 25, 3 << 24)) | draw.randrange(4) << 22
        return Batch(codes, contexts, seed, draw.choice((0, DIV_0_TRP)), fpscr)

    def only(self, index: int) -> Batch:
        """One of them; its memory and floating-point registers follow from its place."""
        seed = self.seed + 77 * index & 0xFFFFFFFF
        return Batch([self.codes[index]], [self.contexts[index]], seed, self.ccr, self.fpscr)

    def request(self, verbose: bool, passes: int) -> bytes:
        return struct.pack(
            "<6I", len(self.codes), verbose, self.ccr, passes, self.seed & 0xFFFFFFFF, self.fpscr
        )

    def parts(self, verbose: bool, passes: int) -> tuple[tuple[int, bytes], ...]:
        return (
            (REQUEST, self.request(verbose, passes)),
            (CODE, b"".join(self.codes)),
            (CONTEXTS, b"".join(self.contexts)),
        )


def on_qemu(batch: Batch, verbose: bool = False) -> list[str]:
    command = [QEMU, "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "stdio"]
    with tempfile.TemporaryDirectory() as folder:
        command += ["-kernel", str(IMAGE)]
        for number, (address, data) in enumerate(batch.parts(verbose, 1)):
            path = Path(folder) / f"{number}.bin"
            path.write_bytes(data)
            command += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        lines = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.strip() == b".":
                    break
                lines.append(line.decode().strip())
        finally:
            process.kill()
            process.wait()
    return lines


class _Uart:
    def __init__(self, core: Core) -> None:
        self.core = core
        self.text = bytearray()

    def reset(self) -> None:
        self.text.clear()

    def read(self, offset: int, width: int) -> int:
        return 0

    def write(self, offset: int, value: int, width: int) -> None:
        if offset == 0:
            self.text.append(value)
            if value == ord("."):
                self.core.request_stop()


def on_core(batch: Batch, interpret: bool, verbose: bool = False) -> list[str]:
    """In two passes: the core executes itself what Unicorn has executed once."""
    core = Core(cpu_frequency=1_000_000_000, priority_bits=8, interpret=interpret)
    try:
        core.map_memory(0, 0x20_0000, "code")
        core.map_memory(REQUEST, 0x40_0000, "ram")
        uart = _Uart(core)
        core.map_peripheral(UART, 0x1000, uart)
        for segment in load_image(IMAGE).segments:
            core.bus.write_bytes(segment.address, segment.data)
        for address, data in batch.parts(verbose, 2 if interpret else 1):
            core.bus.write_bytes(address, data)
        core.vector_table = 0
        core.reset()
        core.run(20_000_000_000)
        return bytes(uart.text).decode().split(".")[0].split("\n")[:-1]
    finally:
        core.close()


def begins_no_context(batch: Batch, ours: list[str], theirs: list[str]) -> bool:
    """QEMU's frame is a basic one, ours has floating-point registers; what both have is alike.

    A register that VMRS has written has the FPSCR of before there, and here that of the context.
    """
    outcome, exc_return = WORDS.index("s0"), WORDS.index("exc_return")
    if int(ours[exc_return], 16) & 0x10 or not int(theirs[exc_return], 16) & 0x10:
        return False
    pairs = [(int(a, 16), int(b, 16)) for a, b in zip(ours[:outcome], theirs, strict=False)]
    return all(a == b or (a & MODES, b & MODES) == (0, batch.fpscr) for a, b in pairs)


def is_explained(batch: Batch, index: int, ours: list[str], theirs: list[str]) -> bool:
    """Where QEMU 7.2 is known to be wrong.

    It asks the local monitor before the alignment of STREX, which A7.7.159 has the other way round.
    At a division by zero it may not have written a register that the division would overwrite. An
    instruction behind a skipped one of the same block, both of the FPU, begins no context.
    """
    if begins_no_context(batch, ours, theirs):
        return True
    mine, other = int(ours[1], 16), int(theirs[1], 16)
    if mine == other == DIVIDE_BY_ZERO:
        return ours[WORDS.index("pc")] == theirs[WORDS.index("pc")]
    if mine != UNALIGNED:
        return False
    offset = int(ours[WORDS.index("pc")], 16) - CODE
    code = int.from_bytes(batch.codes[index][offset : offset + 2], "little")
    return code & 0xFFF0 in (0xE840, 0xE8C0)


def differences(batch: Batch) -> list[str]:
    """What differs, in words for people; empty: nothing."""
    expected = on_qemu(batch)
    found = []
    for interpret in (False, True):
        actual = on_core(batch, interpret)
        if len(actual) != len(expected):
            found.append(
                f"{len(actual)} outcomes, QEMU has {len(expected)} (interpret={interpret})"
            )
        for index, (ours, theirs) in enumerate(zip(actual, expected, strict=False)):
            text = explain(batch, index, interpret) if ours != theirs else ""
            if text:
                found.append(text)
    return found


def explain(batch: Batch, index: int, interpret: bool) -> str:
    """Word by word; empty: the difference is explained."""
    one = batch.only(index)
    theirs, ours = on_qemu(one, True), on_core(one, interpret, True)
    if ours and theirs and is_explained(one, 0, ours[0].split(), theirs[0].split()):
        return ""
    text = f"sequence {index} of seed {batch.seed} (interpret={interpret}, CCR {batch.ccr:#x})\n"
    text += "  " + batch.codes[index].hex(" ", 2) + "\n"
    for name, a, b in zip(
        WORDS, (ours or [""])[0].split(), (theirs or [""])[0].split(), strict=False
    ):
        if a != b and name != "hash":
            text += f"  {name}: {a}, QEMU {b}\n"
    return text


def is_available() -> bool:
    return shutil.which(QEMU) is not None


def main(count: int, seed: int, batch_size: int = 2000) -> int:
    total = wrong = 0
    while total < count:
        size = min(batch_size, count - total)
        for text in differences(Batch.random(size, seed)):
            wrong += 1
            if wrong <= 20:
                print(text, flush=True)
        total += size
        print(f"{total} sequences, {wrong} differences", flush=True)
        seed += 1
    return 1 if wrong else 0
