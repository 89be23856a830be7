"""What the engine relies on in Unicorn itself, so that a new release that differs is noticed."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest
import unicorn
from unicorn import arm_const
from unicorn.unicorn_py3.unicorn import uclib

from tests.emulation.engines.embedded.guest import FLASH, STACK, assemble

FETCH, READ, WRITE, ALL = 18, 16, 17, 7
DEVICE = 1 << 32


class TlbEntry(ctypes.Structure):
    _fields_ = [("paddr", ctypes.c_uint64), ("perms", ctypes.c_uint32)]


FILL = ctypes.CFUNCTYPE(
    ctypes.c_bool,
    ctypes.c_void_p,
    ctypes.c_uint64,
    ctypes.c_int,
    ctypes.POINTER(TlbEntry),
    ctypes.c_void_p,
)


class Cpu:
    """A bare Unicorn with the memory map of the tests' guests."""

    def __init__(self, source: str) -> None:
        uc = self.uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        uc.ctl_set_cpu_model(arm_const.UC_CPU_ARM_CORTEX_M4)
        uc.ctl_set_page_size(4096)
        uc.ctl_exits_enabled(True)
        uc.ctl_set_exits([])
        uc.mem_map(FLASH, 0x10000)
        uc.mem_map(0x2000_0000, 0x10000)
        code = assemble(source)
        uc.mem_write(FLASH, code)
        self.pc = int.from_bytes(code[4:8], "little")
        self["SP"] = STACK
        self.callbacks: list[Any] = []

    def __getitem__(self, name: str) -> int:
        return int(self.uc.reg_read(getattr(arm_const, f"UC_ARM_REG_{name}")))

    def __setitem__(self, name: str, value: int) -> None:
        self.uc.reg_write(getattr(arm_const, f"UC_ARM_REG_{name}"), value)

    def run(self) -> str | None:
        """Run until something stops it; returns Unicorn's error."""
        try:
            self.uc.emu_start(self.pc | 1, 0, timeout=2_000_000)
            return None
        except unicorn.UcError as error:
            return str(error)
        finally:
            self.pc = self["PC"]

    def on_fill(self, fill: Callable[[int, int], tuple[int, int] | None]) -> None:
        """Use the virtual TLB: `fill(address, type)` gives physical address and permissions."""
        self.uc.ctl_set_tlb_mode(unicorn.UC_TLB_VIRTUAL)

        def callback(uc: int, address: int, kind: int, entry: Any, data: Any) -> bool:
            answer = fill(address, kind)
            if answer is None:
                return False
            entry.contents.paddr, entry.contents.perms = answer
            return True

        self.callbacks.append(FILL(callback))
        handle = ctypes.c_size_t()
        uclib.uc_hook_add(
            self.uc._uch,
            ctypes.byref(handle),
            unicorn.UC_HOOK_TLB_FILL,
            ctypes.cast(self.callbacks[-1], ctypes.c_void_p),
            None,
            ctypes.c_uint64(1),
            ctypes.c_uint64(0),
        )


def interrupts(cpu: Cpu) -> list[tuple[int, int]]:
    """Collects (number, PC) of CPU exceptions, at each of which the CPU is stopped."""
    seen: list[tuple[int, int]] = []

    def on_interrupt(uc: Any, number: int, data: Any) -> None:
        seen.append((number, cpu["PC"]))
        uc.emu_stop()

    cpu.uc.hook_add(unicorn.UC_HOOK_INTR, on_interrupt)
    return seen


def test_the_model_is_a_cortex_m4() -> None:
    """Only the M-profile CPU without the security extension banks stacks the way ours do."""
    cpu = Cpu("reset:\n mov r0, #2\n msr control, r0\n isb\n mrs r1, control\n wfi\n")
    assert cpu.run() is None
    assert cpu["R1"] == 2


def test_svc_and_bkpt_have_their_numbers() -> None:
    cpu = Cpu("reset:\n svc #0\n bkpt #0\n wfi\n")
    seen = interrupts(cpu)
    start = cpu.pc & ~1
    cpu.run()
    cpu.run()
    assert seen == [(2, start + 2), (7, start + 2)]


