"""DMA1 and DMA2 (RM0090 section 10): registers of eight streams; nothing is moved."""

from __future__ import annotations

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Field, Register, packed

STREAMS = 8
STRIDE = 0x18
FLAGS = "FEIF{0} - DMEIF{0} TEIF{0} HTIF{0} TCIF{0}"


def _flags(first: int) -> tuple[Field, ...]:
    """Four streams' flags (sections 10.5.1 and 10.5.2)."""
    places = (0, 6, 16, 22)
    return tuple(
        field
        for stream, place in enumerate(places, first)
        for field in packed(FLAGS.format(stream), place)
    )


class STM32DMA(RegistersOnly):
    """Streams stay as software sets them up, and never finish."""

    MISSING = "transfers"
    OUTPUTS = tuple(range(STREAMS))
    REGISTERS = (
        Register("LISR", 0x00, access=READ_ONLY, fields=_flags(0)),
        Register("HISR", 0x04, access=READ_ONLY, fields=_flags(4)),
        Register("LIFCR", 0x08, access=WRITE_ONLY, clears="LISR", fields=_flags(0)),
        Register("HIFCR", 0x0C, access=WRITE_ONLY, clears="HISR", fields=_flags(4)),
        Register(
            "S{}CR",
            0x10,
            count=STREAMS,
            stride=STRIDE,
            fields=packed(
                "EN DMEIE TEIE HTIE TCIE PFCTRL DIR:2 CIRC PINC MINC PSIZE:2 MSIZE:2 PINCOS PL:2"
                " DBM CT - PBURST:2 MBURST:2 CHSEL:3"
            ),
        ),
        Register("S{}NDTR", 0x14, count=STREAMS, stride=STRIDE, fields=packed("NDT:16")),
        Register("S{}PAR", 0x18, count=STREAMS, stride=STRIDE, fields=packed("PA:32")),
        Register("S{}M0AR", 0x1C, count=STREAMS, stride=STRIDE, fields=packed("M0A:32")),
        Register("S{}M1AR", 0x20, count=STREAMS, stride=STRIDE, fields=packed("M1A:32")),
        Register(
            "S{}FCR",
            0x24,
            count=STREAMS,
            stride=STRIDE,
            reset=0x21,
            fields=packed("FTH:2 DMDIS FS:3/r - FEIE"),
        ),
    )

    def on_gpio(self, number: int, level: bool) -> None:
        """A request of a block, which nothing answers."""
