"""What people and editors send to servers of debug probes: the words of OpenOCD, pyOCD and J-Link.

Source: the OpenOCD User's Guide, chapters "General Commands" and "CPU Configuration"; pyOCD's
docs/command_reference.md; J-Link's UM08001, "Supported remote (monitor) commands".
"""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb.session import GdbSession
from renode_wifi.emulation.script.members.emulation import time_text

ProbeCommand = Callable[[GdbSession, list[str]], str]
"""Takes the words behind the command's name, and returns what is to be printed."""

READS = {
    "mdd": 8,
    "mdw": 4,
    "mdh": 2,
    "mdb": 1,
    "rw": 4,
    "rh": 2,
    "rb": 1,
    "read32": 4,
    "read16": 2,
    "read8": 1,
}
WRITES = {
    "mwd": 8,
    "mww": 4,
    "mwh": 2,
    "mwb": 1,
    "ww": 4,
    "wh": 2,
    "wb": 1,
    "write32": 4,
    "write16": 2,
    "write8": 1,
}
"""Bytes of a value by command: OpenOCD's, and pyOCD's, which count bytes where it counts values."""
OPENOCD = "m"
"""First letter of those of OpenOCD."""
ROW = 32
"""Bytes in a line."""
MAX_COUNT = 1 << 16
"""Bytes that one command reads or writes."""

IGNORED = {
    *("adapter", "adapter_khz", "connect_rst", "exec", "init", "reinit", "reset_config"),
    *("arm", "cortex_m", "endian", "etm", "itm", "speed", "swo", "tpiu", "tpwr"),
    *("debug_level", "gdb_breakpoint_override", "gdb_flash_program", "gdb_memory_map"),
    *("gdb_sync", "halt", "log_output", "poll", "set", "sleep", "status", "swdp_scan"),
    *("target", "targets", "vector_catch", "wait_halt"),
}
"""Settings of an adapter, or of what is so here."""
IGNORED_OF_FLASH = {"breakpoints", "device", "download", "probe", "protect"}


def execute(session: GdbSession, words: list[str]) -> str | None:
    """What the command prints; None: it isn't one of these. Raises RenodeWifiError."""
    name, arguments = words[0], words[1:]
    if name == "arm" and arguments[:1] == ["semihosting"]:
        return semihosting(session, arguments[1:])
    command = COMMANDS.get(name)
    if command is not None:
        return command(session, arguments)
    if name == "flash" and arguments and arguments[0] in FLASH:
        return FLASH[arguments[0]](session, arguments[1:])
    is_setting = name == "flash" and bool(arguments) and arguments[0] in IGNORED_OF_FLASH
    return "" if is_setting or (name in IGNORED and not _is_monitors(words)) else None


def _is_monitors(words: list[str]) -> bool:
    """`set name "value"` is the monitor's; pyOCD's names have hyphens."""
    return words[0] == "set" and "-" not in " ".join(words[1:2])


def reset(session: GdbSession, arguments: list[str]) -> str:
    session.target.reset()
    return ""


def resume(session: GdbSession, arguments: list[str]) -> str:
    raise RenodeWifiError("the debugger holds the board", cure="write continue, step or stepi")


def stops(session: GdbSession, arguments: list[str]) -> str:
    raise RenodeWifiError(
        "breakpoints are the debugger's", cure="write break, hbreak, watch, rwatch or awatch"
    )


def rtt(session: GdbSession, arguments: list[str]) -> str:
    raise RenodeWifiError(
        "RTT is not read here", cure="print to a serial port, to the ITM, or by semihosting"
    )


def semihosting(session: GdbSession, arguments: list[str]) -> str:
    """OpenOCD's and pyOCD's `arm semihosting enable`: GDB's console shows what is printed."""
    if arguments not in (["enable"], ["disable"]):
        raise RenodeWifiError(
            f"semihosting {' '.join(arguments)}".rstrip() + ": unknown",
            cure="write arm semihosting enable, or disable",
        )
    session.target.serve_semihosting(session.print if arguments == ["enable"] else None)
    return ""


def time(session: GdbSession, arguments: list[str]) -> str:
    return time_text(session.target.machine.now)


