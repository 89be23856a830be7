"""The memory map: kinds, aliases, bit-band, stores that are handled, code that changes."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.engines.embedded import Core, CoreError
from renode_wifi.emulation.platform.core import Stop
from tests.emulation.engines.embedded.guest import FLASH, RAM, Guest, Rig, logged


@pytest.fixture
def core() -> Core:
    core = Core()
    core.map_memory(FLASH, 0x2000, "flash", fill=0xFF, kind="flash")
    core.map_memory(RAM, 0x2000, "ram")
    return core


def test_memory_is_filled_and_written_by_bytes(core: Core) -> None:
    assert core.bus.read_bytes(FLASH, 4) == b"\xff" * 4
    core.bus.write_bytes(FLASH + 1, b"abc")
    assert core.bus.read(FLASH, 4) == int.from_bytes(b"\xffabc", "little")
    core.bus.write(RAM + 2, 0x1234, 2)
    assert core.bus.read_bytes(RAM, 5) == b"\0\0\x34\x12\0"
    assert core.bus.read(RAM + 3, 1) == 0x12
    assert core.bus.read(RAM + 1, 4) == 0x123400


def test_what_may_be_moved_as_bytes(core: Core) -> None:
    bus = core.bus
    assert bus.is_memory(RAM, 0x2000, True)
    assert bus.is_memory(FLASH, 0x2000, False)
    assert not bus.is_memory(FLASH, 4, True)
    assert not bus.is_memory(RAM + 0x1FFC, 8, False)
    assert not bus.is_memory(0x4000_0000, 4, False)
    core.bus.handle_writes(RAM + 0x1000, 16, lambda *store: None)
    assert not bus.is_memory(RAM + 0x0FFC, 8, True)
    assert bus.is_memory(RAM, 0x1000, True)
    assert bus.is_memory(RAM + 0x0FFC, 8, False)


def test_bus_masters_get_the_models(core: Core) -> None:
    block = Rig(core)
    core.map_peripheral(RAM + 0x10, 0x10, block, offset=4)
    assert core.bus.model_at(RAM + 0x18) == (block, 12)
    assert core.bus.model_at(RAM + 0x20) is None
    assert not core.bus.is_memory(RAM, 0x14, False)
    assert core.bus.is_memory(RAM, 0x10, True)


def test_alias_shows_the_same_bytes(core: Core) -> None:
    core.map_alias(0, FLASH + 0x1000, 0x1000)
    core.bus.write_bytes(FLASH + 0x1004, b"here")
    assert core.bus.read_bytes(4, 4) == b"here"
    core.bus.write_bytes(8, b"there")
    assert core.bus.read_bytes(FLASH + 0x1008, 5) == b"there"


@pytest.mark.parametrize(
    ("base", "size", "kind"),
    [
        (RAM + 0x1000, 0x1000, "ram"),
        (RAM + 0x2800, 0x1000, "ram"),
        (0x3000_0000, 0x800, "ram"),
        (0x3000_0000, 0, "ram"),
        (0xFFFF_F000, 0x2000, "ram"),
        (0x3000_0000, 0x1000, "eeprom"),
    ],
    ids=["overlap", "unaligned", "part of a page", "empty", "beyond 4 GB", "kind"],
)
def test_impossible_memories_are_refused(core: Core, base: int, size: int, kind: str) -> None:
    with pytest.raises(CoreError):
        core.map_memory(base, size, "other", kind=kind)


def test_name_of_a_memory_is_unique(core: Core) -> None:
    with pytest.raises(CoreError, match="mapped already"):
        core.map_memory(0x3000_0000, 0x1000, "ram")


@pytest.mark.parametrize(
    ("base", "target", "size"),
    [(0, 0x5000_0000, 0x1000), (0, FLASH + 0x1000, 0x2000), (1, FLASH, 0x1000)],
)
def test_impossible_aliases_are_refused(core: Core, base: int, target: int, size: int) -> None:
    with pytest.raises(CoreError):
        core.map_alias(base, target, size)
    with pytest.raises(CoreError, match="overlaps"):
        core.map_alias(RAM, FLASH, 0x1000)


def test_bus_master_is_refused_unmapped_addresses(core: Core) -> None:
    with pytest.raises(CoreError, match="0x70000000"):
        core.bus.read(0x7000_0000, 4)
    with pytest.raises(CoreError, match="0x70000000"):
        core.bus.write(0x7000_0000, 1, 4)
    with pytest.raises(CoreError, match="0x20002000"):
        core.bus.read_bytes(RAM + 0x1FFE, 4)


def test_reset_without_a_vector_table_is_an_error() -> None:
    core = Core()
    core.vector_table = FLASH
    with pytest.raises(CoreError, match="no vector table at 0x08000000"):
        core.reset()


def test_bit_band_reads_and_writes_single_bits_of_ram() -> None:
    source = f"""
    .equ TARGET, {RAM + 0x104}
    .equ ALIAS, 0x22000000 + 0x104 * 32