@pytest.mark.parametrize("flags_written", [True, False])
def test_exc_return_is_recognised_once_the_flags_are_written(flags_written: bool) -> None:
    cpu = Cpu("reset:\n load lr, 0xFFFFFFF9\n bx lr\n")
    seen = interrupts(cpu)
    cpu["XPSR_NZCVQG"] = 0x0100000F
    if flags_written:
        cpu["APSR_NZCV"] = 0
    cpu.run()
    assert [number for number, _ in seen] == (
        [8] if flags_written else [3]
    )  # 3: a fetch that fails
    if flags_written:
        assert cpu["PC"] == 0xFFFFFFF8


def test_wfi_ends_the_run_behind_it() -> None:
    cpu = Cpu("reset:\n mov r0, #1\n wfi\n mov r0, #2\n wfi\n")
    start = cpu.pc & ~1
    assert cpu.run() is None
    assert (cpu.pc, cpu["R0"]) == (start + 6, 1)


def test_wfe_is_an_invalid_instruction_behind_which_the_pc_is() -> None:
    cpu = Cpu("reset:\n mov r0, #1\n wfe\n mov r0, #2\n udf #0\n")
    start, places = cpu.pc & ~1, []

    def on_invalid(uc: Any, data: Any) -> bool:
        places.append(cpu["PC"] - start)
        return len(places) == 1

    cpu.uc.hook_add(unicorn.UC_HOOK_INSN_INVALID, on_invalid)
    assert cpu.run() is not None
    assert places == [6, 10]  # behind WFE, but at UDF


def test_stop_within_a_device_access_repeats_it() -> None:
    """Hence the engine stops at blocks only."""
    cpu = Cpu("reset:\n load r0, 0x40000000\n ldr r1, [r0]\n wfi\n")
    reads: list[int] = []

    def read(uc: Any, offset: int, size: int, data: Any) -> int:
        reads.append(offset)
        if len(reads) == 1:
            uc.emu_stop()
        return 7

    cpu.uc.mmio_map(0x4000_0000, 0x1000, read, None, lambda *a: None, None)
    cpu.run()
    assert (len(reads), cpu["R1"]) == (1, 0)
    cpu.run()
    assert (len(reads), cpu["R1"]) == (2, 7)


def test_stop_in_a_block_hook_stops_before_the_block() -> None:
    cpu = Cpu("reset:\n mov r0, #1\n b 1f\n1: mov r0, #2\n wfi\n")
    blocks: list[int] = []

    def on_block(uc: Any, address: int, size: int, data: Any) -> None:
        blocks.append(address)
        if len(blocks) == 2:
            uc.emu_stop()

    cpu.uc.hook_add(unicorn.UC_HOOK_BLOCK, on_block)
    cpu.run()
    assert cpu["R0"] == 1
    cpu.run()
    assert cpu["R0"] == 2
    assert blocks[1] == blocks[2]  # the hook is called again on resumption


def test_stop_in_a_code_hook_within_an_it_block_is_passed_over() -> None:
    cpu = Cpu("reset:\n cmp r0, r0\n it eq\n moveq r1, #1\n mov r2, #2\n b 1f\n1: wfi\n")
    target = (cpu.pc & ~1) + 4
    cpu.uc.hook_add(unicorn.UC_HOOK_CODE, lambda uc, *a: uc.emu_stop(), None, target, target)
    cpu.run()
    assert cpu["R2"] == 2


@pytest.mark.parametrize("remedy", [True, False])
def test_fills_of_the_virtual_tlb_leak_it_state(remedy: bool) -> None:
    cpu = Cpu("""
reset:
    load r2, 0x20003000
    mov r0, #1
    cmp r0, #1
    it eq
    ldreq r1, [r2]
    cmp r0, #9
    b 1f
    nop
1:  mov r3, #5
    mov r4, #6
    wfi
""")

    def fill(address: int, kind: int) -> tuple[int, int]:
        if remedy and kind != FETCH:
            cpu["EPSR"] = 0x01000000
        return address, ALL

    cpu.on_fill(fill)
    cpu.run()
    assert (cpu["R3"], cpu["R4"]) == (5 if remedy else 0, 6)


