"""Models on the bus: what the core serves by itself and what reaches Python."""

from __future__ import annotations

from array import array
from typing import Any

import pytest

from renode_wifi.emulation.engines.embedded import CoreError
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.peripherals.base.register_file import RegisterFile
from renode_wifi.peripherals.base.registers import Register, packed
from tests.emulation.engines.embedded.guest import Guest, logged

BLOCK = 0x4001_0000


class Block:
    """A model with every kind of register."""

    SIZE = 0x400
    REGISTERS = [
        Register("CR", 0x00, reset=0x11223344, fields=packed("LEVEL:16", 8)),
        Register("SR", 0x04, fields=packed("FLAGS:8/rc_w1 MASK:24")),
        Register("DR", 0x08, on_read="take", on_write="put"),
        Register("FREE", 0x0C),
    ]

    def __init__(self) -> None:
        self.name = "block"
        self.registers = RegisterFile(self)
        self.calls: list[Any] = []
        self.taken = 0

    def take(self) -> int:
        self.taken += 1
        self.calls.append("take")
        return 0x80000000 + self.taken

    def put(self, value: int, old: int) -> None:
        self.calls.append(("put", value))

    def read(self, offset: int, width: int) -> int:
        self.calls.append(("read", offset, width))
        return self.registers.read(offset, width)

    def write(self, offset: int, value: int, width: int) -> None:
        self.calls.append(("write", offset, value, width))
        self.registers.write(offset, value, width)

    def reset(self) -> None:
        self.registers.reset()


def guest_with(block: Any, source: str, base: int = BLOCK, size: int = 0x400) -> Guest:
    guest = Guest(source)
    guest.core.map_peripheral(base, size, block)
    return guest


def test_plain_registers_are_served_without_the_model() -> None:
    source = f"""
reset:
    log_word {BLOCK}
    put {BLOCK}, 0xAABBCCDD
    log_word {BLOCK}
    log_word {BLOCK + 4}
    b .
"""
    block = Block()
    block.registers["SR"] = 0x77
    assert guest_with(block, source).run().log == [0x11223344, 0x11BBCC44, 0x77]
    assert block.calls == []
    assert block.registers["CR"] == 0x11BBCC44


def test_sub_word_accesses_of_plain_registers_use_their_lanes() -> None:
    source = f"""
reset:
    load r0, {BLOCK}
    ldrb r1, [r0, #1]
    log_register r1
    ldrh r1, [r0, #2]
    log_register r1
    ldrsb r1, [r0, #3]
    log_register r1
    load r2, 0xABCD
    strb r2, [r0, #1]
    strh r2, [r0, #2]
    log_word {BLOCK}
    strb r2, [r0, #12]
    strb r2, [r0, #15]
    log_word {BLOCK + 12}
    b .
"""
    block = Block()
    assert guest_with(block, source).run().log == [0x33, 0x1122, 0x11, 0x11CDCD44, 0xCD0000CD]
    assert block.calls == []


def test_registers_with_behaviour_reach_the_model() -> None:
    source = f"""
reset:
    log_word {BLOCK + 8}
    put {BLOCK + 8}, 0xFEDCBA98
    put {BLOCK + 4}, 0x0F
    log_word {BLOCK + 4}
    load r0, {BLOCK + 8}
    ldrb r1, [r0]
    strh r1, [r0, #2]
    b .
"""
    block = Block()
    block.registers["SR"] = 0xFF
    assert guest_with(block, source).run().log == [0x80000001, 0xF0]
    assert block.calls == [
        ("read", 8, 4),
        "take",
        ("write", 8, 0xFEDCBA98, 4),
        ("put", 0xFEDCBA98),
        ("write", 4, 0x0F, 4),
        ("read", 8, 1),
        "take",
        ("write", 10, 2, 2),
        ("put", 0x0002BA98),
    ]


def test_double_word_and_multiple_accesses_are_words_in_order() -> None:
    source = f"""
reset:
    load r0, {BLOCK + 8}
    mov r2, #2
    mov r3, #3
    strd r2, r3, [r0]
    ldmia r0, {{r4, r5}}
    b .
"""
    block = Block()
    guest = guest_with(block, source).run()
    assert block.calls[0] == ("write", 8, 2, 4)
    assert (guest.register("r4"), guest.register("r5")) == (0x80000001, 3)


def test_unaligned_access_is_split_at_word_boundaries() -> None:
    source = f"""
reset:
    load r0, {BLOCK + 2}
    ldr r1, [r0]
    log_register r1
    load r1, 0xA1B2C3D4
    str r1, [r0, #8]
    log_word {BLOCK + 12}
    b .
"""
    block = Block()
    block.registers["SR"] = 0x8899AABB
    assert guest_with(block, source).run().log == [0xAABB1122, 0x0000A1B2]


def test_one_model_shows_at_several_ranges() -> None:
    source = f"""
reset:
    put {BLOCK + 0x40C}, 5
    log_word {BLOCK + 12}
    log_word {BLOCK + 0x1000}
    b .
"""
    block = Block()
    guest = guest_with(block, source)
    guest.core.map_peripheral(BLOCK + 0x400, 0x400, block)
    guest.core.map_peripheral(BLOCK + 0x1000, 4, block, offset=12)
    assert guest.run().log == [5, 5]


def test_small_blocks_share_a_page_and_reserved_addresses_read_zero() -> None:
    source = f"""
reset:
    put {BLOCK + 12}, 1
    put {BLOCK + 0x2C}, 2
    log_word {BLOCK + 12}
    log_word {BLOCK + 0x2C}
    log_word {BLOCK + 0x1C}
    put {BLOCK + 0x1C}, 3
    b .
"""
    first, second = Block(), Block()
    guest = guest_with(first, source, size=0x10)
    guest.core.map_peripheral(BLOCK + 0x20, 0x10, second)
    accesses: list[tuple[int, int]] = []
    guest.core.on_reserved = lambda *access: accesses.append(access)
    assert guest.run().log == [1, 2, 0]
    assert accesses == [(BLOCK + 0x1C, 0), (BLOCK + 0x1C, 1)]


