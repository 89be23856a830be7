"""Which pins can have the signals of serial ports and of SPI3 (STM32L475VG: DS10969 tables 17, 18).

An entry is a pin of a port with the alternate function by which it has the signal.
"""

from __future__ import annotations

from typing import NamedTuple


class PinFunction(NamedTuple):
    """port: its letter."""

    port: str
    pin: int
    function: int


USART, UART, SPI3 = 7, 8, 6

TRANSMITTERS: dict[str, tuple[PinFunction, ...]] = {
    "usart1": (PinFunction("A", 9, USART), PinFunction("B", 6, USART)),
    "usart2": (PinFunction("A", 2, USART), PinFunction("D", 5, USART)),
    "usart3": (
        PinFunction("B", 10, USART),
        PinFunction("C", 4, USART),
        PinFunction("C", 10, USART),
        PinFunction("D", 8, USART),
    ),
    "uart4": (PinFunction("A", 0, UART), PinFunction("C", 10, UART)),
    "uart5": (PinFunction("C", 12, UART),),
    "lpuart1": (PinFunction("B", 11, UART), PinFunction("C", 1, UART)),
}
"""TX, by port."""
SPI3_SIGNALS: dict[str, tuple[PinFunction, ...]] = {
    "SCK": (PinFunction("B", 3, SPI3), PinFunction("C", 10, SPI3)),
    "MISO": (PinFunction("B", 4, SPI3), PinFunction("C", 11, SPI3)),
    "MOSI": (PinFunction("B", 5, SPI3), PinFunction("C", 12, SPI3)),
}
"""Of the bus to the Wi-Fi module."""
