#include "guest.h"

int main(void)
{
    board_start();
    clock_all();
    WORD(RCC + 0x94) |= 1;
    wait_for(RCC + 0x94, 2, 2);
    /* TIM16_CH1 is LSI (32.6.19), every eighth edge of it. */
    WORD(TIM16 + 0x50) = 1;
    WORD(TIM16 + 0x18) = 1 | 3u << 2;
    WORD(TIM16 + 0x20) = 1;
    WORD(TIM16 + 0x2C) = 0xFFFF;
    WORD(TIM16) = 1;
    uint16_t captured[3];
    for (int i = 0; i < 3; i++) {
        expect("an edge is captured (32.5.5)", wait_for(TIM16 + 0x10, 2, 2), 1);
        captured[i] = (uint16_t)WORD(TIM16 + 0x34);
        WORD(TIM16 + 0x10) = 0;
    }
    uint32_t period = (uint16_t)(captured[2] - captured[1]);
    expect_within("LSI is 32 kHz (6.2.7)", 8u * 80000000u / period, 31000, 33000);
    done();
}
