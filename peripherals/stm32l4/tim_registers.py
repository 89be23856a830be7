"""Registers of the timers (RM0351 sections 30.4, 31.4, 32.5, 32.6 and 33.4).

All that an advanced timer has, and what lies inside the chip per timer; `tim_variants` says which
timer has which.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.registers import SELF_CLEARING, ZERO_CLEARS, Field, Register

CR1 = Register(
    "CR1",
    0x00,
    on_write="_control",
    fields=(
        Field("CEN", 0),
        Field("UDIS", 1),
        Field("URS", 2),
        Field("OPM", 3),
        Field("DIR", 4),
        Field("CMS", 5, 2),
        Field("ARPE", 7),
        Field("CKD", 8, 2),
        Field("UIFREMAP", 11),
    ),
)
CR2 = Register(
    "CR2",
    0x04,
    fields=(
        Field("CCPC", 0),
        Field("CCUS", 2),
        Field("CCDS", 3),
        Field("MMS", 4, 3),
        Field("TI1S", 7),
        Field("OIS", 8, count=4, stride=2, first=1),
        Field("OIS{}N", 9, count=3, stride=2, first=1),
        Field("OIS5", 16),
        Field("OIS6", 18),
        Field("MMS2", 20, 4),
    ),
)
SMCR = Register(
    "SMCR",
    0x08,
    fields=(
        Field("SMS", 0, 3),
        Field("OCCS", 3),
        Field("TS", 4, 3),
        Field("MSM", 7),
        Field("ETF", 8, 4),
        Field("ETPS", 12, 2),
        Field("ECE", 14),
        Field("ETP", 15),
        Field("SMS_3", 16),
    ),
)
DIER = Register(
    "DIER",
    0x0C,
    fields=(
        Field("UIE", 0),
        Field("CC{}IE", 1, count=4, first=1),
        Field("COMIE", 5),
        Field("TIE", 6),
        Field("BIE", 7),
        Field("UDE", 8),
        Field("CC{}DE", 9, count=4, first=1),
        Field("COMDE", 13),
        Field("TDE", 14),
    ),
)
SR = Register(
    "SR",
    0x10,
    access=ZERO_CLEARS,
    fields=(
        Field("UIF", 0),
        Field("CC{}IF", 1, count=4, first=1),
        Field("COMIF", 5),
        Field("TIF", 6),
        Field("BIF", 7),
        Field("B2IF", 8),
        Field("CC{}OF", 9, count=4, first=1),
        Field("SBIF", 13),
        Field("CC5IF", 16),
        Field("CC6IF", 17),
    ),
)
EGR = Register(
    "EGR",
    0x14,
    access=SELF_CLEARING,
    on_write="_generate",
    fields=(
        Field("UG", 0),
        Field("CC{}G", 1, count=4, first=1),
        Field("COMG", 5),
        Field("TG", 6),
        Field("BG", 7),
        Field("B2G", 8),
    ),
)
CCMR1 = Register(
    "CCMR1",
    0x18,
    fields=(
        Field("CC1S", 0, 2),
        Field("OC1FE", 2),
        Field("OC1PE", 3),
        Field("OC1M", 4, 3),
        Field("OC1CE", 7),
        Field("CC2S", 8, 2),
        Field("OC2FE", 10),
        Field("OC2PE", 11),
        Field("OC2M", 12, 3),
        Field("OC2CE", 15),
        Field("OC1M_3", 16),
        Field("OC2M_3", 24),
    ),
)
CCMR2 = Register(
    "CCMR2",
    0x1C,
    fields=(
        Field("CC3S", 0, 2),
        Field("OC3FE", 2),
        Field("OC3PE", 3),
        Field("OC3M", 4, 3),
        Field("OC3CE", 7),
        Field("CC4S", 8, 2),
        Field("OC4FE", 10),
        Field("OC4PE", 11),
        Field("OC4M", 12, 3),
        Field("OC4CE", 15),
        Field("OC3M_3", 16),
        Field("OC4M_3", 24),
    ),
)
CCER = Register(
    "CCER",
    0x20,
    fields=(
        Field("CC1E", 0),
        Field("CC1P", 1),
        Field("CC1NE", 2),
        Field("CC1NP", 3),
        Field("CC2E", 4),
        Field("CC2P", 5),
        Field("CC2NE", 6),
        Field("CC2NP", 7),
        Field("CC3E", 8),
        Field("CC3P", 9),
        Field("CC3NE", 10),
        Field("CC3NP", 11),
        Field("CC4E", 12),
        Field("CC4P", 13),
        Field("CC4NP", 15),
        Field("CC5E", 16),
        Field("CC5P", 17),
        Field("CC6E", 20),
        Field("CC6P", 21),
    ),
)
CNT = Register("CNT", 0x24, computed="_read_counter", on_write="_set_counter")
PSC = Register("PSC", 0x28, fields=(Field("PSC", 0, 16),))
ARR = Register("ARR", 0x2C, on_write="_limit")
RCR = Register("RCR", 0x30, fields=(Field("REP", 0, 16),))
CCR = Register("CCR", 0x34, count=4, first=1, on_write="_compare_changed")
BDTR = Register(
    "BDTR",
    0x44,
    fields=(
        Field("DTG", 0, 8),
        Field("LOCK", 8, 2),
        Field("OSSI", 10),
        Field("OSSR", 11),
        Field("BKE", 12),
        Field("BKP", 13),
        Field("AOE", 14),
        Field("MOE", 15),
        Field("BKF", 16, 4),
        Field("BK2F", 20, 4),
        Field("BK2E", 24),
        Field("BK2P", 25),
    ),
)
DCR = Register(
    "DCR", 0x48, on_write="_begin_burst", fields=(Field("DBA", 0, 5), Field("DBL", 8, 5))
)
DMAR = Register("DMAR", 0x4C, on_read="_read_burst", on_write="_write_burst")
CCMR3 = Register(
    "CCMR3",
    0x54,
    fields=(
        Field("OC5FE", 2),
        Field("OC5PE", 3),
        Field("OC5M", 4, 3),
        Field("OC5CE", 7),
        Field("OC6FE", 10),
        Field("OC6PE", 11),
        Field("OC6M", 12, 3),
        Field("OC6CE", 15),
        Field("OC5M_3", 16),
        Field("OC6M_3", 24),
    ),
)
CCR5 = Register(
    "CCR5",
    0x58,
    on_write="_compare_five_changed",
    fields=(Field("CCR5", 0, 16), Field("GC5C", 29, count=3, first=1)),
)
CCR6 = Register("CCR6", 0x5C, on_write="_compare_six_changed", fields=(Field("CCR6", 0, 16),))

# Inputs and breaks that lie inside the chip.
ETR_RMP = Register(
    "OR1",
    0x50,
    fields=(Field("ETR_ADC1_RMP", 0, 2), Field("ETR_ADC3_RMP", 2, 2), Field("TI1_RMP", 4)),
)
BREAK = Register(
    "OR2",
    0x60,
    reset=0x00000001,
    fields=(
        Field("BKINE", 0),
        Field("BKCMP1E", 1),
        Field("BKCMP2E", 2),
        Field("BKDF1BK0E", 8),
        Field("BKINP", 9),
        Field("BKCMP1P", 10),
        Field("BKCMP2P", 11),
        Field("ETRSEL", 14, 3),
    ),
)
BREAK2 = Register(
    "OR3",
    0x64,
    reset=0x00000001,
    fields=(
        Field("BK2INE", 0),
        Field("BK2CMP1E", 1),
        Field("BK2CMP2E", 2),
        Field("BK2DF1BK0E", 8),
        Field("BK2INP", 9),
        Field("BK2CMP1P", 10),
        Field("BK2CMP2P", 11),
    ),
)
TIM2_REMAP = Register(
    "OR1", 0x50, fields=(Field("ITR1_RMP", 0), Field("ETR1_RMP", 1), Field("TI4_RMP", 2, 2))
)
TIM3_REMAP = Register("OR1", 0x50, fields=(Field("TI1_RMP", 0, 2),))
TIM15_REMAP = Register("OR1", 0x50, fields=(Field("TI1_RMP", 0), Field("ENCODER_MODE", 1, 2)))
TIM16_REMAP = Register("OR1", 0x50, fields=(Field("TI1_RMP", 0, 3),))
ETRSEL = Register("OR2", 0x60, fields=(Field("ETRSEL", 14, 3),))
