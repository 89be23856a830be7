"""OTG_FS as a device: modes, session, FIFOs, endpoints."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.otg_fs import STM32L4_OTG_FS
from renode_wifi.peripherals.stm32l4.otg_fs_registers import (
    DCTL,
    DIEPCTL,
    DIEPINT,
    DOEPCTL,
    DOEPINT,
    DSTS,
    GCCFG,
    GINTSTS,
    GOTGCTL,
    GRSTCTL,
    GUSBCFG,
)
from renode_wifi.peripherals.usb.packets import ACK, DATA0, DATA1, NAK, SILENT, STALL
from tests.peripherals.stm32l4.rig import peek, poke

SETUP = bytearray(bytes.fromhex("8006000100004000"))
ENABLE = DIEPCTL.EPENA | DIEPCTL.CNAK
BULK = DIEPCTL.USBAEP | 2 << 18


class Host:
    """Counts what it is notified of."""

    frame = 0x123

    def __init__(self) -> None:
        self.pull_ups: list[bool] = []
        self.ready = 0

    def on_pull_up(self, level: bool) -> None:
        self.pull_ups.append(level)

    def on_ready(self) -> None:
        self.ready += 1


@pytest.fixture
def usb() -> STM32L4_OTG_FS:
    """A device that shows itself on a plugged cable, with 64 words for each FIFO."""
    model = STM32L4_OTG_FS(BenchMachine(), "otgFs")
    model.host = Host()
    model.set_vbus(True)
    for name, value in (
        ("GCCFG", GCCFG.PWRDWN),
        ("GOTGCTL", GOTGCTL.BVALOEN | GOTGCTL.BVALOVAL),
        ("GRXFSIZ", 64),
        ("DIEPTXF0", 64 << 16),
        ("DIEPTXF1", 64 << 16),
        ("DIEPCTL1", BULK | 64),
        ("DOEPCTL1", BULK | 64),
        ("GINTMSK", 0xFFFFFFFF & ~(GINTSTS.SOF | GINTSTS.NPTXFE | GINTSTS.PTXFE)),
        ("GINTSTS", 0xFFFFFFFF),
        ("DCTL", 0),
    ):
        poke(model, name, value)
    return model


def take(usb: STM32L4_OTG_FS) -> tuple[int, int, bytes]:
    """(PKTSTS, endpoint, data) of the next entry of the receive FIFO."""
    status = peek(usb, "GRXSTSP")
    length = status >> 4 & 0x7FF
    data = b"".join(usb.read(0x1000, 4).to_bytes(4, "little") for _ in range(0, length, 4))
    return status >> 17, status & 15, data[:length]


def test_the_core_resets_and_changes_its_mode_at_once() -> None:
    usb = STM32L4_OTG_FS(BenchMachine(), "otgFs")
    poke(usb, "GUSBCFG", GUSBCFG.FHMOD)
    assert peek(usb, "GINTSTS") & GINTSTS.CMOD
    poke(usb, "GRSTCTL", GRSTCTL.CSRST | GRSTCTL.RXFFLSH)
    assert peek(usb, "GRSTCTL") == GRSTCTL.AHBIDL
    assert peek(usb, "GINTSTS") & GINTSTS.CMOD
    poke(usb, "GUSBCFG", GUSBCFG.FDMOD)
    assert not peek(usb, "GINTSTS") & GINTSTS.CMOD


def test_a_core_reset_leaves_mode_transceiver_and_speed(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "GUSBCFG", GUSBCFG.FDMOD)
    poke(usb, "DCFG", 3 | 5 << 4)
    poke(usb, "GRSTCTL", GRSTCTL.CSRST)
    assert peek(usb, "GUSBCFG") & GUSBCFG.FDMOD
    assert peek(usb, "GCCFG") == GCCFG.PWRDWN
    assert peek(usb, "DCFG") & 0x7F3 == 3
    assert usb.host.pull_ups == [True, False]


def test_a_device_shows_itself_by_its_pull_up(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "DCTL", DCTL.SDIS)
    poke(usb, "DCTL", 0)
    poke(usb, "GCCFG", 0)
    assert usb.host.pull_ups == [True, False, True, False]


def test_a_session_begins_and_ends_with_vbus_where_it_is_sensed() -> None:
    usb = STM32L4_OTG_FS(BenchMachine(), "otgFs")
    usb.host = Host()
    poke(usb, "GCCFG", GCCFG.VBDEN)
    usb.set_vbus(True)
    assert peek(usb, "GOTGCTL") & GOTGCTL.BSVLD
    assert peek(usb, "GINTSTS") & GINTSTS.SRQINT
    usb.set_vbus(False)
    assert not peek(usb, "GOTGCTL") & GOTGCTL.BSVLD
    assert peek(usb, "GINTSTS") & GINTSTS.OTGINT


def test_an_idle_bus_suspends_after_three_milliseconds() -> None:
    machine = BenchMachine()
    usb = STM32L4_OTG_FS(machine, "otgFs")
    poke(usb, "GOTGCTL", GOTGCTL.BVALOEN | GOTGCTL.BVALOVAL)
    poke(usb, "GCCFG", GCCFG.PWRDWN)
    poke(usb, "DCTL", 0)
    machine.clock.advance(2_999_999)
    assert not peek(usb, "DSTS") & DSTS.SUSPSTS
    machine.clock.advance(1)
    assert peek(usb, "DSTS") & DSTS.SUSPSTS
    assert peek(usb, "GINTSTS") & GINTSTS.USBSUSP
    usb.reset_bus()
    assert not peek(usb, "DSTS") & DSTS.SUSPSTS
    assert peek(usb, "GINTSTS") & GINTSTS.USBRST


def test_a_reset_ends_with_full_speed_and_interrupts(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "GAHBCFG", 1)
    usb.reset_bus()
    assert usb.lines["IRQ"].level
    poke(usb, "GINTSTS", 0xFFFFFFFF)
    assert not usb.lines["IRQ"].level
    usb.end_reset()
    assert usb.lines["IRQ"].level
    assert peek(usb, "DSTS") == DSTS["ENUMSPD"].put(0x10, 3) | 0x123 << 8


def test_a_setup_packet_comes_whatever_endpoint_zero_is_at(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "DIEPCTL0", DIEPCTL.STALL)
    assert usb.transmit(0, 0) == (STALL, b"")
    assert usb.setup(0, SETUP)
    assert peek(usb, "GINTSTS") & GINTSTS.RXFLVL
    assert take(usb) == (6, 0, bytes(SETUP))
    assert not peek(usb, "DOEPINT0") & DOEPINT.STUP
    assert take(usb) == (4, 0, b"")
    assert peek(usb, "DOEPINT0") & DOEPINT.STUP
    assert not peek(usb, "GINTSTS") & GINTSTS.RXFLVL
    assert usb.transmit(0, 0) == (NAK, b"")


def test_an_in_transfer_leaves_in_packets_and_completes(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "DIEPTSIZ1", 2 << 19 | 70)
    poke(usb, "DIEPCTL1", peek(usb, "DIEPCTL1") | ENABLE)
    assert usb.transmit(0, 1) == (NAK, b"")
    assert peek(usb, "DIEPINT1") & DIEPINT.ITTXFE
    for word in range(18):
        usb.write(0x2000, word * 0x01010101, 4)
    assert peek(usb, "DTXFSTS1") == 64 - 18
    pid, data = usb.transmit(0, 1)
    assert (pid, len(data), data[60]) == (DATA0, 64, 15)
    assert peek(usb, "DTXFSTS1") == 64 - 2
    assert not peek(usb, "DIEPINT1") & DIEPINT.XFRC
    assert usb.transmit(0, 1) == (DATA1, bytes([16] * 4 + [17] * 2))
    assert peek(usb, "DIEPINT1") & DIEPINT.XFRC
    assert not peek(usb, "DIEPCTL1") & DIEPCTL.EPENA


def test_a_packet_of_nothing_needs_no_word(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "DIEPTSIZ1", 1 << 19)
    poke(usb, "DIEPCTL1", peek(usb, "DIEPCTL1") | ENABLE)
    assert usb.transmit(0, 1) == (DATA0, b"")


def test_an_out_transfer_ends_with_a_short_packet(usb: STM32L4_OTG_FS) -> None:
    assert usb.receive(0, 1, DATA0, bytearray(b"early")) == NAK
    poke(usb, "DOEPTSIZ1", 4 << 19 | 256)
    poke(usb, "DOEPCTL1", peek(usb, "DOEPCTL1") | ENABLE)
    assert usb.receive(0, 1, DATA0, bytearray(64)) == ACK
    assert usb.receive(0, 1, DATA1, bytearray(b"tail!")) == ACK
    assert usb.receive(0, 1, DATA0, bytearray(b"late")) == NAK
    assert peek(usb, "DOEPTSIZ1") == 2 << 19 | 256 - 69
    assert take(usb) == (2, 1, bytes(64))
    assert take(usb) == (2, 1, b"tail!")
    assert not peek(usb, "DOEPINT1") & DOEPINT.XFRC
    assert take(usb) == (3, 1, b"")
    assert peek(usb, "DOEPINT1") & DOEPINT.XFRC


def test_a_packet_that_comes_twice_counts_once(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "DOEPTSIZ1", 4 << 19 | 256)
    poke(usb, "DOEPCTL1", peek(usb, "DOEPCTL1") | ENABLE)
    for _ in range(2):
        assert usb.receive(0, 1, DATA0, bytearray(64)) == ACK
    assert take(usb)[0] == 2
    assert take(usb) == (0, 0, b"")


def test_a_full_receive_fifo_takes_nothing(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "DOEPTSIZ1", 100 << 19 | 6400)
    poke(usb, "DOEPCTL1", peek(usb, "DOEPCTL1") | ENABLE)
    answers = [usb.receive(0, 1, pid, bytearray(64)) for pid in (DATA0, DATA1, DATA0, DATA1)]
    assert answers == [ACK, ACK, ACK, NAK]
    take(usb)
    assert usb.receive(0, 1, DATA1, bytearray(64)) == ACK


def test_a_new_address_counts_after_the_status_stage(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "DCFG", 5 << 4)
    poke(usb, "DIEPTSIZ0", 1 << 19)
    poke(usb, "DIEPCTL0", ENABLE)
    assert usb.transmit(0, 0) == (DATA0, b"")
    assert usb.transmit(0, 0) == (SILENT, b"")
    assert usb.setup(5, SETUP)
    usb.reset_bus()
    assert usb.setup(0, SETUP)


def test_an_endpoint_stops_and_reports_it(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "DIEPCTL1", ENABLE)
    assert not peek(usb, "DIEPCTL1") & DIEPCTL.NAKSTS
    poke(usb, "DIEPCTL1", DIEPCTL.EPDIS | DIEPCTL.SNAK)
    assert peek(usb, "DIEPCTL1") == DIEPCTL.NAKSTS
    assert peek(usb, "DIEPINT1") & (DIEPINT.EPDISD | DIEPINT.INEPNE)


def test_global_nak_takes_effect_behind_what_was_received(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "DOEPTSIZ1", 4 << 19 | 256)
    poke(usb, "DOEPCTL1", peek(usb, "DOEPCTL1") | ENABLE)
    usb.receive(0, 1, DATA0, bytearray(4))
    poke(usb, "DCTL", DCTL.SGONAK)
    assert usb.receive(0, 1, DATA1, bytearray(4)) == NAK
    assert not peek(usb, "GINTSTS") & GINTSTS.GONAKEFF
    assert [take(usb)[0] for _ in range(3)] == [2, 3, 1]
    assert peek(usb, "GINTSTS") & GINTSTS.GONAKEFF
    poke(usb, "DCTL", DCTL.CGONAK)
    assert not peek(usb, "GINTSTS") & GINTSTS.GONAKEFF


def test_a_flushed_fifo_is_empty(usb: STM32L4_OTG_FS) -> None:
    usb.write(0x2000, 0x12345678, 4)
    usb.setup(0, SETUP)
    poke(usb, "GRSTCTL", GRSTCTL.RXFFLSH | GRSTCTL.TXFFLSH | 0x10 << 6)
    assert peek(usb, "DTXFSTS1") == 64
    assert not peek(usb, "GINTSTS") & GINTSTS.RXFLVL
    assert usb.read(0x20000, 4) == 0


def test_an_empty_fifo_interrupts_where_it_is_asked_to(usb: STM32L4_OTG_FS) -> None:
    poke(usb, "GAHBCFG", 1)
    poke(usb, "DAINTMSK", 2)
    assert not usb.lines["IRQ"].level
    poke(usb, "DIEPEMPMSK", 2)
    assert usb.lines["IRQ"].level
    assert peek(usb, "DAINT") == 2


def test_an_endpoint_that_is_ready_is_said_to_be(usb: STM32L4_OTG_FS) -> None:
    before = usb.host.ready
    poke(usb, "DOEPCTL1", peek(usb, "DOEPCTL1") | DOEPCTL.EPENA | DOEPCTL.CNAK)
    assert usb.host.ready == before + 1
