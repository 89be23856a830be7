"""WFI, WFE, sleep on exit and deep sleep: ARM DDI 0403E, B1.5.17 to B1.5.19, and SCR, B3.2.7."""

from __future__ import annotations

from renode_wifi.emulation.platform.core import Stop
from tests.emulation.engines.embedded.guest import Guest, logged


def test_wfi_sleeps_without_executing() -> None:
    source = """
reset:
    mov r0, #1
    wfi
    mov r0, #2
    b .
"""
    guest = Guest(source)
    assert guest.core.run(10**9) is Stop.TIME
    assert guest.core.now == 10**9
    assert guest.register("r0") == 1


def test_wfi_wakes_by_a_masked_interrupt_without_entering_it() -> None:
    source = """
reset:
    cpsid i
    put ISER0, 4
    wfi
    log 1
    log_word ISPR0
    cpsie i
    log 3
    b .
irq2:
    log 2
    bx lr
"""
    guest = Guest(source).run()
    assert guest.log == []
    guest.core.nvic.on_gpio(2, True)
    guest.core.nvic.on_gpio(2, False)
    assert guest.run().log == [1, 4, 2, 3]


def test_wfi_is_not_woken_by_what_basepri_masks() -> None:
    source = """
reset:
    put IPR0, 0x00800000
    put ISER0, 4
    mov r0, #0x40
    msr basepri, r0
    wfi
    log 1
    b .
irq2:
    log 2
    bx lr
"""
    guest = Guest(source).run()
    guest.core.nvic.on_gpio(2, True)
    assert guest.run().log == []


def test_wfi_with_something_pending_does_not_sleep() -> None:
    source = """
reset:
    cpsid i
    put ICSR, 1 << 28
    wfi
    log 1
    b .
"""
    assert logged(source) == [1]


def test_sleep_on_exit_goes_back_to_sleep_after_the_handler() -> None:
    source = """
reset:
    put SCR, 2
    put ISER0, 4
    log_word SCR
    wfi
    log 9
    b .
irq2:
    put LOWER, 2
    log 1
    bx lr
"""
    guest = Guest(source).run()
    for count in (1, 2, 3):
        guest.core.nvic.on_gpio(2, True)
        assert guest.run().log == [2, *[1] * count]


def test_deep_sleep_is_reported() -> None:
    seen: list[int] = []
    guest = Guest("reset:\n put SCR, 4\n wfi\n")
    guest.core.on_deep_sleep(seen.append)
    guest.run()
    assert seen == [1]


SLEEPS = """
reset:
    put ISER0, 4
1:
    wfi
    log 1
    b 1b
irq2:
    log 2
    bx lr
"""


def test_any_sleep_is_reported_while_it_is_followed() -> None:
    seen: list[int] = []
    guest = Guest(SLEEPS)
    guest.core.on_sleep(seen.append)
    guest.run()
    assert seen == []
    guest.core.follow_sleep(True)
    guest.run()
    assert seen == [1]
    guest.core.nvic.on_gpio(2, True)
    guest.core.nvic.on_gpio(2, False)
    guest.run()
    assert seen == [1, 0, 1]
    state = guest.core.save()
    guest.core.restore(state)
    guest.run()
    assert seen == [1, 0, 1]
    guest.core.follow_sleep(False)
    guest.run()
    assert seen == [1, 0, 1, 0]


def test_wfe_waits_for_an_event_and_consumes_it() -> None:
    source = """
reset:
    sev
    wfe
    log 1
    wfe
    log 2
    b .
irq2:
    put LOWER, 2
    bx lr
"""
    guest = Guest(source).run()
    assert guest.log == [1]
    guest.core.run(guest.core.now + 1000)
    guest.core.write_register("primask", 0)
    guest.core.bus.write(0xE000E100, 4, 4)
    guest.core.nvic.on_gpio(2, True)  # an exception's entry is an event
    assert guest.run().log == [1, 2]


def test_t32_wfe_sev_and_yield_are_understood() -> None:
    source = """
reset:
    sev.w
    wfe.w
    yield
    yield.w
    log 1
    wfe.w
    log 2
    b .
"""
    assert logged(source) == [1]


def test_pending_interrupt_is_an_event_if_sevonpend() -> None:
    source = """
reset:
    put SCR, 16
    wfe
    log 1
    b .
"""
    guest = Guest(source).run()
    assert guest.log == []
    guest.core.nvic.on_gpio(7, True)
    assert guest.run().log == [1]


DEEP = """
reset:
    put SYST_RVR, 999
    put SYST_CVR, 0
    put SYST_CSR, 5
    put ISER0, 4
    put SCR, 4
    wfi
    log_word SYST_CVR
    b .
irq2:
    log 2
    bx lr
"""


def test_systick_stands_still_while_a_power_controller_has_the_core_asleep_deeply() -> None:
    seen: list[int] = []
    counts = []
    for duration in (10**6, 10**7):
        guest = Guest(DEEP)
        guest.core.on_deep_sleep(seen.append)
        guest.core.run(duration)
        guest.core.nvic.on_gpio(2, True)
        guest.core.nvic.on_gpio(2, False)
        guest.core.run(2 * duration)
        assert guest.log[0] == 2
        counts.append(guest.log[1])
    assert seen == [1, 0, 1, 0]
    assert counts[0] == counts[1]


def test_a_powered_down_core_is_not_woken_by_interrupts() -> None:
    guest = Guest(DEEP)

    def power_down(begins: int) -> None:
        guest.core.power_down()

    guest.core.on_deep_sleep(power_down)
    guest.core.run(10**6)
    guest.core.nvic.on_gpio(2, True)
    guest.core.run(10**7)
    assert guest.log == []
    guest.core.reset()
    guest.core.on_deep_sleep(lambda begins: None)
    guest.core.run(2 * 10**7)
    assert guest.log[0] == 2


def test_a_deep_sleep_under_way_survives_a_snapshot() -> None:
    seen: list[int] = []
    guest = Guest(DEEP)
    guest.core.on_deep_sleep(seen.append)
    guest.core.run(10**6)
    state = guest.core.save()
    guest.core.restore(state)
    guest.core.run(2 * 10**6)
    assert seen == [1]
