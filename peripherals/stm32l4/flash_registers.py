# ironpython: executed by Renode
"""Registers of the flash controller (RM0351 section 3.7)."""

from renode_wifi.peripherals.base.registers import (
    ONE_CLEARS,
    ONE_SETS,
    READ_ONLY,
    READ_WRITE,
    WRITE_ONLY,
    Field,
    Register,
)

ACR = Register(
    "ACR",
    0x00,
    reset=0x600,
    on_write="_access",
    fields=(
        Field("LATENCY", 0, 3),
        Field("PRFTEN", 8),
        Field("ICEN", 9),
        Field("DCEN", 10),
        Field("ICRST", 11),
        Field("DCRST", 12),
        Field("RUN_PD", 13),
        Field("SLEEP_PD", 14),
    ),
)
PDKEYR = Register("PDKEYR", 0x04, access=WRITE_ONLY, on_write="_power_down_key")
KEYR = Register("KEYR", 0x08, access=WRITE_ONLY, on_write="_key")
OPTKEYR = Register("OPTKEYR", 0x0C, access=WRITE_ONLY, on_write="_option_key")
SR = Register(
    "SR",
    0x10,
    on_write="_update",
    access=ONE_CLEARS,
    fields=(
        Field("EOP", 0),
        Field("OPERR", 1),
        Field("PROGERR", 3),
        Field("WRPERR", 4),
        Field("PGAERR", 5),
        Field("SIZERR", 6),
        Field("PGSERR", 7),
        Field("MISERR", 8),
        Field("FASTERR", 9),
        Field("RDERR", 14),
        Field("OPTVERR", 15),
        Field("BSY", 16, access=READ_ONLY),
    ),
)
CR = Register(
    "CR",
    0x14,
    reset=0xC0000000,
    on_write="_control",
    fields=(
        Field("PG", 0),
        Field("PER", 1),
        Field("MER1", 2),
        Field("PNB", 3, 8),
        Field("BKER", 11),
        Field("MER2", 15),
        Field("STRT", 16, access=ONE_SETS),
        Field("OPTSTRT", 17, access=ONE_SETS),
        Field("FSTPG", 18),
        Field("EOPIE", 24),
        Field("ERRIE", 25),
        Field("RDERRIE", 26),
        Field("OBL_LAUNCH", 27),
        Field("OPTLOCK", 30, access=ONE_SETS),
        Field("LOCK", 31, access=ONE_SETS),
    ),
)
ECCR = Register(
    "ECCR",
    0x18,
    access=READ_ONLY,
    fields=(
        Field("ADDR_ECC", 0, 19),
        Field("BK_ECC", 19),
        Field("SYSF_ECC", 20),
        Field("ECCIE", 24, access=READ_WRITE),
        Field("ECCC", 30, access=ONE_CLEARS),
        Field("ECCD", 31, access=ONE_CLEARS),
    ),
)
OPTR = Register(
    "OPTR",
    0x20,
    reset=0xFFEFF8AA,
    on_write="_option_written",
    fields=(
        Field("RDP", 0, 8),
        Field("BOR_LEV", 8, 3),
        Field("nRST_STOP", 12),
        Field("nRST_STDBY", 13),
        Field("nRST_SHDW", 14),
        Field("IWDG_SW", 16),
        Field("IWDG_STOP", 17),
        Field("IWDG_STDBY", 18),
        Field("WWDG_SW", 19),
        Field("BFB2", 20),
        Field("DUALBANK", 21),
        Field("nBOOT1", 23),
        Field("SRAM2_PE", 24),
        Field("SRAM2_RST", 25),
    ),
)
PCROP1SR = Register(
    "PCROP1SR",
    0x24,
    reset=0xFFFFFFFF,
    on_write="_option_written",
    fields=(Field("PCROP1_STRT", 0, 16),),
)
PCROP1ER = Register(
    "PCROP1ER",
    0x28,
    reset=0x0FFF0000,
    on_write="_option_written",
    fields=(Field("PCROP1_END", 0, 16), Field("PCROP_RDP", 31)),
)
WRP1AR = Register(
    "WRP1AR",
    0x2C,
    reset=0xFF00FFFF,
    on_write="_option_written",
    fields=(Field("WRP1A_STRT", 0, 8), Field("WRP1A_END", 16, 8)),
)
WRP1BR = Register(
    "WRP1BR",
    0x30,
    reset=0xFF00FFFF,
    on_write="_option_written",
    fields=(Field("WRP1B_STRT", 0, 8), Field("WRP1B_END", 16, 8)),
)
PCROP2SR = Register(
    "PCROP2SR",
    0x44,
    reset=0xFFFFFFFF,
    on_write="_option_written",
    fields=(Field("PCROP2_STRT", 0, 16),),
)
PCROP2ER = Register(
    "PCROP2ER",
    0x48,
    reset=0xFFFF0000,
    on_write="_option_written",
    fields=(Field("PCROP2_END", 0, 16),),
)
WRP2AR = Register(
    "WRP2AR",
    0x4C,
    reset=0xFF00FFFF,
    on_write="_option_written",
    fields=(Field("WRP2A_STRT", 0, 8), Field("WRP2A_END", 16, 8)),
)
WRP2BR = Register(
    "WRP2BR",
    0x50,
    reset=0xFF00FFFF,
    on_write="_option_written",
    fields=(Field("WRP2B_STRT", 0, 8), Field("WRP2B_END", 16, 8)),
)
