#include "guest.h"

enum { CR1 = 0, SMCR = 8, SR = 0x10, EGR = 0x14, CCMR1 = 0x18, CCER = 0x20, CNT = 0x24 };
enum { PSC = 0x28, ARR = 0x2C, CCR1 = 0x34, CR2 = 4, OPM = 8, IDR = 0x10 };

/* PA6 is TIM3_CH1. */
static uint32_t output(void)
{
    return WORD(GPIO_A + IDR) >> 6 & 1;
}

int main(void)
{
    board_start();
    clock_all();
    WORD(GPIO_A + 0x20) = (WORD(GPIO_A + 0x20) & 0xF0FFFFFFu) | 2u << 24;
    WORD(GPIO_A) = (WORD(GPIO_A) & ~(3u << 12)) | 2u << 12;
    WORD(TIM3 + PSC) = 79;
    WORD(TIM3 + ARR) = 2999;
    WORD(TIM3 + CCR1) = 1000;
    WORD(TIM3 + CCMR1) = 7u << 4;
    WORD(TIM3 + CCER) = 1;
    WORD(TIM3 + EGR) = 1;
    WORD(TIM3 + SR) = 0;
    /* TIM2 triggers it: ITR1. */
    WORD(TIM2 + CR2) = 1u << 4;
    WORD(TIM3 + SMCR) = 1u << 4 | 6;
    WORD(TIM3 + CR1) = OPM;
    expect("before the trigger there is no pulse (31.3.12)", output(), 0);
    WORD(TIM2 + CR1) = 1;
    expect("the delay begins (31.3.12)", WORD(TIM3 + CR1) & 1, 1);
    expect("with the output low (31.3.12)", output(), 0);
    while (WORD(TIM3 + CNT) < 1500)
        ;
    expect("after CCR1 it is high (31.3.12)", output(), 1);
    wait_ms(4);
    expect("and ends with the period (31.3.12)", output(), 0);
    expect("CEN is cleared (31.3.12)", WORD(TIM3 + CR1) & 1, 0);
    expect("after one update (31.4.5)", WORD(TIM3 + SR) & 1, 1);
    done();
}
