#include "guest.h"

static const uint32_t values[4] = {11, 22, 33, 44};
static volatile uint32_t target;

int main(void)
{
    board_start();
    clock_all();
    /* TIM2_UP is request 4 of DMA1 channel 2 (table 46). */
    WORD(DMA1 + 0xA8) = 4u << 4;
    WORD(DMA1 + 0x20) = 4;
    WORD(DMA1 + 0x24) = (uint32_t)&target;
    WORD(DMA1 + 0x28) = (uint32_t)values;
    WORD(DMA1 + 0x1C) = 2u << 10 | 2u << 8 | 1u << 7 | 1u << 4 | 1;
    WORD(TIM2 + 0x28) = 79;
    WORD(TIM2 + 0x2C) = 99;
    WORD(TIM2 + 0x14) = 1;
    WORD(TIM2 + 0x10) = 0;
    WORD(TIM2 + 0x0C) = 1u << 8;
    WORD(TIM2) = 1;
    wait_ms(2);
    WORD(TIM2) = 0;
    expect("four updates move four words (31.3.19)", target, 44);
    expect("CNDTR counts down (11.6.4)", WORD(DMA1 + 0x20), 0);
    /* TIM3_UP is request 5 of channel 3. */
    WORD(DMA1 + 0xA8) = 5u << 8;
    WORD(TIM3 + 0x2C) = 9999;
    WORD(TIM3 + 0x28) = 79;
    WORD(TIM3 + 0x14) = 1;
    WORD(TIM3 + 0x48) = 1u << 8;
    WORD(TIM3 + 0x0C) = 1u << 8;
    WORD(DMA1 + 0x34) = 4;
    WORD(DMA1 + 0x38) = (uint32_t)&target;
    WORD(DMA1 + 0x3C) = (uint32_t)values;
    WORD(DMA1 + 0x30) = 2u << 10 | 2u << 8 | 1u << 7 | 1u << 4 | 1;
    WORD(TIM3 + 0x14) = 1;
    wait_ms(1);
    expect("a burst of two for one update (31.3.19)", WORD(DMA1 + 0x34), 2);
    /* The same with DMAR as the target: ARR, what is reserved, and CCR1. */
    WORD(TIM3 + 0x48) = 2u << 8 | 11;
    WORD(DMA1 + 0x30) = 0;
    WORD(DMA1 + 0x34) = 3;
    WORD(DMA1 + 0x38) = TIM3 + 0x4C;
    WORD(DMA1 + 0x3C) = (uint32_t)values;
    WORD(DMA1 + 0x30) = 2u << 10 | 2u << 8 | 1u << 7 | 1u << 4 | 1;
    WORD(TIM3 + 0x14) = 1;
    wait_ms(1);
    expect("a burst begins with the register of DBA (31.4.16)", WORD(TIM3 + 0x2C), 11);
    expect("and ends DBL registers later (31.4.16)", WORD(TIM3 + 0x34), 33);
    done();
}
