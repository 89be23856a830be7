#include "guest.h"

static uint32_t share_high(void)
{
    uint32_t high = 0, start = board_ticks(), all = 0;
    while (board_ticks() - start < 20) {
        high += WORD(GPIO_A + 0x10) >> 5 & 1;
        all++;
    }
    return high * 100 / all;
}

int main(void)
{
    board_start();
    clock_all();
    /* PA5, AF1: TIM2_CH1. */
    WORD(GPIO_A) = (WORD(GPIO_A) & ~(3u << 10)) | 2u << 10;
    WORD(GPIO_A + 0x20) = (WORD(GPIO_A + 0x20) & ~(15u << 20)) | 1u << 20;
    WORD(TIM2 + 0x28) = 79;
    WORD(TIM2 + 0x2C) = 999;
    WORD(TIM2 + 0x18) = 0x68;
    WORD(TIM2 + 0x34) = 250;
    WORD(TIM2 + 0x20) = 1;
    WORD(TIM2 + 0x14) = 1;
    WORD(TIM2) = 1;
    expect_within("PWM mode 1, CCR1 = 25 % (31.3.10)", share_high(), 20, 30);
    WORD(TIM2 + 0x34) = 750;
    wait_ms(2);
    expect_within("CCR1 = 75 % (31.3.10)", share_high(), 70, 80);
    WORD(TIM2 + 0x20) = 3;
    expect_within("CC1P inverts (31.4.9)", share_high(), 20, 30);
    WORD(TIM2 + 0x20) = 1;
    WORD(TIM2 + 0x18) = 0x50;
    expect("forced active (31.3.9)", share_high(), 100);
    WORD(TIM2 + 0x18) = 0x40;
    expect("forced inactive (31.3.9)", share_high(), 0);
    /* OC1PE: what is written in mid-period counts from the next update on. */
    WORD(TIM2) = 0;
    WORD(TIM2 + 0x18) = 0x68;
    WORD(TIM2 + 0x2C) = 9999;
    WORD(TIM2 + 0x34) = 8000;
    WORD(TIM2 + 0x14) = 1;
    WORD(TIM2 + 0x10) = 0;
    WORD(TIM2) = 1;
    while (WORD(TIM2 + 0x24) < 1000)
        ;
    WORD(TIM2 + 0x34) = 2000;
    while (WORD(TIM2 + 0x24) < 3000)
        ;
    expect("CCR1 is preloaded (31.4.7)", WORD(TIM2 + 0x10) >> 1 & 1, 0);
    done();
}
