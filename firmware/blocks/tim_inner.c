/* Channels 5 and 6 of TIM1, and CH1 combined with the fifth at PE9 (alternate function 1). */
#include "guest.h"

enum { GPIO_E = 0x48001000, CCMR3 = 0x54, CCR5 = 0x58, CCR6 = 0x5C, SR = 0x10 };
enum { CC5IF = 1u << 16, CC6IF = 1u << 17 };

static uint32_t share_high(void)
{
    uint32_t high = 0, start = board_ticks(), all = 0;
    while (board_ticks() - start < 20) {
        high += WORD(GPIO_E + 0x10) >> 9 & 1;
        all++;
    }
    return high * 100 / all;
}

int main(void)
{
    board_start();
    clock_all();
    WORD(GPIO_E) = (WORD(GPIO_E) & ~(3u << 18)) | 2u << 18;
    WORD(GPIO_E + 0x24) = (WORD(GPIO_E + 0x24) & ~(15u << 4)) | 1u << 4;
    WORD(TIM1 + 0x28) = 79;
    WORD(TIM1 + 0x2C) = 999;
    WORD(TIM1 + 0x18) = 0x60;
    WORD(TIM1 + CCMR3) = 0x0060;
    WORD(TIM1 + 0x34) = 500;
    WORD(TIM1 + CCR5) = 200;
    WORD(TIM1 + CCR6) = 700;
    WORD(TIM1 + 0x20) = 1;
    WORD(TIM1 + 0x44) = 1u << 15;
    WORD(TIM1 + 0x14) = 1;
    WORD(TIM1 + SR) = 0;
    WORD(TIM1) = 1;
    while (WORD(TIM1 + 0x24) < 300)
        ;
    expect("CC5IF at CCR5, CC6IF not yet (30.4.5)", WORD(TIM1 + SR) & (CC5IF | CC6IF), CC5IF);
    expect("CC6IF at CCR6 (30.4.5)", wait_for(TIM1 + SR, CC6IF, CC6IF), 1);
    WORD(TIM1 + SR) = ~CC5IF;
    expect("a 0 clears one of them (30.4.5)", WORD(TIM1 + SR) & (CC5IF | CC6IF), CC6IF);
    expect_within("CH1 by itself: 50 % (30.3.11)", share_high(), 45, 55);
    WORD(TIM1 + CCR5) = 200 | 1u << 29;
    expect_within("GC5C1: only while OC5REF is active, 20 % (30.3.14)", share_high(), 15, 25);
    WORD(TIM1 + CCR5) = 200 | 1u << 30;
    expect_within("GC5C2 is channel 2's (30.3.14)", share_high(), 45, 55);
    done();
}
