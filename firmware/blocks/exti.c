#include "guest.h"

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    /* PC6 as an output drives its own EXTI line. */
    WORD(GPIO_C) = (WORD(GPIO_C) & ~(3u << 12)) | 1u << 12;
    WORD(SYSCFG + 0x0C) = (WORD(SYSCFG + 0x0C) & ~(7u << 8)) | 2u << 8;
    WORD(EXTI + 0x00) |= 1u << 6;
    WORD(EXTI + 0x08) |= 1u << 6;
    enable_interrupt(23);
    WORD(GPIO_C + 0x18) = 1u << 6;
    expect("a rising edge pends (14.5.6)", WORD(EXTI + 0x14) >> 6 & 1, 1);
    expect("EXTI9_5 is 23 (table 58)", interrupts[23], 1);
    WORD(EXTI + 0x14) = 1u << 6;
    expect("ones clear (14.5.6)", WORD(EXTI + 0x14) >> 6 & 1, 0);
    WORD(GPIO_C + 0x28) = 1u << 6;
    expect("no falling edge was asked for (14.5.4)", WORD(EXTI + 0x14) >> 6 & 1, 0);
    WORD(EXTI + 0x0C) |= 1u << 6;
    WORD(GPIO_C + 0x18) = 1u << 6;
    WORD(EXTI + 0x14) = 1u << 6;
    WORD(GPIO_C + 0x28) = 1u << 6;
    expect("a falling edge pends (14.5.6)", WORD(EXTI + 0x14) >> 6 & 1, 1);
    WORD(EXTI + 0x14) = 1u << 6;
    WORD(EXTI + 0x10) = 1u << 6;
    expect("software pends (14.5.5)", WORD(EXTI + 0x14) >> 6 & 1, 1);
    done();
}