reset:
    put TARGET, 0x80000001
    log_word ALIAS
    log_word ALIAS + 4
    log_word ALIAS + 31 * 4
    put ALIAS + 4 * 4, 0xFF
    put ALIAS, 0xFE
    log_word TARGET
    load r0, ALIAS + 9 * 4
    mov r1, #1
    strb r1, [r0]
    ldrb r2, [r0]
    log_register r2
    log_word TARGET
    b .
"""
    assert logged(source) == [1, 0, 1, 0x80000010, 1, 0x80000210]


def test_bit_band_reaches_peripherals_as_words() -> None:
    source = """
reset:
    log_word 0x42000000 + 0x20 * 32 + 5 * 4
    put 0x42000000 + 0x20 * 32 + 2 * 4, 1
    b .
"""
    guest = Guest(source)
    guest.rig.answer = 0x20
    guest.run()
    assert guest.log == [1]
    assert guest.rig.accesses[0] == ("read", 0x20, 4, 0x20)
    assert guest.rig.accesses[-1] == ("write", 0x20, 4, 0x24)


class Flash:
    """Handles stores as a flash controller does: bits only go from 1 to 0."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.stores: list[tuple[int, int, int]] = []

    def store(self, address: int, value: int, width: int) -> None:
        self.stores.append((address, value, width))
        bus = self.guest.core.bus
        old = int.from_bytes(bus.read_bytes(address, width), "little")
        bus.write_bytes(address, (old & value).to_bytes(width, "little"))


def test_stores_to_handled_flash_go_to_the_handler_and_code_runs_on() -> None:
    source = f"""
reset:
    load r0, {FLASH + 0x8000}
    load r1, 0x11223344
    str r1, [r0]
    ldr r2, [r0]
    log_register r2
    strb r1, [r0, #5]
    ldrh r2, [r0, #4]
    log_register r2
    bl 2f
    load r3, 0x55667788
    strd r1, r3, [r0, #8]
    bl 2f
    ldr r2, [r0, #12]
    log_register r2
    b .
2:  adr r4, 3f
    load r5, 0xFFF0FFFF
    str r5, [r4]                 @ onto the page that is executing
    ldr r5, [r4]
    log_register r5
    bx lr
    .align 2
3:  .word 0x12345678
"""
    guest = Guest(source)
    flash = Flash(guest)
    guest.core.bus.handle_writes(FLASH, 0x10000, flash.store)
    guest.run()
    assert guest.log == [0x11223344, 0x44FF, 0x12305678, 0x12305678, 0x55667788]
    widths = [width for _, _, width in flash.stores]
    assert widths == [4, 1, 4, 4, 4, 4]
    assert not guest.faults


def test_stores_beside_a_handled_range_within_its_page_are_plain() -> None:
    source = f"""
reset:
    put {RAM + 0x1000}, 0x11111111
    put {RAM + 0x1010}, 0x22222222
    log_word {RAM + 0x1000}
    log_word {RAM + 0x1010}
    b .
"""
    guest = Guest(source)
    stores: list[tuple[int, int, int]] = []
    guest.core.bus.handle_writes(RAM + 0x1000, 16, lambda *store: stores.append(store))
    guest.run()
    assert stores == [(RAM + 0x1000, 0x11111111, 4)]
    assert guest.log == [0, 0x22222222]


@pytest.mark.parametrize("base", [0, FLASH])
def test_handler_gets_stores_through_every_alias(base: int) -> None:
    guest = Guest(f"reset:\n put 0x8000, 5\n put {FLASH + 0x8004}, 6\n b .\n")
    stores: list[tuple[int, int, int]] = []
    guest.core.bus.handle_writes(base, 0x10000, lambda *store: stores.append(store))
    guest.run()
    assert stores == [(FLASH + 0x8000, 5, 4), (FLASH + 0x8004, 6, 4)]


def test_handler_may_be_set_before_its_memory_is_mapped() -> None:
    guest = Guest("reset:\n put 0x30000000, 5\n b .\n")
    stores: list[tuple[int, int, int]] = []
    guest.core.bus.handle_writes(0x3000_0000, 0x1000, lambda *store: stores.append(store))
    guest.core.map_memory(0x3000_0000, 0x1000, "late", kind="flash")
    guest.run()
    assert stores == [(0x3000_0000, 5, 4)]


@pytest.mark.parametrize(("start", "size"), [(0x1_0000_0000, 16), (0xFFFF_F000, 0x2000), (0, 0)])
def test_impossible_ranges_of_handlers_are_refused(core: Core, start: int, size: int) -> None:
    with pytest.raises(CoreError, match="cannot be handled"):
        core.bus.handle_writes(start, size, lambda *store: None)


