"""Clock tree, ready bits, reset flags and backup domain."""

from __future__ import annotations

import sys
from functools import partial
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import rcc as block
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from tests.peripherals.stm32l4.rig import peek, poke

PLL_80_MHZ = 1 | 5 << 4 | 20 << 8 | block.PLLCFGR.PLLREN
"""MSI, M 6, N 20, R 2."""


def make(**attributes: int) -> tuple[STM32L4_RCC, BenchMachine]:
    machine = BenchMachine()
    return STM32L4_RCC(machine, "rcc", **attributes), machine


def run_at_80_mhz(rcc: STM32L4_RCC) -> None:
    """What `SystemClock_Config` of the board's applications does."""
    poke(rcc, "CR", 1 | block.CR.MSIRGSEL | 11 << 4)
    poke(rcc, "PLLCFGR", PLL_80_MHZ)
    poke(rcc, "CR", 1 | block.CR.MSIRGSEL | 11 << 4 | 1 << 24)
    poke(rcc, "CFGR", block.PLL)


def test_the_chip_starts_at_four_megahertz() -> None:
    rcc, machine = make()
    assert (peek(rcc, "CR"), peek(rcc, "CFGR"), peek(rcc, "PLLCFGR")) == (0x63, 0, 0x1000)
    assert machine.cpu_frequency == 4_000_000


def test_the_boards_applications_get_80_megahertz() -> None:
    rcc, machine = make()
    run_at_80_mhz(rcc)
    assert peek(rcc, "CR") & (1 << 25 | 2) == 1 << 25 | 2
    assert peek(rcc, "CFGR") == block.PLL | block.PLL << 2
    assert machine.cpu_frequency == 80_000_000
    assert rcc.apb1_timer_hz() == rcc.apb2_timer_hz() == 80_000_000


def test_msi_pll_mode_keeps_the_clock() -> None:
    rcc, machine = make()
    run_at_80_mhz(rcc)
    poke(rcc, "CR", peek(rcc, "CR") | 1 << 2)
    assert peek(rcc, "CR") & 4
    assert machine.cpu_frequency == 80_000_000


@given(on=st.integers(0, 0xFFFFFFFF))
def test_ready_bits_follow_their_on_bits(on: int) -> None:
    rcc, _ = make()
    poke(rcc, "CR", on)
    control = peek(rcc, "CR")
    assert control & 3 == 3, "MSI clocks the system and can't be switched off"
    for switch, ready, _ in block.READY[1:]:
        assert control >> ready & 1 == on >> switch & 1


def test_an_external_clock_that_is_not_fitted_never_gets_ready() -> None:
    rcc, _ = make(hseFrequency=0)
    poke(rcc, "CR", 1 | block.CR.HSEON)
    assert not peek(rcc, "CR") & 1 << 17
    poke(rcc, "CFGR", block.HSE)
    assert peek(rcc, "CFGR") == block.HSE, "SWS stays at MSI"


def test_the_switch_waits_for_its_source() -> None:
    rcc, machine = make()
    poke(rcc, "CFGR", block.HSI16)
    assert peek(rcc, "CFGR") == block.HSI16
    poke(rcc, "CR", 1 | 1 << 8)
    assert peek(rcc, "CFGR") == block.HSI16 | block.HSI16 << 2
    assert machine.cpu_frequency == 16_000_000


@pytest.mark.parametrize(("code", "divider"), [(0, 1), (8, 2), (11, 16), (12, 64), (15, 512)])
def test_the_ahb_prescaler_divides_the_core_clock(code: int, divider: int) -> None:
    rcc, machine = make()
    poke(rcc, "CFGR", code << block.CFGR["HPRE"].position)
    assert machine.cpu_frequency == 4_000_000 // divider


def test_timers_run_at_twice_a_divided_bus() -> None:
    rcc, _ = make()
    run_at_80_mhz(rcc)
    poke(
        rcc,
        "CFGR",
        block.PLL | 5 << block.CFGR["PPRE1"].position | 4 << block.CFGR["PPRE2"].position,
    )
    assert (rcc.apb1_hz(), rcc.apb1_timer_hz()) == (20_000_000, 40_000_000)
    assert (rcc.apb2_hz(), rcc.apb2_timer_hz()) == (40_000_000, 80_000_000)


