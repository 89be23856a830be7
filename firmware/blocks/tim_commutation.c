/* TIM1_CH1 at PE9, CH1N at PE8, CH2 at PE11, and BKIN2 at PE14, whose pull resistors move it. */
#include "guest.h"

enum { GPIO_E = 0x48001000, SR = 0x10, EGR = 0x14, CCMR1 = 0x18, CCER = 0x20, BDTR = 0x44 };
enum { MOE = 1 << 15, OSSI = 1 << 10, OSSR = 1 << 11, BK2E = 1 << 24, BK2P = 1 << 25 };
enum { CCPC = 1, ACTIVE = 5, COMG = 1 << 5, COMIF = 1 << 5, B2IF = 1 << 8 };

/* CH1, CH1N and CH2, a bit each. */
static uint32_t levels(void)
{
    uint32_t pins = WORD(GPIO_E + 0x10);
    return (pins >> 9 & 1) | (pins >> 8 & 1) << 1 | (pins >> 11 & 1) << 2;
}

static void pull_break(uint32_t up)
{
    WORD(GPIO_E + 0x0C) = (WORD(GPIO_E + 0x0C) & ~(3u << 28)) | (up ? 1u : 2u) << 28;
}

int main(void)
{
    board_start();
    clock_all();
    /* Pull-ups at the outputs show what the timer doesn't drive. */
    WORD(GPIO_E + 0x0C) = 1u << 16 | 1u << 18 | 1u << 22 | 2u << 28;
    WORD(GPIO_E + 0x24) = 1u << 0 | 1u << 4 | 1u << 12 | 2u << 24;
    WORD(GPIO_E) = (WORD(GPIO_E) & ~0x30CF0000u) | 0x208A0000u;
    WORD(TIM1 + 0x2C) = 999;
    WORD(TIM1 + CCMR1) = ACTIVE << 4 | ACTIVE << 12;
    WORD(TIM1 + CCER) = 1;
    expect("without MOE and OSSI outputs are off (30.4.9)", levels(), 7);
    WORD(TIM1 + BDTR) = MOE;
    expect("CH1N and CH2 are off (30.4.9)", levels(), 7);
    WORD(TIM1 + BDTR) = MOE | OSSR;
    expect("OSSR drives the other output of a pair (30.4.9)", levels(), 5);
    WORD(TIM1 + 4) = CCPC;
    WORD(TIM1 + CCER) = 1 << 2 | 1 << 4;
    expect("CCxE and CCxNE are preloaded (30.4.2)", levels(), 5);
    WORD(TIM1 + EGR) = COMG;
    expect("they act from COM on (30.3.18)", levels(), 6);
    expect("COMIF (30.4.5)", WORD(TIM1 + SR) & COMIF, COMIF);
    WORD(TIM1 + CCMR1) = 4 << 4 | 4 << 12;
    expect("OCxM is preloaded, too (30.4.2)", levels(), 6);
    WORD(TIM1 + EGR) = COMG;
    expect("and acts from COM on (30.3.18)", levels(), 0);

    WORD(TIM1 + 4) = 1 << 8;
    WORD(TIM1 + CCMR1) = ACTIVE << 4 | ACTIVE << 12;
    WORD(TIM1 + CCER) = 5 | 1 << 4;
    WORD(TIM1 + SR) = 0;
    WORD(TIM1 + BDTR) = MOE | OSSI | BK2E | BK2P;
    expect("BKIN2 is low (30.3.16)", WORD(TIM1 + SR) & B2IF, 0);
    expect("the outputs work (30.3.16)", levels(), 5);
    pull_break(1);
    expect("BKIN2 rises: B2IF (30.4.5)", WORD(TIM1 + SR) & B2IF, B2IF);
    expect("BRK2 leaves outputs inactive (30.4.9)", levels(), 0);
    WORD(TIM1 + BDTR) |= MOE;
    expect("MOE stays 0 while it is high (30.4.18)", WORD(TIM1 + BDTR) & MOE, 0);
    pull_break(0);
    WORD(TIM1 + SR) = 0;
    WORD(TIM1 + BDTR) |= MOE;
    expect("MOE is back (30.4.18)", levels(), 5);
    WORD(TIM1 + EGR) = 1 << 7;
    expect("BRK leads to OIS1 (30.4.9)", levels(), 1);

    /* LOCK 3, while CH2 is an input. */
    WORD(TIM1 + CCMR1) = ACTIVE << 4 | 1 << 8;
    WORD(TIM1 + BDTR) = 3 << 8;
    WORD(TIM1 + CCMR1) = 1 << 8;
    expect("LOCK keeps OC1M (30.4.18)", WORD(TIM1 + CCMR1) >> 4 & 7, ACTIVE);
    WORD(TIM1 + CCER) = 1 << 1 | 1 << 5;
    expect("LOCK keeps CC1P, not the input's CC2P (30.4.18)", WORD(TIM1 + CCER), 1 << 5);
    WORD(TIM1 + BDTR) = MOE | 7;
    expect("LOCK keeps DTG, not MOE (30.4.18)", WORD(TIM1 + BDTR), MOE | 3 << 8);
    done();
}
