/* TIM1_CH1 at PE9 and TIM1_CH1N at PE8, as their pins show them. */
#include "guest.h"

enum { GPIO_E = 0x48001000, BDTR = 0x44, MOE = 1 << 15, CKD_BY_4 = 2 << 8, CEN = 1 };
enum { HIGH = 1 << 9, COMPLEMENT = 1 << 8, SAMPLES = 4000 };

/* Percent of samples in which the two pins are as given. */
static uint32_t share(uint32_t levels)
{
    uint32_t found = 0;
    for (int i = 0; i < SAMPLES; i++)
        found += (WORD(GPIO_E + 0x10) & (HIGH | COMPLEMENT)) == levels;
    return found * 100 / SAMPLES;
}

int main(void)
{
    board_start();
    clock_all();
    WORD(GPIO_E) = (WORD(GPIO_E) & ~(0xFu << 16)) | 0xAu << 16;
    WORD(GPIO_E + 0x24) = (WORD(GPIO_E + 0x24) & ~0xFFu) | 0x11;
    WORD(TIM1 + 0x2C) = 8063;
    WORD(TIM1 + 0x18) = 0x60;
    WORD(TIM1 + 0x34) = 4032;
    WORD(TIM1 + 0x20) = 5;
    WORD(TIM1 + BDTR) = MOE;
    WORD(TIM1 + 0x14) = 1;
    WORD(TIM1) = CKD_BY_4 | CEN;
    expect("without dead time never both low (30.3.15)", share(0), 0);
    expect("nor both high (30.3.15)", share(HIGH | COMPLEMENT), 0);
    /* Half of each half: (32 + 31) * 8 * 4 = 2016 clocks. */
    WORD(TIM1 + BDTR) = MOE | 0xDF;
    share(0);
    expect_within("DTG delays both (30.4.18)", share(0), 40, 60);
    expect("never both high (30.3.15)", share(HIGH | COMPLEMENT), 0);
    WORD(TIM1 + 0x20) = 4;
    share(0);
    expect_within("CH1N by itself is the reference (30.4.9)", share(COMPLEMENT), 40, 60);
    done();
}
