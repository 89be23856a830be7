# ironpython: executed by Renode
"""Registers of the reset and clock control (RM0351 section 6.4)."""

from renode_wifi.peripherals.base.registers import (
    ONE_SETS,
    READ_ONLY,
    READ_WRITE,
    SELF_CLEARING,
    WRITE_ONLY,
    Field,
    Register,
)
from renode_wifi.peripherals.stm32l4.rcc_gates import ENABLE, GATES, RESET, SLEEP

CR = Register(
    "CR",
    0x00,
    reset=0x00000063,
    on_write="_switch",
    fields=(
        Field("MSION", 0),
        Field("MSIRDY", 1, access=READ_ONLY),
        Field("MSIPLLEN", 2),
        Field("MSIRGSEL", 3, access=ONE_SETS),
        Field("MSIRANGE", 4, 4),
        Field("HSION", 8),
        Field("HSIKERON", 9),
        Field("HSIRDY", 10, access=READ_ONLY),
        Field("HSIASFS", 11),
        Field("HSEON", 16),
        Field("HSERDY", 17, access=READ_ONLY),
        Field("HSEBYP", 18),
        Field("CSSON", 19, access=ONE_SETS),
        Field("PLLON", 24),
        Field("PLLRDY", 25, access=READ_ONLY),
        Field("PLLSAI1ON", 26),
        Field("PLLSAI1RDY", 27, access=READ_ONLY),
        Field("PLLSAI2ON", 28),
        Field("PLLSAI2RDY", 29, access=READ_ONLY),
    ),
)
ICSCR = Register(
    "ICSCR",
    0x04,
    reset=0x10000000,
    fields=(
        Field("MSICAL", 0, 8, READ_ONLY),
        Field("MSITRIM", 8, 8),
        Field("HSICAL", 16, 8, READ_ONLY),
        Field("HSITRIM", 24, 5),
    ),
)
CFGR = Register(
    "CFGR",
    0x08,
    on_write="_select",
    fields=(
        Field("SW", 0, 2),
        Field("SWS", 2, 2, READ_ONLY),
        Field("HPRE", 4, 4),
        Field("PPRE1", 8, 3),
        Field("PPRE2", 11, 3),
        Field("STOPWUCK", 15),
        Field("MCOSEL", 24, 3),
        Field("MCOPRE", 28, 3),
    ),
)
PLLCFGR = Register(
    "PLLCFGR",
    0x0C,
    reset=0x00001000,
    on_write="_configure_pll",
    fields=(
        Field("PLLSRC", 0, 2),
        Field("PLLM", 4, 3),
        Field("PLLN", 8, 7),
        Field("PLLPEN", 16),
        Field("PLLP", 17),
        Field("PLLQEN", 20),
        Field("PLLQ", 21, 2),
        Field("PLLREN", 24),
        Field("PLLR", 25, 2),
    ),
)
PLLSAI1CFGR = Register(
    "PLLSAI1CFGR",
    0x10,
    reset=0x00001000,
    on_write="_configure_sai1",
    fields=(
        Field("PLLSAI1N", 8, 7),
        Field("PLLSAI1PEN", 16),
        Field("PLLSAI1P", 17),
        Field("PLLSAI1QEN", 20),
        Field("PLLSAI1Q", 21, 2),
        Field("PLLSAI1REN", 24),
        Field("PLLSAI1R", 25, 2),
    ),
)
PLLSAI2CFGR = Register(
    "PLLSAI2CFGR",
    0x14,
    reset=0x00001000,
    on_write="_configure_sai2",
    fields=(
        Field("PLLSAI2N", 8, 7),
        Field("PLLSAI2PEN", 16),
        Field("PLLSAI2P", 17),
        Field("PLLSAI2REN", 24),
        Field("PLLSAI2R", 25, 2),
    ),
)

# Events of the clocks, each with a bit in CIER, CIFR and CICR.
EVENTS = (
    ("LSIRDY", 0),
    ("LSERDY", 1),
    ("MSIRDY", 2),
    ("HSIRDY", 3),
    ("HSERDY", 4),
    ("PLLRDY", 5),
    ("PLLSAI1RDY", 6),
    ("PLLSAI2RDY", 7),
    ("CSS", 8),
    ("LSECSS", 9),
)
CIER = Register(
    "CIER",
    0x18,
    on_write="_interrupt",
    # The failure of the HSE is not maskable.
    fields=[Field(event + "IE", bit) for event, bit in EVENTS if event != "CSS"],
)
CIFR = Register(
    "CIFR", 0x1C, access=READ_ONLY, fields=[Field(event + "F", bit) for event, bit in EVENTS]
)
CICR = Register(
    "CICR",
    0x20,
    access=WRITE_ONLY,
    clears="CIFR",
    on_write="_interrupt",
    fields=[Field(event + "C", bit) for event, bit in EVENTS],
)