@pytest.mark.parametrize(
    ("source", "hertz"), [(0, 0), (1, 80_000_000), (2, 26_666_666), (3, 13_333_333)]
)
def test_each_source_of_the_pll(source: int, hertz: int) -> None:
    rcc, _ = make()
    poke(rcc, "CR", 1 | block.CR.MSIRGSEL | 11 << 4 | 1 << 8 | block.CR.HSEON)
    poke(rcc, "PLLCFGR", PLL_80_MHZ & ~3 | source)
    assert rcc.pll_hz() == hertz


def test_settings_of_a_running_pll_ignore_writes() -> None:
    rcc, machine = make()
    run_at_80_mhz(rcc)
    poke(rcc, "PLLCFGR", 0xFFFFFFFF & ~block.PLLCFGR.PLLREN)
    outputs = block.PLLCFGR.PLLPEN | block.PLLCFGR.PLLQEN
    assert peek(rcc, "PLLCFGR") == PLL_80_MHZ | outputs
    assert machine.cpu_frequency == 80_000_000
    poke(rcc, "CFGR", 0)
    poke(rcc, "PLLCFGR", 0)
    assert peek(rcc, "PLLCFGR") == PLL_80_MHZ & ~block.PLLCFGR.PLLREN
    poke(rcc, "CR", peek(rcc, "CR") & ~(1 << 24))
    poke(rcc, "PLLCFGR", 2)
    assert peek(rcc, "PLLCFGR") == 2


@pytest.mark.parametrize("number", [1, 2])
def test_settings_of_a_running_sai_pll_ignore_writes(number: int) -> None:
    rcc, _ = make()
    name = f"PLLSAI{number}CFGR"
    poke(rcc, name, 24 << 8)
    poke(rcc, "PLLCFGR", 1 | 24 << 8)
    poke(rcc, "CR", peek(rcc, "CR") | 1 << 24 + 2 * number)
    poke(rcc, name, 1 << 24 | 40 << 8)
    poke(rcc, "PLLCFGR", 3 | 40 << 8)
    assert peek(rcc, name) == 1 << 24 | 24 << 8
    assert peek(rcc, "PLLCFGR") == 1 | 40 << 8, "the main PLL is off"
    poke(rcc, "CR", peek(rcc, "CR") & ~(1 << 24 + 2 * number))
    poke(rcc, name, 40 << 8)
    assert peek(rcc, name) == 40 << 8


def test_a_pll_without_output_gives_no_clock() -> None:
    rcc, _ = make()
    assert rcc.pll_hz() == 0


@pytest.mark.parametrize(
    ("choice", "hertz"), [(0, 80_000_000), (1, 80_000_000), (2, 16_000_000), (3, 32_768)]
)
def test_serial_ports_choose_their_clock(choice: int, hertz: int) -> None:
    rcc, _ = make()
    run_at_80_mhz(rcc)
    poke(rcc, "CCIPR", choice)
    assert rcc.kernel_hz("usart1") == hertz


def test_low_power_timers_choose_the_lsi() -> None:
    rcc, _ = make()
    poke(rcc, "CCIPR", 1 << 18)
    assert rcc.kernel_hz("lptim1") == 32_000
    assert rcc.kernel_hz("lptim2") == 4_000_000


def test_after_a_standby_the_range_of_msi_comes_from_csr() -> None:
    rcc, machine = make()
    poke(rcc, "CSR", 4 << block.CSR["MSISRANGE"].position)
    assert machine.cpu_frequency == 1_000_000


class Listener:
    def __init__(self) -> None:
        self.calls = 0

    def changed(self) -> None:
        self.calls += 1


def test_listeners_are_called_with_changes_only() -> None:
    rcc, _ = make()
    listener = Listener()
    rcc.on_change(listener.changed)
    poke(rcc, "CFGR", 0)
    assert listener.calls == 0
    poke(rcc, "CR", 1 | block.CR.MSIRGSEL | 7 << 4)
    assert listener.calls == 1


def test_ready_interrupts_are_raised_when_enabled() -> None:
    rcc, _ = make()
    poke(rcc, "CR", 1 | 1 << 8)
    assert peek(rcc, "CIFR") == 0
    poke(rcc, "CIER", 0x3F)
    poke(rcc, "CR", 1 | 1 << 8 | block.CR.HSEON)
    poke(rcc, "CSR", block.CSR.LSION)
    poke(rcc, "BDCR", block.BDCR.LSEON)
    assert peek(rcc, "CIFR") == 0b10011
    assert rcc.lines["IRQ"].level
    poke(rcc, "CICR", 0b10011)
    assert not rcc.lines["IRQ"].level