def test_refused_fill_stops_precisely() -> None:
    cpu = Cpu("reset:\n load r0, 0x60000010\n mov r1, #1\n ldr r1, [r0]\n mov r1, #2\n wfi\n")
    start, refused = cpu.pc & ~1, []

    def fill(address: int, kind: int) -> tuple[int, int] | None:
        if address >= 0x6000_0000:
            refused.append((address, kind))
            return None
        return address, ALL

    cpu.on_fill(fill)
    assert cpu.run() is not None
    assert (cpu.pc, cpu["R1"]) == (start + 12, 1)
    assert refused == [(0x6000_0000, READ)]  # only the page is reported


def test_stores_of_a_page_can_go_elsewhere_than_its_loads_and_fetches() -> None:
    """Flash programming: a fill for writing only sends stores to a device beyond 4 GB."""
    cpu = Cpu("reset:\n load r0, 0x08000800\n mov r1, #7\n str r1, [r0]\n ldr r2, [r0]\n wfi\n")
    stores: list[tuple[int, int]] = []

    def fill(address: int, kind: int) -> tuple[int, int]:
        return (DEVICE + address, 2) if kind == WRITE else (address, 5)

    cpu.on_fill(fill)
    cpu.uc.mmio_map(
        DEVICE,
        1 << 32,
        lambda *a: 0,
        None,
        lambda uc, offset, size, value, data: stores.append((offset, value)),
        None,
    )
    assert cpu.run() is None
    assert stores == [(FLASH + 0x800, 7)]
    assert cpu["R2"] == 0


def test_block_that_changed_is_reported_when_it_is_translated_anew() -> None:
    cpu = Cpu("""
reset:
    load r4, 0x20002000
    load r5, 0x47702001
    str r5, [r4]
    add r7, r4, #1
    blx r7
    load r5, 0x47702002
    str r5, [r4]
    blx r7
    wfi
""")

    class Block(ctypes.Structure):
        _fields_ = [("pc", ctypes.c_uint64), ("count", ctypes.c_uint16), ("size", ctypes.c_uint16)]

    translated: list[int] = []
    kind = ctypes.CFUNCTYPE(
        None,
        ctypes.c_void_p,
        ctypes.POINTER(Block),
        ctypes.POINTER(Block),
        ctypes.c_void_p,
    )
    callback = kind(lambda uc, new, old, data: translated.append(new.contents.pc))
    handle = ctypes.c_size_t()
    uclib.uc_hook_add(
        cpu.uc._uch,
        ctypes.byref(handle),
        unicorn.UC_HOOK_EDGE_GENERATED,
        ctypes.cast(callback, ctypes.c_void_p),
        None,
        ctypes.c_uint64(1),
        ctypes.c_uint64(0),
    )
    cpu.run()
    assert cpu["R0"] == 2
    assert translated.count(0x2000_2000) == 2


def test_unprivileged_thread_hides_special_registers_from_the_host() -> None:
    cpu = Cpu("reset:\n mov r0, #1\n msr control, r0\n isb\n wfi\n")
    cpu.run()
    assert cpu["MSP"] == 0
    cpu["XPSR_NZCVQG"] = 0x01000003
    cpu["APSR_NZCV"] = 0
    assert cpu["MSP"] == STACK


def test_floating_point_use_is_noted() -> None:
    cpu = Cpu("reset:\n vmov.f32 s0, #1.0\n wfi\n")
    assert cpu["CONTROL"] & 4 == 0
    cpu.run()
    assert cpu["CONTROL"] & 4
    cpu["CONTROL"] = 0
    assert cpu["CONTROL"] & 4 == 0


def test_store_exclusive_succeeds_once() -> None:
    cpu = Cpu("""
reset:
    load r1, 0x20001000
    ldrex r0, [r1]
    strex r2, r0, [r1]
    strex r3, r0, [r1]
    ldrex r0, [r1]
    clrex
    strex r4, r0, [r1]
    wfi
""")
    cpu.run()
    assert (cpu["R2"], cpu["R3"], cpu["R4"]) == (0, 1, 1)