def test_device_words_within_a_page_of_memory() -> None:
    source = f"""
reset:
    log_word {0x2000_4000}
    put {0x2000_4010}, 7
    log_word {0x2000_4010}
    put {0x2000_400C}, 9
    b .
"""
    block = Block()
    guest = guest_with(block, source, base=0x2000_4000, size=0x10)
    assert guest.run().log == [0x11223344, 7]
    assert block.registers["FREE"] == 9


def test_overlapping_ranges_are_refused() -> None:
    guest = Guest("reset:\n b .\n")
    guest.core.map_peripheral(BLOCK, 0x400, Block())
    with pytest.raises(CoreError, match="overlaps"):
        guest.core.map_peripheral(BLOCK + 0x3FC, 0x400, Block())


def test_mapping_a_range_again_replaces_its_model() -> None:
    guest = guest_with(Block(), f"reset:\n log_word {BLOCK + 12}\n b .\n")
    other = Block()
    other.registers["FREE"] = 99
    guest.core.map_peripheral(BLOCK, 0x400, other)
    assert guest.run().log == [99]


def test_register_array_that_was_replaced_is_taken_anew() -> None:
    block = Block()
    guest = guest_with(block, f"reset:\n log_word {BLOCK + 12}\n b .\n")
    block.registers.values = array("I", [4] * 256)
    guest.core.peripheral_map.refresh()
    assert guest.run().log == [4]


class Faulty(Block):
    def take(self) -> int:
        raise ValueError("a model's bug")


def test_exception_of_a_model_ends_the_run_and_comes_out_of_it() -> None:
    source = f"""
reset:
    log 1
    get r0, {BLOCK + 8}
    put {BLOCK + 8}, 1
    b 1f
1:  log 2
    b .
"""
    block = Faulty()
    guest = guest_with(block, source)
    with pytest.raises(ValueError, match="a model's bug"):
        guest.run()
    assert guest.log == [1]
    # Calls of the same block after the exception were not made; the run can go on.
    assert ("put", 1) not in block.calls
    assert guest.run().log == [1, 2]


def test_exception_of_a_model_outside_of_a_run_does_not_end_the_next() -> None:
    guest = guest_with(Faulty(), "reset:\n b .\n")
    with pytest.raises(ValueError, match="a model's bug"):
        guest.core.bus.read(BLOCK + 8, 4)
    assert guest.core.run(1000) is Stop.TIME


def test_exception_of_an_event_comes_out_of_the_run() -> None:
    guest = Guest("reset:\n wfi\n b .\n")

    def fail() -> None:
        raise KeyError("event")

    guest.core.clock.schedule(50_000, fail)
    with pytest.raises(KeyError, match="event"):
        guest.run()
    assert guest.core.now == 50_000


class Broken(Block):
    def read(self, offset: int, width: int) -> Any:
        return "not a number" if offset == 8 else super().read(offset, width)


def test_model_that_answers_nonsense_is_an_error() -> None:
    guest = guest_with(Broken(), f"reset:\n get r0, {BLOCK + 8}\n b .\n")
    with pytest.raises(TypeError):
        guest.run()


def test_negative_and_too_large_answers_are_cut_to_the_register() -> None:
    class TooLarge(Block):
        def read(self, offset: int, width: int) -> int:
            return -1 if offset == 8 else 0x1_2345_6789

    source = f"""
reset:
    log_word {BLOCK + 8}
    log_word {BLOCK + 0x20}
    load r0, {BLOCK + 8}
    ldrb r0, [r0]
    log_register r0
    b .
"""
    assert guest_with(TooLarge(), source).run().log == [0xFFFFFFFF, 0x23456789, 0xFF]


def test_device_may_stop_the_run_and_it_goes_on_behind_the_access() -> None:
    """Unicorn would repeat the access, were it stopped within it."""
    source = """
reset:
    load r0, 0x40000018
    mov r1, #0
    mov r2, #0
    str r1, [r0], #4
    add r2, #1
    log_register r2
    b 1f
1:  log 99
    b .
"""
    guest = Guest(source)
    calls: list[int] = []

    def stop() -> None:
        calls.append(1)
        guest.core.request_stop()

    guest.rig.actions[0] = stop
    assert guest.core.run(10**6) is Stop.REQUEST
    assert guest.log == [1]
    assert guest.run().log == [1, 99]
    assert calls == [1]


def test_device_may_use_the_bus_while_it_is_accessed() -> None:
    source = """
reset:
    put 0x40000018, 0
    log_word 0x20001000
    b .
"""
    guest = Guest(source)
    guest.rig.actions[0] = lambda: guest.core.bus.write(0x2000_1000, 0x1234, 4)
    assert guest.run().log == [0x1234]


def test_interrupt_raised_by_an_access_is_taken_at_the_next_block() -> None:
    source = """
reset:
    put ISER0, 2
    put RAISE, 1
    b 1f
1:  log 2
    b .
irq1:
    put LOWER, 1
    log 1
    bx lr
"""
    assert logged(source) == [1, 2]


def test_registers_that_were_never_declared_go_to_the_model() -> None:
    class Tolerant(Block):
        def read(self, offset: int, width: int) -> int:
            return offset

    guest = guest_with(Tolerant(), f"reset:\n log_word {BLOCK + 0x3F0}\n b .\n")
    assert guest.run().log == [0x3F0]