def _of_buses(ending, first, resets, on_write=None):
    # type: (str, int, dict[str, int], str | None) -> tuple[Register, ...]
    """The registers of one kind, from the offset `first` on."""
    registers = []
    offset = first
    for bus, number, gates in GATES:
        fields = []
        for gate in gates:
            if ending in gate.registers:
                # What was enabled stays so until the next reset.
                stays = ending == ENABLE and gate.name in ("WWDG", "FW")
                kind = ONE_SETS if stays else READ_WRITE
                fields.append(Field(gate.name + ending, gate.bit, 1, kind))
        name = bus + ("RSTR" if ending == RESET else ending + "R") + number
        registers.append(Register(name, offset, resets.get(name, 0), fields, on_write=on_write))
        # The word behind that of AHB3 is reserved.
        offset += 8 if bus == "AHB3" else 4
    return tuple(registers)


RESETS = _of_buses(RESET, 0x28, {}, on_write="_reset_blocks")
ENABLES = _of_buses(ENABLE, 0x48, {"AHB1ENR": 0x00000100}, on_write="_gate_clocks")
SLEEP_ENABLES = _of_buses(
    SLEEP,
    0x68,
    {
        "AHB1SMENR": 0x00011303,
        "AHB2SMENR": 0x000532FF,
        "AHB3SMENR": 0x00000101,
        "APB1SMENR1": 0xF2FECA3F,
        "APB1SMENR2": 0x00000025,
        "APB2SMENR": 0x01677C01,
    },
    on_write="_choose_sleep_clocks",
)
CCIPR = Register(
    "CCIPR",
    0x88,
    fields=(
        Field("USART1SEL", 0, 2),
        Field("USART2SEL", 2, 2),
        Field("USART3SEL", 4, 2),
        Field("UART4SEL", 6, 2),
        Field("UART5SEL", 8, 2),
        Field("LPUART1SEL", 10, 2),
        Field("I2C1SEL", 12, 2),
        Field("I2C2SEL", 14, 2),
        Field("I2C3SEL", 16, 2),
        Field("LPTIM1SEL", 18, 2),
        Field("LPTIM2SEL", 20, 2),
        Field("SAI1SEL", 22, 2),
        Field("SAI2SEL", 24, 2),
        Field("CLK48SEL", 26, 2),
        Field("ADCSEL", 28, 2),
        Field("SWPMI1SEL", 30),
        Field("DFSDM1SEL", 31),
    ),
)
BDCR = Register(
    "BDCR",
    0x90,
    on_write="_backup_domain",
    fields=(
        Field("LSEON", 0),
        Field("LSERDY", 1, access=READ_ONLY),
        Field("LSEBYP", 2),
        Field("LSEDRV", 3, 2),
        Field("LSECSSON", 5),
        Field("LSECSSD", 6, access=READ_ONLY),
        Field("RTCSEL", 8, 2),
        Field("RTCEN", 15),
        Field("BDRST", 16),
        Field("LSCOEN", 24),
        Field("LSCOSEL", 25),
    ),
)
CSR = Register(
    "CSR",
    0x94,
    reset=0x00000600,
    on_write="_status",
    fields=(
        Field("LSION", 0),
        Field("LSIRDY", 1, access=READ_ONLY),
        Field("MSISRANGE", 8, 4),
        Field("RMVF", 23, access=SELF_CLEARING),
        Field("FWRSTF", 24, access=READ_ONLY),
        Field("OBLRSTF", 25, access=READ_ONLY),
        Field("PINRSTF", 26, access=READ_ONLY),
        Field("BORRSTF", 27, access=READ_ONLY),
        Field("SFTRSTF", 28, access=READ_ONLY),
        Field("IWDGRSTF", 29, access=READ_ONLY),
        Field("WWDGRSTF", 30, access=READ_ONLY),
        Field("LPWRRSTF", 31, access=READ_ONLY),
    ),
)
