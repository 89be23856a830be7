"""Registers of the real-time clock (RM0351 section 38.6)."""

from __future__ import annotations

from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    READ_WRITE,
    SELF_CLEARING,
    WRITE_ONLY,
    ZERO_CLEARS,
    Field,
    Register,
)

TIME_FIELDS = (
    Field("SU", 0, 4),
    Field("ST", 4, 3),
    Field("MNU", 8, 4),
    Field("MNT", 12, 3),
    Field("HU", 16, 4),
    Field("HT", 20, 2),
    Field("PM", 22),
)
DAY_FIELDS = (
    Field("DU", 0, 4),
    Field("DT", 4, 2),
    Field("MU", 8, 4),
    Field("MT", 12),
    Field("WDU", 13, 3),
)
YEAR_FIELDS = (Field("YU", 16, 4), Field("YT", 20, 4))
TR = Register("TR", 0x00, on_read="_read_time", fields=TIME_FIELDS)
DR = Register("DR", 0x04, reset=0x2101, on_read="_read_date", fields=(*DAY_FIELDS, *YEAR_FIELDS))
CR = Register(
    "CR",
    0x08,
    on_write="_control",
    fields=(
        Field("WUCKSEL", 0, 3),
        Field("TSEDGE", 3),
        Field("REFCKON", 4),
        Field("BYPSHAD", 5),
        Field("FMT", 6),
        Field("ALRAE", 8),
        Field("ALRBE", 9),
        Field("WUTE", 10),
        Field("TSE", 11),
        Field("ALRAIE", 12),
        Field("ALRBIE", 13),
        Field("WUTIE", 14),
        Field("TSIE", 15),
        Field("ADD1H", 16, access=SELF_CLEARING),
        Field("SUB1H", 17, access=SELF_CLEARING),
        Field("BKP", 18),
        Field("COSEL", 19),
        Field("POL", 20),
        Field("OSEL", 21, 2),
        Field("COE", 23),
        Field("ITSE", 24),
    ),
)
ISR = Register(
    "ISR",
    0x0C,
    reset=0x7,
    access=READ_ONLY,
    on_write="_status",
    fields=(
        Field("ALRAWF", 0),
        Field("ALRBWF", 1),
        Field("WUTWF", 2),
        Field("SHPF", 3),
        Field("INITS", 4),
        Field("RSF", 5, access=ZERO_CLEARS),
        Field("INITF", 6),
        Field("INIT", 7, access=READ_WRITE),
        Field("ALRAF", 8, access=ZERO_CLEARS),
        Field("ALRBF", 9, access=ZERO_CLEARS),
        Field("WUTF", 10, access=ZERO_CLEARS),
        Field("TSF", 11, access=ZERO_CLEARS),
        Field("TSOVF", 12, access=ZERO_CLEARS),
        Field("TAMP{}F", 13, count=3, first=1, access=ZERO_CLEARS),
        Field("RECALPF", 16),
        Field("ITSF", 17, access=ZERO_CLEARS),
    ),
)
PRER = Register(
    "PRER", 0x10, reset=0x7F00FF, fields=(Field("PREDIV_S", 0, 15), Field("PREDIV_A", 16, 7))
)
WUTR = Register("WUTR", 0x14, reset=0xFFFF, fields=(Field("WUT", 0, 16),))
ALARM_FIELDS = (
    Field("SU", 0, 4),
    Field("ST", 4, 3),
    Field("MSK", 7, count=4, stride=8, first=1),
    Field("MNU", 8, 4),
    Field("MNT", 12, 3),
    Field("HU", 16, 4),
    Field("HT", 20, 2),
    Field("PM", 22),
    Field("DU", 24, 4),
    Field("DT", 28, 2),
    Field("WDSEL", 30),
)
ALRMAR = Register("ALRMAR", 0x1C, on_write="_alarms_changed", fields=ALARM_FIELDS)
ALRMBR = Register("ALRMBR", 0x20, on_write="_alarms_changed", fields=ALARM_FIELDS)
WPR = Register("WPR", 0x24, access=WRITE_ONLY, on_write="_key", fields=(Field("KEY", 0, 8),))
SSR = Register(
    "SSR", 0x28, access=READ_ONLY, on_read="_read_subseconds", fields=(Field("SS", 0, 16),)
)
SHIFTR = Register(
    "SHIFTR",
    0x2C,
    access=WRITE_ONLY,
    on_write="_shift",
    fields=(Field("SUBFS", 0, 15), Field("ADD1S", 31)),
)
TSTR = Register("TSTR", 0x30, access=READ_ONLY, fields=TIME_FIELDS)
TSDR = Register("TSDR", 0x34, access=READ_ONLY, fields=DAY_FIELDS)
TSSSR = Register("TSSSR", 0x38, access=READ_ONLY, fields=(Field("SS", 0, 16),))
CALR = Register(
    "CALR",
    0x3C,
    fields=(Field("CALM", 0, 9), Field("CALW16", 13), Field("CALW8", 14), Field("CALP", 15)),
)
TAMPCR = Register(
    "TAMPCR",
    0x40,
    fields=(
        Field("TAMP1E", 0),
        Field("TAMP1TRG", 1),
        Field("TAMPIE", 2),
        Field("TAMP2E", 3),
        Field("TAMP2TRG", 4),
        Field("TAMP3E", 5),
        Field("TAMP3TRG", 6),
        Field("TAMPTS", 7),
        Field("TAMPFREQ", 8, 3),
        Field("TAMPFLT", 11, 2),
        Field("TAMPPRCH", 13, 2),
        Field("TAMPPUDIS", 15),
        Field("TAMP{}IE", 16, count=3, stride=3, first=1),
        Field("TAMP{}NOERASE", 17, count=3, stride=3, first=1),
        Field("TAMP{}MF", 18, count=3, stride=3, first=1),
    ),
)
ALRMASSR = Register("ALRMASSR", 0x44, fields=(Field("SS", 0, 15), Field("MASKSS", 24, 4)))
ALRMBSSR = Register("ALRMBSSR", 0x48, fields=(Field("SS", 0, 15), Field("MASKSS", 24, 4)))
OR = Register("OR", 0x4C, fields=(Field("ALARMOUTTYPE", 0), Field("OUT_RMP", 1)))
BKPR = Register("BKP{}R", 0x50, count=32)

REGISTERS = (
    *(TR, DR, CR, ISR, PRER, WUTR, ALRMAR, ALRMBR, WPR, SSR, SHIFTR, TSTR, TSDR, TSSSR, CALR),
    *(TAMPCR, ALRMASSR, ALRMBSSR, OR, BKPR),
)