def test_slow_oscillators_are_ready_at_once() -> None:
    rcc, _ = make()
    poke(rcc, "BDCR", block.BDCR.LSEON | 1 << 8)
    assert peek(rcc, "BDCR") == block.BDCR.LSEON | block.BDCR.LSERDY | 1 << 8
    assert rcc.rtc_hz() == 32_768
    poke(rcc, "BDCR", 2 << 8)
    assert peek(rcc, "BDCR") == 2 << 8
    assert rcc.rtc_hz() == 32_000
    poke(rcc, "CSR", block.CSR.LSION)
    assert peek(rcc, "CSR") & 3 == 3
    poke(rcc, "CSR", 0)
    assert peek(rcc, "CSR") & 3 == 0


@pytest.mark.parametrize(
    ("cause", "flags"),
    [
        ("pin", block.CSR.PINRSTF),
        ("software", block.CSR.SFTRSTF | block.CSR.PINRSTF),
        ("iwdg", block.CSR.IWDGRSTF | block.CSR.PINRSTF),
        ("wwdg", block.CSR.WWDGRSTF | block.CSR.PINRSTF),
        ("option-bytes", block.CSR.OBLRSTF | block.CSR.PINRSTF),
    ],
)
def test_flags_show_the_cause_of_the_reset(cause: str, flags: int) -> None:
    rcc, machine = make()
    assert peek(rcc, "CSR") & block.FLAGS == block.CSR.BORRSTF | block.CSR.PINRSTF
    poke(rcc, "CSR", block.CSR.RMVF)
    assert peek(rcc, "CSR") & block.FLAGS == 0
    machine.reset_cause = cause
    rcc.reset()
    assert peek(rcc, "CSR") & block.FLAGS == flags


def test_the_backup_domain_outlives_all_but_a_loss_of_power() -> None:
    rcc, machine = make()
    run_at_80_mhz(rcc)
    poke(rcc, "BDCR", block.BDCR.LSEON | 1 << 8)
    machine.reset_cause = "software"
    rcc.reset()
    assert peek(rcc, "BDCR") & block.BDCR.LSERDY
    assert (machine.cpu_frequency, peek(rcc, "CFGR")) == (4_000_000, 0)
    machine.reset_cause = "power-on"
    rcc.reset()
    assert peek(rcc, "BDCR") == 0


def test_software_can_reset_the_backup_domain() -> None:
    rcc, _ = make()
    listener = Listener()
    rcc.on_backup_reset(listener.changed)
    poke(rcc, "BDCR", block.BDCR.LSEON | 1 << 8)
    poke(rcc, "BDCR", block.BDCR.BDRST)
    assert peek(rcc, "BDCR") == block.BDCR.BDRST
    assert listener.calls == 1
    poke(rcc, "BDCR", 0)
    assert listener.calls == 1


class Resettable:
    def __init__(self) -> None:
        self.resets = 0

    def reset(self) -> None:
        self.resets += 1


def test_a_block_is_reset_by_its_bit_once() -> None:
    rcc, machine = make()
    blocks = {name: Resettable() for name in ("spi3", "usart1")}
    machine.peripherals.update(blocks)
    poke(rcc, "APB1RSTR1", 1 << 15)
    poke(rcc, "APB2RSTR", 1 << 14)
    poke(rcc, "APB1RSTR1", 0)
    assert {name: block.resets for name, block in blocks.items()} == {"spi3": 1, "usart1": 1}
    for register in block.RESETS:
        poke(rcc, register.name, 0xFFFFFFFF)
    assert {name: block.resets for name, block in blocks.items()} == {"spi3": 2, "usart1": 1}


def test_enable_registers_read_back() -> None:
    rcc, _ = make()
    for name in ("AHB2ENR", "APB1ENR1", "APB2ENR", "CCIPR"):
        poke(rcc, name, 0x00001801)
        assert peek(rcc, name) == 0x00001801 & rcc.registers.plan.by_name[name].written()


