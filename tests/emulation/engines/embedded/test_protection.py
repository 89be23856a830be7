"""The Memory Protection Unit: ARM DDI 0403E, B3.5."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.platform.core import Stop
from tests.emulation.engines.embedded.guest import FLASH, RAM, RIG, STACK, Guest, logged

DACCVIOL, IACCVIOL, MSTKERR, MUNSTKERR = 0x82, 0x1, 0x10, 0x8
ENABLE, HFNMIENA, PRIVDEFENA = 1, 2, 4
NO_ACCESS, PRIVILEGED, READ_FOR_ALL, FULL, READ_PRIVILEGED, READ_ONLY = 0, 1, 2, 3, 5, 6
XN = 1 << 28


def region(number: int, base: int, bits: int, ap: int, more: int = 0) -> str:
    """Region `number` of 2^bits bytes."""
    rasr = 1 | (bits - 1) << 1 | ap << 24 | more
    return f"""
    put 0xE000ED9C, {base | 0x10 | number}
    put 0xE000EDA0, {rasr}
"""


def enable(control: int = ENABLE | PRIVDEFENA) -> str:
    return f"""
    put SHCSR, 7 << 16
    put 0xE000ED94, {control}
    dsb
    isb
"""


HANDLERS = f"""
    log 1
    b .
memmanage:
    log_word CFSR
    log_word MMFAR
    b .
hardfault:
    load r0, {STACK}
    mov sp, r0
    log 0xBAD
    log_word CFSR
    b .
"""
UNPRIVILEGED = """
    mov r0, #1
    msr control, r0
    isb
"""


def _status(log: list[int]) -> int | None:
    return None if log == [1] else log[0]


@pytest.mark.parametrize(
    ("ap", "loads", "stores"),
    [
        (NO_ACCESS, (False, False), (False, False)),
        (PRIVILEGED, (True, False), (True, False)),
        (READ_FOR_ALL, (True, True), (True, False)),
        (FULL, (True, True), (True, True)),
        (READ_PRIVILEGED, (True, False), (False, False)),
        (READ_ONLY, (True, True), (False, False)),
        (7, (True, True), (False, False)),
    ],
)
@pytest.mark.parametrize("unprivileged", [False, True])
@pytest.mark.parametrize("bits", [12, 5])
def test_access_permissions(
    ap: int, loads: tuple[bool, bool], stores: tuple[bool, bool], unprivileged: bool, bits: int
) -> None:
    """Table B3-15, of whole pages and of parts of one."""
    base = RAM + 0x2000
    for instruction, allowed in (("ldr r1, [r0]", loads), ("str r1, [r0]", stores)):
        source = f"""
reset:
{region(0, FLASH, 16, FULL)}{region(1, 0, 16, FULL)}{region(2, RAM, 12, FULL)}
{region(3, RIG, 12, FULL)}{region(4, base, bits, ap)}{region(5, RAM + 0x7000, 12, FULL)}
{enable()}
    load r0, {base}
    mov r2, #7
{UNPRIVILEGED.replace("r0", "r3") if unprivileged else ""}
    b 1f
1:  add r2, #1
    {instruction}
    add r2, #1
{HANDLERS}"""
        log = logged(source)
        if allowed[unprivileged]:
            assert log == [1]
        else:
            assert log == [DACCVIOL, base]


def test_fault_within_a_page_leaves_the_instruction_undone() -> None:
    source = f"""
reset:
{region(4, RAM + 0x2020, 5, READ_ONLY)}
{enable()}
    load r0, {RAM + 0x2018}
    mov r1, #1
    mov r2, #2
    mov r3, #3
    mov r4, #4
    b 1f
1:  add r4, #1
    stmia r0!, {{r1, r2, r3}}
    add r4, #1
    b .
memmanage:
    log_register r0
    log_register r4
    log_word MMFAR
    log_word {RAM + 0x2020}
    put 0xE000ED94, 0
    dsb
    isb
    bx lr
"""
    source = source.replace("    b .\nmemmanage", "    log_register r4\n    b .\nmemmanage")
    assert logged(source) == [RAM + 0x2018, 5, RAM + 0x2020, 0, 6]


@pytest.mark.parametrize("bits", [5, 12])
def test_fault_within_an_it_block_is_exact(bits: int) -> None:
    source = f"""
reset:
{region(4, RAM + 0x2000, bits, NO_ACCESS)}
{enable()}
    load r0, {RAM + 0x2004}
    load r5, {RAM + 0x3000}
    mov r2, #2
    mov r4, #4
    cmp r2, #2
    b 1f
