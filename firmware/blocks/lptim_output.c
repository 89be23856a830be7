/* LPTIM1_OUT at PC1, from LSI: PWM, then a pin that is set once. */
#include "guest.h"

enum { LPTIM1 = 0x40007C00, CFGR = LPTIM1 + 0x0C, CR = LPTIM1 + 0x10, CMP = LPTIM1 + 0x14 };
enum { ARR = LPTIM1 + 0x18, WAVE = 1 << 20, WAVPOL = 1 << 21 };

static uint32_t output(void)
{
    return WORD(GPIO_C + 0x10) >> 1 & 1;
}

/* Percent of 100 ms in which the output is high. */
static uint32_t share(void)
{
    uint32_t high = 0, total = 0, start = board_ticks();
    while (board_ticks() - start < 100) {
        high += output();
        total++;
    }
    return high * 100 / total;
}

static void start(uint32_t settings)
{
    WORD(CR) = 0;
    WORD(CFGR) = settings;
    WORD(CR) = 1;
    WORD(ARR) = 319;
    WORD(CMP) = 79;
    WORD(CR) = 5;
}

int main(void)
{
    board_start();
    clock_all();
    WORD(RCC + 0x94) |= 1;
    WORD(RCC + 0x88) |= 1u << 18;
    WORD(GPIO_C + 0x20) = 1 << 4;
    WORD(GPIO_C) = (WORD(GPIO_C) & ~0xCu) | 0x8;
    start(0);
    expect_within("PWM: high behind CMP, 1 - 80 / 320 (34.4.8)", share(), 73, 77);
    start(WAVPOL);
    expect_within("WAVPOL inverts it (34.7.4)", share(), 23, 27);
    start(WAVE);
    expect("set once: low at first (34.4.8)", output(), 0);
    wait_ms(4);
    expect("high from CMP on (34.4.8)", output(), 1);
    expect("for good (34.4.8)", share(), 100);
    done();
}
