#include "guest.h"

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    WORD(TIM3 + 0x28) = 79;
    WORD(TIM3 + 0x2C) = 999;
    WORD(TIM3 + 0x14) = 1;
    expect("UG sets UIF (31.4.6)", WORD(TIM3 + 0x10) & 1, 1);
    WORD(TIM3 + 0x10) = 0;
    WORD(TIM3 + 0x0C) = 1;
    enable_interrupt(29);
    WORD(TIM3) = 1;
    uint32_t start = board_ticks();
    while (!interrupts[29] && board_ticks() - start < 10)
        ;
    expect_within("1 MHz and 1000 ticks are 1 ms (31.3.2)", board_ticks() - start, 0, 2);
    WORD(TIM3) = 0;
    uint32_t stopped = WORD(TIM3 + 0x24);
    wait_ms(1);
    expect("CEN stops the counter (31.4.1)", WORD(TIM3 + 0x24), stopped);
    WORD(TIM3) = 1 | 8;
    WORD(TIM3 + 0x14) = 1;
    wait_ms(3);
    expect("one pulse clears CEN (31.3.12)", WORD(TIM3) & 1, 0);
    WORD(TIM3 + 0x10) = 0;
    WORD(TIM3) = 2;
    WORD(TIM3) = 3;
    wait_ms(3);
    expect("UDIS holds updates back (31.4.1)", WORD(TIM3 + 0x10) & 1, 0);
    WORD(TIM3) = 0;
    WORD(TIM3 + 0x24) = 0x1234;
    expect("CNT can be written (31.4.10)", WORD(TIM3 + 0x24), 0x1234);
    done();
}
