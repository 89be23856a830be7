#include "guest.h"

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    for (unsigned number = 24; number <= 27; number++)
        enable_interrupt(number);
    WORD(TIM1 + 0x0C) = 1;
    WORD(TIM1 + 0x14) = 1;
    wait_ms(1);
    expect("TIM1 update is 25 (table 58)", interrupts[25], 1);
    WORD(TIM1 + 0x0C) = 2;
    WORD(TIM1 + 0x14) = 2;
    wait_ms(1);
    expect("TIM1 compare is 27 (table 58)", interrupts[27], 1);
    WORD(TIM1 + 0x0C) = 1u << 6;
    WORD(TIM1 + 0x14) = 1u << 6;
    wait_ms(1);
    expect("TIM1 trigger is 26 (table 58)", interrupts[26], 1);
    WORD(TIM1 + 0x0C) = 1u << 7;
    WORD(TIM1 + 0x14) = 1u << 7;
    wait_ms(1);
    expect("TIM1 break is 24 (table 58)", interrupts[24], 1);
    WORD(TIM1 + 0x0C) = 0;
    WORD(TIM16 + 0x0C) = 1;
    enable_interrupt(25);
    WORD(TIM16 + 0x14) = 1;
    wait_ms(1);
    expect("TIM16 shares 25 (table 58)", interrupts[25], 2);
    done();
}
