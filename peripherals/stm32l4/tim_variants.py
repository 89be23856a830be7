"""Which timer has which registers, and which fields of them (RM0351 sections 30 to 33)."""

from __future__ import annotations

from renode_wifi.peripherals.base.registers import Field, Register
from renode_wifi.peripherals.stm32l4.tim_registers import (
    ARR,
    BDTR,
    BREAK,
    BREAK2,
    CCER,
    CCMR1,
    CCMR2,
    CCMR3,
    CCR,
    CCR5,
    CCR6,
    CNT,
    CR1,
    CR2,
    DCR,
    DIER,
    DMAR,
    EGR,
    ETR_RMP,
    ETRSEL,
    PSC,
    RCR,
    SMCR,
    SR,
    TIM2_REMAP,
    TIM3_REMAP,
    TIM15_REMAP,
    TIM16_REMAP,
)

CHANNELS = 4
INNER_CHANNELS = (4, 5)
"""Channels 5 and 6 of advanced timers, which have no pins."""
COMPARE_WORDS = (*(CCR.word + channel for channel in range(CHANNELS)), CCR5.word, CCR6.word)
COMPARE_FLAGS = (SR.CC1IF, SR.CC2IF, SR.CC3IF, SR.CC4IF, SR.CC5IF, SR.CC6IF)
MODE_WORDS = (CCMR1.word, CCMR1.word, CCMR2.word, CCMR2.word, CCMR3.word, CCMR3.word)
"""By channel, from 0 on."""
ADVANCED_TIMERS = (1, 8)
PAIRS = {1: 3, 8: 3, 15: 1, 16: 1, 17: 1}
"""How many of a timer's channels have a complementary output, by its number."""
APB2_TIMERS = (1, 8, 15, 16, 17)
CHANNELS_BY_TIMER = {6: 0, 7: 0, 15: 2, 16: 1, 17: 1}
# Attribute of the class that lists a timer's registers.
VARIANTS = {
    1: "ADVANCED",
    2: "TIM2",
    3: "TIM3",
    6: "BASIC",
    7: "BASIC",
    8: "ADVANCED",
    15: "TIM15",
    16: "TIM16",
    17: "TIM16",
}


def number_of(name: str) -> int:
    """A timer's number, by its name; 0: it has none."""
    digits = "".join(character for character in name if character.isdigit())
    return int(digits) if digits else 0


# TIM1 and TIM8.
ADVANCED = (
    CR1,
    CR2,
    SMCR,
    DIER,
    SR,
    EGR,
    CCMR1,
    CCMR2,
    CCER,
    CNT,
    PSC,
    ARR,
    RCR,
    CCR,
    BDTR,
    DCR,
    DMAR,
    ETR_RMP,
    CCMR3,
    CCR5,
    CCR6,
    BREAK,
    BREAK2,
)

# TIM2 to TIM5.
GENERAL_DIER = DIER.only("UIE", "CC{}IE", "TIE", "UDE", "CC{}DE", "TDE")
GENERAL_SR = SR.only("UIF", "CC{}IF", "TIF", "CC{}OF")
GENERAL = (
    CR1,
    CR2.only("CCDS", "MMS", "TI1S"),
    SMCR,
    GENERAL_DIER,
    GENERAL_SR,
    EGR.only("UG", "CC{}G", "TG"),
    CCMR1,
    CCMR2,
    CCER.only(*[f"CC{n}{kind}" for n in range(1, 5) for kind in ("E", "P", "NP")]),
    CNT,
    PSC,
    ARR,
    CCR,
    DCR,
    DMAR,
)
TIM2 = (*GENERAL, TIM2_REMAP, ETRSEL)
TIM3 = (*GENERAL, TIM3_REMAP, ETRSEL)

# Bits of a channel mean other things while it is an input, so its half of CCMRx is whole.
# TIM15 has two channels, TIM16 and TIM17 have one; the first has a complementary output.
CHANNEL_1 = ("CC1E", "CC1P", "CC1NE", "CC1NP")
SMALL_RCR = Register("RCR", 0x30, fields=(Field("REP", 0, 8),))
SMALL_BDTR = BDTR.only("DTG", "LOCK", "OSSI", "OSSR", "BKE", "BKP", "AOE", "MOE")
SMALL_BREAK = BREAK.only("BKINE", "BKCMP1E", "BKCMP2E", "BKDF1BK0E", "BKINP", "BKCMP1P", "BKCMP2P")
SMALL_CR1 = CR1.only("CEN", "UDIS", "URS", "OPM", "ARPE", "CKD", "UIFREMAP")
SMALL_EGR = EGR.only("UG", "CC1G", "COMG", "BG")
TIM15 = (
    SMALL_CR1,
    CR2.only("CCPC", "CCUS", "CCDS", "MMS", "TI1S", "OIS1", "OIS1N", "OIS2"),
    SMCR.only("SMS", "TS", "MSM", "SMS_3"),
    DIER.only(
        *("UIE", "CC1IE", "CC2IE", "COMIE", "TIE", "BIE"),
        *("UDE", "CC1DE", "CC2DE", "COMDE", "TDE"),
    ),
    SR.only("UIF", "CC1IF", "CC2IF", "COMIF", "TIF", "BIF", "CC1OF", "CC2OF"),
    EGR.only("UG", "CC1G", "CC2G", "COMG", "TG", "BG"),
    CCMR1,
    CCER.only(*CHANNEL_1, "CC2E", "CC2P", "CC2NP"),
    CNT,
    PSC,
    ARR,
    SMALL_RCR,
    Register("CCR", 0x34, count=2, first=1, on_write="_compare_changed"),
    SMALL_BDTR,
    DCR,
    DMAR,
    TIM15_REMAP,
    SMALL_BREAK,
)
TIM16 = (
    SMALL_CR1,
    CR2.only("CCPC", "CCUS", "CCDS"),
    DIER.only("UIE", "CC1IE", "COMIE", "BIE", "UDE", "CC1DE", "COMDE"),
    SR.only("UIF", "CC1IF", "COMIF", "BIF", "CC1OF"),
    SMALL_EGR,
    CCMR1.only("CC1S", "OC1FE", "OC1PE", "OC1M", "OC1CE", "OC1M_3"),
    CCER.only(*CHANNEL_1),
    CNT,
    PSC,
    ARR,
    SMALL_RCR,
    Register("CCR1", 0x34, on_write="_compare_one_changed"),
    SMALL_BDTR,
    DCR,
    DMAR,
    TIM16_REMAP,
    SMALL_BREAK,
)

# TIM6 and TIM7.
BASIC = (
    CR1.only("CEN", "UDIS", "URS", "OPM", "ARPE", "UIFREMAP"),
    CR2.only("MMS"),
    DIER.only("UIE", "UDE"),
    SR.only("UIF"),
    EGR.only("UG"),
    CNT,
    PSC,
    ARR,
)
