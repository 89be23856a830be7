#include "guest.h"

int main(void)
{
    uint32_t control = WORD(RCC), configuration = WORD(RCC + 8);
    board_start();
    clock_all();
    expect("MSI after reset (6.4.1)", control, 0x63);
    expect("CFGR after reset (6.4.3)", configuration, 0);
    expect("the PLL clocks the system (6.4.3)", WORD(RCC + 8) >> 2 & 3, 3);
    WORD(RCC) |= 1u << 8;
    expect("HSIRDY follows HSION (6.4.1)", wait_for(RCC, 1u << 10, 1u << 10), 1);
    WORD(RCC) &= ~(1u << 8);
    expect("and goes with it (6.4.1)", wait_for(RCC, 1u << 10, 0), 1);
    WORD(RCC) &= ~(1u << 24);
    expect("what clocks the system stays on (6.4.1)", WORD(RCC) >> 24 & 1, 1);
    uint32_t setting = WORD(RCC + 0x0C);
    WORD(RCC + 0x0C) = (setting & ~3u) | 2;
    expect("the source of a running PLL stays (6.4.4)", WORD(RCC + 0x0C), setting);
    WORD(TIM2 + 0x2C) = 1234;
    WORD(RCC + 0x38) = 1;
    WORD(RCC + 0x38) = 0;
    expect("TIM2RST resets TIM2 (6.4.13)", WORD(TIM2 + 0x2C), 0xFFFFFFFF);
    WORD(RCC + 0x94) |= 1;
    expect("LSIRDY (6.4.29)", wait_for(RCC + 0x94, 2, 2), 1);
    done();
}