COPY_AND_RUN = f"""
reset:
    mov r4, #3
again:
    load r0, {RAM + 0x2000}
    adr r1, function
    mov r2, #8
1:  ldrh r3, [r1], #2
    strh r3, [r0], #2
    subs r2, #1
    bne 1b
    load r0, {RAM + 0x2001}
    blx r0
    log_register r0
    add r4, #1
    load r0, {RAM + 0x2000}       @ change the immediate of the copied instruction
    adr r1, function
    ldrh r3, [r1]
    add r3, r4
    strh r3, [r0]
    load r0, {RAM + 0x2001}
    blx r0
    log_register r0
    cmp r4, #6
    bne again
    b .
    .align 2
function:
    movs r0, #1
    bx lr
    .rept 8
    nop
    .endr
"""


def test_code_written_by_the_guest_executes_as_it_was_last_written() -> None:
    assert logged(COPY_AND_RUN) == [1, 5, 1, 6, 1, 7]


def test_changed_code_is_charged_what_it_is() -> None:
    """One block at one address, of one size, first of two T16 instructions, then a T32 one."""
    source = f"""
reset:
    put 0xE000EDFC, 1 << 24
    put 0xE0001000, 1
    load r4, {RAM + 0x2000}
    load r5, 0xBF00BF00           @ nop; nop
    str r5, [r4]
    load r5, 0x00004770           @ bx lr
    str r5, [r4, #4]
    add r4, #1
    bl measure
    load r5, 0x8000F3AF           @ nop.w
    str r5, [r4, #-1]
    bl measure
    b .
measure:
    mov r7, lr
    get r8, 0xE0001004
    blx r4
    get r9, 0xE0001004
    sub r9, r8
    log_register r9
    bx r7
"""
    first, second = logged(source)
    assert first - second == 1


def test_host_write_replaces_code_that_was_executed() -> None:
    source = """
reset:
    bl 2f
    log_register r0
    put 0x40000018, 0
    b 1f
1:  bl 2f
    log_register r0
    b .
    .align 2
2:  movs r0, #1
    bx lr
"""
    guest = Guest(source)
    function = guest.code.rindex(b"\x01\x20\x70\x47")

    def patch() -> None:
        guest.core.bus.write_bytes(FLASH + function, b"\x02\x20")

    guest.rig.actions[0] = patch
    assert guest.run().log == [1, 2]


def test_bus_master_write_replaces_code_too() -> None:
    source = f"""
reset:
    put {RAM + 0x2000}, 0x47702001
    load r4, {RAM + 0x2001}
    blx r4
    log_register r0
    put 0x40000018, 0
    b 1f
1:  blx r4
    log_register r0
    b .
"""
    guest = Guest(source)
    guest.rig.actions[0] = lambda: guest.core.bus.write(RAM + 0x2000, 0x2007, 2)
    assert guest.run().log == [1, 7]


def test_bit_band_write_replaces_code_too() -> None:
    source = f"""
reset:
    put {RAM + 0x2000}, 0x47702001
    load r4, {RAM + 0x2001}
    blx r4
    log_register r0
    put 0x22000000 + 0x2000 * 32 + 4, 1
    b 1f
1:  blx r4
    log_register r0
    b .
"""
    assert logged(source) == [1, 3]


def test_conditional_load_that_meets_a_new_page_does_not_skip_what_follows() -> None:
    """Unicorn leaks the IT state of such a load into the next block, if one lets it."""
    for access in ("ldreq r1, [r2]", "streq r1, [r2]"):
        for address in (RAM + 0x9000, 0x40000100, 0x22000000):
            source = f"""
reset:
    load r2, {address}
    mov r3, #0
    mov r0, #1
    cmp r0, #1
    it eq
    {access}
    cmp r0, #9
    b 1f
    nop
1:  mov r3, #5
    mov r4, #6
    log_register r3
    b .
"""
            assert logged(source) == [5]


def test_memory_can_be_executed_written_and_read_in_turn_on_one_page() -> None:
    source = f"""
reset:
    load r4, {RAM + 0x2000}
    load r5, 0x47702001
    mov r6, #0
1:  str r5, [r4]
    str r6, [r4, #0x100]
    add r7, r4, #1
    blx r7
    ldr r1, [r4, #0x100]
    add r1, r0
    log_register r1
    add r5, #1
    add r6, #16
    cmp r6, #64
    bne 1b
    b .
"""
    assert logged(source) == [1, 18, 35, 52]


def test_working_set_larger_than_the_translation_buffer() -> None:
    core = Core()
    core.map_memory(FLASH, 0x1000, "flash", kind="flash")
    core.map_memory(RAM, 0x400000, "ram")
    guest = Guest(f"""
reset:
    load r0, {RAM}
    load r1, {RAM + 0x400000}
    mov r2, #0
1:  str r2, [r0]
    add r0, #1024
    add r2, #1
    cmp r0, r1
    bne 1b
    load r0, {RAM}
    mov r3, #0
2:  ldr r2, [r0]
    add r0, #1024
    add r3, r2
    cmp r0, r1
    bne 2b
    b .
""")
    core.bus.write_bytes(FLASH, guest.code)
    core.vector_table = FLASH
    core.reset()
    assert core.run(10**9) is Stop.TIME
    assert core.read_register("r3") == sum(range(4096))
