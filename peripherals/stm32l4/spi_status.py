# ironpython: executed by Renode
"""SR of SPI1 to SPI3 (RM0351 section 42.6.3) by what is in the FIFOs, and what of it interrupts."""

from renode_wifi.peripherals.stm32l4.spi_registers import CR2, SR

INTERRUPT_ENABLES = CR2.ERRIE | CR2.RXNEIE | CR2.TXEIE
ENABLES_SHIFT = CR2["ERRIE"].position

ERRORS = SR.CRCERR | SR.MODF | SR.OVR | SR.FRE
FRLVL_SHIFT = SR["FRLVL"].position
FTLVL_SHIFT = SR["FTLVL"].position

FIFO_BYTES = 4

CAUSES = ((CR2.TXEIE, SR.TXE), (CR2.RXNEIE, SR.RXNE), (CR2.ERRIE, ERRORS))

# Bits of SR that interrupt, by the enable bits TXEIE, RXNEIE, ERRIE of CR2.
INTERRUPTS = tuple(
    (ERRORS if enables & 1 else 0)
    | (SR.RXNE if enables & 2 else 0)
    | (SR.TXE if enables & 4 else 0)
    for enables in range(8)
)

# FRLVL and FTLVL by bytes in the FIFO; three bytes have no code of their own and count as full.
FIFO_LEVEL = (0, 1, 2, 3, 3)


def _status_by_level(threshold):
    # type: (int) -> tuple[int, ...]
    """SR with an empty transmit FIFO, by bytes in the receive FIFO."""
    return tuple(
        SR.TXE | (SR.RXNE if level >= threshold else 0) | (FIFO_LEVEL[level] << FRLVL_SHIFT)
        for level in range(FIFO_BYTES + 1)
    )


STATUS_BY_HALF = _status_by_level(2)
STATUS_BY_QUARTER = _status_by_level(1)