def test_bits_of_blocks_that_the_chip_lacks_read_zero() -> None:
    rcc, _ = make()
    for register in (*block.ENABLES, *block.RESETS):
        poke(rcc, register.name, 0xFFFFFFFF)
    # No LCD, no AES, no second CAN; a window watchdog is never reset by its bus.
    assert peek(rcc, "APB1ENR1") == 0xF2FEC83F
    assert peek(rcc, "APB1RSTR1") == 0xF2FEC03F
    assert peek(rcc, "AHB2ENR") == 0x000430FF
    assert peek(rcc, "APB2ENR") == 0x01677C81


def test_what_starts_a_watchdog_stays_enabled() -> None:
    rcc, _ = make()
    poke(rcc, "APB1ENR1", block.ENABLES[3].WWDGEN)
    poke(rcc, "APB1ENR1", 0)
    assert peek(rcc, "APB1ENR1") == block.ENABLES[3].WWDGEN


def test_a_gate_gives_a_block_its_clock_and_takes_it() -> None:
    rcc, machine = make()
    assert machine.gates["usart1"] == "RCC_APB2ENR.USART1EN"
    assert "flashController" not in machine.gates, "its clock is on after reset"
    poke(rcc, "APB2ENR", 1 << 14)
    assert machine.gates["usart1"] == ""
    assert rcc.has_clock("usart1")
    assert not rcc.has_clock("spi1")
    poke(rcc, "APB2ENR", 0)
    assert machine.gates["usart1"] == "RCC_APB2ENR.USART1EN"


def test_one_gate_is_that_of_all_blocks_behind_it() -> None:
    rcc, machine = make()
    poke(rcc, "AHB2ENR", 1 << 13)
    assert [machine.gates[name] for name in ("adc1", "adc2", "adc3", "adcCommon")] == [""] * 4


def test_a_system_reset_closes_the_gates() -> None:
    rcc, machine = make()
    poke(rcc, "APB1ENR1", 0xFFFFFFFF)
    assert machine.gates["tim2"] == machine.gates["wwdg"] == ""
    poke(rcc, "APB1ENR1", 0)
    assert machine.gates["wwdg"] == "", "only a reset takes its clock"
    machine.reset_cause = "software"
    rcc.reset()
    assert machine.gates["wwdg"] == "RCC_APB1ENR1.WWDGEN"


HSE_ON = 1 | block.CR.HSEON


@pytest.mark.parametrize(
    ("wake", "spare"), [(0, block.MSI), (block.CFGR.STOPWUCK, block.HSI16)], ids=["MSI", "HSI16"]
)
def test_the_security_system_replaces_a_failed_hse(wake: int, spare: int) -> None:
    rcc, _ = make()
    poke(rcc, "CR", HSE_ON | block.CR.CSSON)
    poke(rcc, "CFGR", block.HSE | wake)
    assert rcc.sysclk_hz() == 8_000_000
    failures: list[int] = []
    rcc.on_failure(partial(failures.append, 1))
    rcc.fail_oscillator("HSE")
    assert block.CFGR["SWS"].get(peek(rcc, "CFGR")) == spare
    assert peek(rcc, "CR") & (block.CR.HSEON | block.CR.HSERDY | block.CR.CSSON) == 0
    assert (rcc.lines["NMI"].level, rcc.lines["IRQ"].level) == (True, False)
    assert failures == [1]
    poke(rcc, "CICR", block.CIFR.CSSF)
    assert not rcc.lines["NMI"].level
    poke(rcc, "CR", HSE_ON)
    assert not peek(rcc, "CR") & block.CR.HSERDY
    rcc.restore_oscillator("HSE")
    assert peek(rcc, "CR") & block.CR.HSERDY


def test_a_pll_that_the_hse_drives_goes_with_it() -> None:
    rcc, _ = make()
    poke(rcc, "PLLCFGR", PLL_80_MHZ & ~3 | 3)
    poke(rcc, "CR", HSE_ON | block.CR.CSSON | block.CR.PLLON)
    poke(rcc, "CFGR", block.PLL)
    rcc.fail_oscillator("HSE")
    assert not peek(rcc, "CR") & (block.CR.PLLON | block.CR.PLLRDY)
    assert rcc.sysclk_hz() == rcc.msi_hz()


