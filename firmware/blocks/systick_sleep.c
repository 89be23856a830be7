#include "guest.h"

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    /* Sleep without SLEEPDEEP: SysTick goes on, and so do the timers (5.3.5). */
    WORD(TIM2 + 0x28) = 79;
    WORD(TIM2 + 0x14) = 1;
    WORD(TIM2) = 1;
    uint32_t ticks = board_ticks(), count = WORD(TIM2 + 0x24);
    while (board_ticks() - ticks < 50)
        __asm volatile("wfi");
    expect_within("TIM2 runs in Sleep (5.3.5)", WORD(TIM2 + 0x24) - count, 49000, 51100);
    done();
}
