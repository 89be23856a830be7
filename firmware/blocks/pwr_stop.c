#include "rtc_wake.h"

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    enable_interrupt(3);
    WORD(TIM2 + 0x28) = 79;
    WORD(TIM2 + 0x14) = 1;
    WORD(TIM2) = 1;
    /* 400 steps of 0.5 ms. */
    wake_after(400);
    uint32_t ticks = board_ticks(), count = WORD(TIM2 + 0x24);
    sleep_deeply(2);
    uint32_t slept = board_ticks() - ticks, counted = WORD(TIM2 + 0x24) - count;
    uint32_t source = WORD(RCC + 0x08) >> 2 & 3, ready = WORD(RCC) >> 25 & 1;
    board_start();
    expect("the wake-up timer ends Stop 2 (5.3.9)", interrupts[3], 1);
    expect_within("SysTick stands still in Stop (5.3.7)", slept, 0, 2);
    expect_within("TIM2 stands still in Stop (5.3.7)", counted, 0, 1000);
    expect("the system runs from MSI afterwards (6.3.3)", source, 0);
    expect("the PLL is off afterwards (5.3.7)", ready, 0);
    expect("no Standby flag (5.4.5)", WORD(PWR + 0x10) >> 8 & 1, 0);
    done();
}