1:  itttt eq
    addeq r4, #1
    ldreq r2, [r0]
    streq r4, [r5]
    addeq r4, #1
    log_register r4
    b .
memmanage:
    log_register r2
    log_register r4
    log_word MMFAR
    log_word {RAM + 0x3000}
    put 0xE000ED94, 0
    dsb
    isb
    bx lr
"""
    assert logged(source) == [2, 5, RAM + 0x2004, 0, 6]


def test_disabled_subregion_leaves_the_address_to_a_lower_region() -> None:
    """B3.5.3: SRD."""
    source = f"""
reset:
{region(0, RAM, 16, FULL)}
{region(1, RAM + 0x2000, 8, NO_ACCESS, more=1 << 8 + 2)}
{enable()}
    load r0, {RAM + 0x2000}
    ldr r1, [r0, #0x40]
    ldr r1, [r0, #0x5C]
    log 5
    ldr r1, [r0, #0x60]
{HANDLERS}"""
    assert logged(source) == [5, DACCVIOL, RAM + 0x2060]


def test_highest_region_counts() -> None:
    """B3.5.3."""
    source = f"""
reset:
{region(3, RAM + 0x2000, 12, NO_ACCESS)}{region(5, RAM + 0x2000, 8, FULL)}
{enable()}
    load r0, {RAM + 0x2000}
    str r1, [r0, #0xFC]
    log 5
    ldr r1, [r0, #0x100]
{HANDLERS}"""
    assert logged(source) == [5, DACCVIOL, RAM + 0x2100]


def test_without_privileged_default_everything_else_is_forbidden() -> None:
    """B3.5.5: PRIVDEFENA."""
    regions = region(0, FLASH, 16, READ_ONLY) + region(1, RAM, 12, FULL)
    regions += region(2, RIG, 12, FULL) + region(3, RAM + 0x7000, 12, FULL)
    source = f"""
reset:
{regions}
{enable(ENABLE)}
    load r0, {RAM + 0x1000}
    b 1f
1:  ldr r1, [r0]
{HANDLERS}"""
    assert logged(source) == [DACCVIOL, RAM + 0x1000]


@pytest.mark.parametrize("bits", [12, 8])
def test_execute_never(bits: int) -> None:
    """B3.5.9: XN."""
    base = RAM + 0x2000
    source = f"""
reset:
{region(4, base, bits, FULL, XN)}
    load r0, {base}
    load r1, 0x4770BF00            @ NOP; BX lr
    str r1, [r0]
    str r1, [r0, #4]
    add r2, r0, #1
    blx r2
    log 5
{enable()}
    load r2, {base + 1}
    blx r2
{HANDLERS}"""
    log = logged(source)
    assert log[:2] == [5, IACCVIOL]


def test_code_may_run_into_a_part_of_the_page_that_it_may_not_execute() -> None:
    base = RAM + 0x2000
    source = f"""
reset:
{region(4, base + 0x20, 5, FULL, XN)}
    load r0, {base + 0x18}
    load r1, 0x3401BF00            @ NOP; ADDS r4, #1
    str r1, [r0]
    str r1, [r0, #4]
    str r1, [r0, #8]
    str r1, [r0, #12]
    mov r4, #0
{enable()}
    load r2, {base + 0x19}
    bx r2
memmanage:
    log_register r4
    log_word CFSR
    ldr r1, [sp, #24]
    log_register r1
    b .
"""
    assert logged(source) == [2, IACCVIOL, base + 0x20]


@pytest.mark.parametrize(("control", "expected"), [(5, [2]), (7, None)])
def test_mpu_does_not_apply_to_hard_faults_unless_it_is_to(
    control: int, expected: list[int] | None
) -> None:
    """HFNMIENA, B3.5.2."""
    source = f"""
reset:
{region(4, RAM + 0x2000, 12, NO_ACCESS)}
    put 0xE000ED94, {control}
    dsb
    isb
    load r0, {RAM + 0x2000}
    ldr r1, [r0]
hardfault:
    load r0, {RAM + 0x2000}
    ldr r1, [r0]
    log 2
    b .
"""
    guest = Guest(source)
    stop = guest.core.run(1_000_000)
    if expected is None:
        assert stop is Stop.CRASH
        assert guest.log == []
    else:
        assert guest.log == expected


def test_faultmask_switches_the_mpu() -> None:
    source = f"""
reset:
{region(4, RAM + 0x2000, 12, NO_ACCESS)}
{enable()}
    load r0, {RAM + 0x2000}
    cpsid f
    b 1f
1:  ldr r1, [r0]
    log 5
    cpsie f
    b 2f
2:  ldr r1, [r0]
{HANDLERS}"""
    assert logged(source) == [5, DACCVIOL, RAM + 0x2000]


@pytest.mark.parametrize("bits", [12, 5])
def test_unprivileged_loads_and_stores_of_privileged_code(bits: int) -> None:
    """LDRT and STRT, A7.7.67: as unprivileged code would."""
    source = f"""
reset:
{region(0, RAM, 12, FULL)}{region(4, RAM + 0x2000, bits, PRIVILEGED)}
{region(5, RAM + 0x2100, 5, FULL)}
{enable()}
    load r0, {RAM + 0x2000}
    ldr r1, [r0]
    str r1, [r0]
    load r0, {RAM + 0x2100}
    ldrt r1, [r0]
    strt r1, [r0]
    log 5
    load r0, {RAM + 0x2000}
    ldrt r1, [r0]
{HANDLERS}"""
    assert logged(source) == [5, DACCVIOL, RAM + 0x2000]


def test_frame_that_may_not_be_stacked() -> None:
    """B3.2.15: MSTKERR."""
    source = f"""
reset:
{region(4, RAM + 0x2000, 12, READ_ONLY)}
{enable()}
    load r0, {RAM + 0x2800}
    msr psp, r0
    mov r0, #2
    msr control, r0
    isb
    svc #0
    log 9
memmanage:
    log_word CFSR
    b .
svc:
    log 8
    bx lr
"""
    log = logged(source)
    assert log[0] == MSTKERR


def test_frame_that_may_not_be_unstacked() -> None:
    """B3.2.15: MUNSTKERR."""
    source = f"""
reset:
    load r0, {RAM + 0x2800}
    msr psp, r0
    put SHPR2, 0x80000000
    put SHCSR, 7 << 16
    mov r0, #2
    msr control, r0
    isb
    svc #0
    log 9
memmanage:
    log_word CFSR
    b .
svc:
{region(4, RAM + 0x2000, 12, NO_ACCESS)}
    put 0xE000ED94, 5
    dsb
    isb
    bx lr
"""
    assert logged(source)[0] == MUNSTKERR


def test_unprivileged_code_does_not_reach_the_system_space() -> None:
    """B3.1: a bus fault, whatever the MPU says."""
    source = f"""
reset:
{region(0, 0, 32, FULL)}
{enable()}
{UNPRIVILEGED}
    load r0, 0xE000E100
    ldr r1, [r0]
busfault:
    log_word CFSR
    log_word BFAR
    b .
"""
    assert logged(source) == [0x8200, 0xE000E100]


def test_bus_masters_are_not_subject_to_the_mpu() -> None:
    guest = Guest(
        f"reset:\n{region(4, RAM + 0x2000, 12, NO_ACCESS)}{enable()}    log 1\n    b .\n"
    ).run()
    guest.core.bus.write(RAM + 0x2000, 0x1234, 4)
    assert guest.core.bus.read(RAM + 0x2000, 4) == 0x1234
    assert guest.log == [1]


def test_devices_may_be_forbidden() -> None:
    source = f"""
reset:
{region(0, RIG, 8, FULL)}{region(1, RIG + 0x20, 5, NO_ACCESS)}
{enable()}
    load r0, {RIG}
    ldr r1, [r0]
    log 5
    ldr r1, [r0, #0x24]
{HANDLERS}"""
    guest = Guest(source).run()
    assert guest.log == [5, DACCVIOL, RIG + 0x24]
    assert [access for access in guest.rig.accesses if access[1] == 0x24] == []


def test_chip_without_mpu() -> None:
    """B3.5.4: MPU_TYPE reads 0."""
    source = f"""
reset:
    log_word 0xE000ED90
{region(4, RAM + 0x2000, 12, NO_ACCESS)}
    put 0xE000ED94, 5
    log_word 0xE000ED94
    log_word {RAM + 0x2000}
    b .
"""
    guest = Guest(source)
    guest.core.set_mpu(0)
    assert guest.run().log == [0, 0, 0]


def test_snapshot_holds_what_is_permitted() -> None:
    source = f"""
reset:
{region(4, RAM + 0x2000, 12, NO_ACCESS)}
{enable()}
    load r0, {RAM + 0x2000}
    log 1
    load r5, 4000
1:  subs r5, #1
    bne 1b
    ldr r1, [r0]
    log 9
    b .
memmanage:
    log 7
    b .
"""
    guest, other = Guest(source).run(10), Guest(source)
    state = guest.core.save()
    other.core.restore(state)
    guest.core.bus.write(0xE000ED94, 0, 4)
    assert guest.run(200).log == [1, 9]
    guest.core.restore(state)
    assert guest.run(200).log == [1, 9, 7]
    assert other.run(200).log == [7]