def read(size: int, openocd: bool) -> ProbeCommand:
    """`mdw [phys] address [count]`; pyOCD's `rw address [bytes]`."""

    def run(session: GdbSession, arguments: list[str]) -> str:
        numbers = _numbers(arguments)
        if len(numbers) not in (1, 2):
            raise RenodeWifiError("an address is needed", cure="mdw 0x20000000 4")
        address, count = numbers[0], numbers[1] if len(numbers) == 2 else 1
        length = _limited(count * size if openocd or len(numbers) == 1 else count)
        data = session.target.read_memory(address, length)
        lines = []
        for row in range(0, len(data), ROW):
            part = data[row : row + ROW]
            values = [
                f"{int.from_bytes(part[at : at + size], 'little'):0{2 * size}x}"
                for at in range(0, len(part), size)
            ]
            lines.append(f"0x{address + row:08x}: {' '.join(values)}")
        return "\n".join(lines)

    return run


def write(size: int, openocd: bool) -> ProbeCommand:
    """`mww [phys] address value [count]`; pyOCD's `ww address value…`."""

    def run(session: GdbSession, arguments: list[str]) -> str:
        numbers = _numbers(arguments)
        if len(numbers) < 2 or (openocd and len(numbers) > 3):
            raise RenodeWifiError("address and value are needed", cure="mww 0x20000000 0x1234")
        address, *values = numbers
        if openocd and len(values) == 2:
            values = [values[0]] * (_limited(values[1] * size) // size)
        mask = (1 << 8 * size) - 1
        data = b"".join((value & mask).to_bytes(size, "little") for value in values)
        session.target.write_memory(address, data)
        return ""

    return run


def registers(session: GdbSession, arguments: list[str]) -> str:
    """`reg`, `reg NAME|NUMBER`, `reg NAME VALUE`."""
    known = session.target.registers
    if not arguments:
        rows = [f"({index}) {_register(session, index)}" for index in range(len(known.all))]
        return "\n".join(["===== arm v7m registers", *rows])
    name = arguments[0].lower()
    number = known.numbers.get(name)
    if number is None and name.isdigit() and int(name) < len(known.all):
        number = int(name)
    if number is None:
        raise RenodeWifiError(f"register {name} not found in current target", cure="reg lists them")
    if len(arguments) > 1 and arguments[1] != "force":
        (value,) = _numbers(arguments[1:2])
        size = known.all[number].size
        session.target.write_register(known.all[number], value & ((1 << 8 * size) - 1))
    return _register(session, number)


def _register(session: GdbSession, number: int) -> str:
    register = session.target.registers.all[number]
    value = session.target.read_register(register, session.target.current_thread()) or 0
    return f"{register.name} (/{8 * register.size}): 0x{value:0{2 * register.size}x}"


def flash_banks(session: GdbSession, arguments: list[str]) -> str:
    return "\n".join(
        f"#{number} : flash at 0x{region.start:08x}, size 0x{region.size:08x}"
        for number, region in enumerate(session.target.flash())
    )


def erase_flash(session: GdbSession, arguments: list[str]) -> str:
    raise RenodeWifiError("flash is erased where it is programmed", cure="write load")


def _numbers(words: list[str]) -> list[int]:
    try:
        return [int(word, 0) for word in words if word != "phys"]
    except ValueError as error:
        raise RenodeWifiError(str(error), cure="give numbers, decimal or 0x…") from error


def _limited(length: int) -> int:
    if not 0 < length <= MAX_COUNT:
        raise RenodeWifiError(f"{length} bytes", cure=f"give 1 to {MAX_COUNT} bytes")
    return length


COMMANDS: dict[str, ProbeCommand] = {
    "reset": reset,
    "SoftwareReset": reset,
    "soft_reset_halt": reset,
    "resume": resume,
    "go": resume,
    "step": resume,
    **dict.fromkeys(("bp", "rbp", "wp", "rwp"), stops),
    "rtt": rtt,
    "semihosting": semihosting,
    "time": time,
    "reg": registers,
    "regs": registers,
    **{name: read(size, name.startswith(OPENOCD)) for name, size in READS.items()},
    **{name: write(size, name.startswith(OPENOCD)) for name, size in WRITES.items()},
}
FLASH: dict[str, ProbeCommand] = {
    **dict.fromkeys(("banks", "list", "info"), flash_banks),
    **dict.fromkeys(("erase_sector", "erase_address", "write_image", "write_bank"), erase_flash),
}
"""Of `flash`, which is a device of the monitor, too."""
