"""Tasks that the MPU holds apart, as an RTOS has them: ARM DDI 0403E, B3.5."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import FLASH, RAM, RIG, logged
from tests.emulation.engines.embedded.test_protection import (
    ENABLE,
    FULL,
    PRIVILEGED,
    READ_ONLY,
    UNPRIVILEGED,
    enable,
    region,
)


@pytest.mark.parametrize("interpret", [True, False])
def test_regions_of_tasks_change_with_the_context(interpret: bool) -> None:
    """What an RTOS does at every switch, in handlers that the core executes itself."""
    source = f"""
reset:
{region(0, FLASH, 16, READ_ONLY)}{region(1, RIG, 12, FULL)}{region(2, RAM + 0x7000, 12, FULL)}
{enable()}
    mov r7, #0
{UNPRIVILEGED.replace("r0", "r3")}
1:  svc #0
    add r7, #1
    load r0, {RAM + 0x2000}
    tst r7, #1
    ite eq
    streq r7, [r0]
    strne r7, [r0, #0x100]
    cmp r7, #6
    bne 1b
    svc #0
    load r0, {RAM + 0x2000}
    str r7, [r0]
    log 9
svc:
    eor r6, r7, #1
    and r6, #1
    load r0, {RAM + 0x2000}
    add r0, r0, r6, lsl #8
    orr r0, #0x13
    load r1, 0xE000ED9C
    load r2, 0x0300000F
    str r0, [r1]
    str r2, [r1, #4]
    log_register r7
    bx lr
memmanage:
    log_word MMFAR
    b .
"""
    log = logged(source, interpret=interpret)
    assert log[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert log[7] in (RAM + 0x2000, RAM + 0x2100)


@pytest.mark.parametrize("interpret", [True, False])
def test_what_a_handler_may_access_stays_forbidden_to_the_task(interpret: bool) -> None:
    """Exceptions change the privilege and leave the regions alone."""
    source = f"""
reset:
{region(0, FLASH, 16, READ_ONLY)}{region(1, RIG, 12, FULL)}{region(2, RAM + 0x7000, 12, FULL)}
{region(3, RAM + 0x2000, 12, PRIVILEGED)}
{enable(ENABLE)}
    mov r7, #0
{UNPRIVILEGED.replace("r0", "r3")}
1:  svc #0
    add r7, #1
    cmp r7, #6
    bne 1b
    load r0, {RAM + 0x2000}
    log_register r7
    ldr r1, [r0]
    log 9
svc:
    load r0, {RAM + 0x2000}
    str r7, [r0]
    ldr r1, [r0]
    bx lr
memmanage:
    log_word MMFAR
    b .
"""
    assert logged(source, interpret=interpret) == [6, RAM + 0x2000]