def test_without_the_security_system_nothing_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    rcc, _ = make()
    poke(rcc, "CR", HSE_ON)
    rcc.fail_oscillator("HSE")
    assert not rcc.lines["NMI"].level
    assert "stopped without CSSON" in caplog.text


def test_a_failed_lse_stops_the_rtc_s_clock_and_is_detected() -> None:
    rcc, _ = make()
    poke(rcc, "BDCR", block.BDCR.LSEON)
    poke(rcc, "BDCR", block.BDCR.LSEON | 1 << 8 | block.BDCR.LSECSSON)
    poke(rcc, "CIER", block.CIER.LSECSSIE)
    assert rcc.rtc_hz() == 32_768
    rcc.fail_oscillator("LSE")
    assert peek(rcc, "BDCR") & block.BDCR.LSECSSD
    assert rcc.rtc_hz() == 0
    assert (rcc.lines["LSECSS"].level, rcc.lines["IRQ"].level) == (True, False)


def test_an_oscillator_that_cannot_fail_is_refused() -> None:
    rcc, _ = make()
    with pytest.raises(ValueError, match="MSI isn't"):
        rcc.fail_oscillator("MSI")


def test_in_sleep_blocks_have_their_clocks_as_smenr_says() -> None:
    rcc, machine = make()
    gated: list[bool] = []
    rcc.on_gate("tim2", lambda: gated.append(rcc.has_clock("tim2")))
    poke(rcc, "APB1ENR1", 3)
    assert machine.sleep_listener is not None
    assert not machine.follows_sleep
    machine.sleep_listener(1)
    machine.sleep_listener(0)
    assert gated == [True]
    poke(rcc, "APB1SMENR1", peek(rcc, "APB1SMENR1") & ~1)
    assert machine.follows_sleep
    machine.sleep_listener(1)
    assert machine.gates["tim2"] == "RCC_APB1SMENR1.TIM2SMEN"
    assert machine.gates["tim3"] == ""
    machine.sleep_listener(0)
    assert machine.gates["tim2"] == ""
    assert gated == [True, False, True]
    machine.sleep_listener(1)
    rcc.reset()
    assert not machine.follows_sleep
    assert machine.gates["tim2"] == "RCC_APB1ENR1.TIM2EN"


@given(sleeps=st.integers(0, 0xFFFFFFFF), enables=st.integers(0, 0xFFFFFFFF))
def test_after_sleep_the_gates_are_as_before(sleeps: int, enables: int) -> None:
    rcc, machine = make()
    poke(rcc, "APB1ENR1", enables)
    poke(rcc, "APB1SMENR1", sleeps)
    before = dict(machine.gates)
    rcc.sleep(1)
    for bit, name in ((0, "tim2"), (17, "usart2"), (31, "lptim1")):
        assert rcc.has_clock(name) == bool(enables & sleeps & 1 << bit)
    rcc.sleep(0)
    assert machine.gates == before


def test_dma_opens_and_closes_gates_while_the_core_sleeps() -> None:
    rcc, machine = make()
    poke(rcc, "APB1ENR1", 3)
    poke(rcc, "APB1SMENR1", 0)
    rcc.sleep(1)
    poke(rcc, "APB1ENR1", 5)
    assert (rcc.has_clock("tim2"), rcc.has_clock("tim3"), rcc.has_clock("tim4")) == (
        False,
        False,
        True,
    )
    rcc.sleep(0)
    assert (rcc.has_clock("tim2"), rcc.has_clock("tim3"), rcc.has_clock("tim4")) == (
        True,
        False,
        True,
    )
    assert machine.gates["tim3"] == "RCC_APB1ENR1.TIM3EN"


@pytest.mark.parametrize(
    "register", ["CR", "CFGR", "PLLCFGR", "AHB2ENR", "APB1ENR1", "BDCR", "CSR"]
)
def test_writing_the_same_value_again_computes_no_clock(register: str) -> None:
    """Firmware does so in a loop, and a whole tree for each write would slow the board down."""
    rcc, _ = make()
    run_at_80_mhz(rcc)
    value = peek(rcc, register)
    poke(rcc, register, value)
    called: list[str] = []

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            called.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        poke(rcc, register, value)
    finally:
        sys.setprofile(before)
    assert not [name for name in called if name.endswith("_hz")] or register == "CR"
    assert len(called) < 40
