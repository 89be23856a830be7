#include "guest.h"

enum { CR1 = 0, CR2 = 4, SMCR = 8, SR = 0x10, EGR = 0x14, CCMR1 = 0x18, CCER = 0x20 };
enum { CNT = 0x24, PSC = 0x28, ARR = 0x2C, CCR1 = 0x34, TIF = 1u << 6 };

/* 1 MHz at 80 MHz. */
static void prepare(uint32_t timer, uint32_t limit)
{
    WORD(timer + PSC) = 79;
    WORD(timer + ARR) = limit;
    WORD(timer + EGR) = 1;
    WORD(timer + SR) = 0;
}

int main(void)
{
    board_start();
    clock_all();
    prepare(TIM3, 99);
    WORD(TIM3 + CR2) = 2u << 4;
    WORD(TIM2 + SMCR) = 2u << 4 | 7;
    WORD(TIM2 + CR1) = 1;
    WORD(TIM3 + CR1) = 1;
    wait_ms(2);
    WORD(TIM3 + CR1) = 0;
    expect_within("TIM2 counts the updates of TIM3 by ITR2 (31.3.19)", WORD(TIM2 + CNT), 15, 25);
    expect("each is a trigger (31.4.5)", WORD(TIM2 + SR) & TIF, TIF);
    WORD(TIM2 + CR1) = 0;

    prepare(TIM2, 0xFFFFFFFF);
    prepare(TIM3, 999);
    WORD(TIM3 + CCMR1) = 6u << 4;
    WORD(TIM3 + CCR1) = 250;
    WORD(TIM3 + CR2) = 4u << 4;
    WORD(TIM2 + SMCR) = 2u << 4 | 5;
    WORD(TIM2 + CNT) = 0;
    WORD(TIM2 + CR1) = 1;
    WORD(TIM3 + CR1) = 1;
    wait_ms(4);
    WORD(TIM3 + CR1) = 0;
    expect_within("gated by OC1REF it counts a quarter (31.3.19)", WORD(TIM2 + CNT), 700, 1300);
    WORD(TIM2 + CR1) = 0;

    prepare(TIM3, 999);
    WORD(TIM3 + CR2) = 1u << 4;
    WORD(TIM2 + SMCR) = 2u << 4 | 6;
    WORD(TIM2 + CR1) = 0;
    expect("before the trigger it stands (31.3.19)", WORD(TIM2 + CR1) & 1, 0);
    WORD(TIM3 + CR1) = 1;
    expect("TIM3's CEN starts TIM2 (31.3.19)", WORD(TIM2 + CR1) & 1, 1);
    WORD(TIM3 + CR1) = 0;
    done();
}
