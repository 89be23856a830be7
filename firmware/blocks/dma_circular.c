#include "guest.h"

enum { ISR = 0, IFCR = 4, CCR = 0x08, CNDTR = 0x0C, CPAR = 0x10, CMAR = 0x14, CSELR = 0xA8 };
enum { UIE_DMA = 1u << 8 };

/* DMA1 channel 2 serves TIM2_UP by request 4 (table 44); registers of channel n are 20 bytes on. */
static const uint32_t CHANNEL = DMA1 + 20;

int main(void)
{
    static const uint32_t pattern[4] = {1, 2, 3, 4};
    board_start();
    clock_all();
    WORD(DMA1 + CSELR) = 4u << 4;
    WORD(CHANNEL + CPAR) = TIM3 + 0x34;
    WORD(CHANNEL + CMAR) = (uint32_t)pattern;
    WORD(CHANNEL + CNDTR) = 4;
    /* From memory, circular, memory increments, words. */
    WORD(CHANNEL + CCR) = 1u << 4 | 1u << 5 | 1u << 7 | 2u << 8 | 2u << 10 | 1;
    WORD(TIM2 + 0x28) = 79;
    WORD(TIM2 + 0x2C) = 99;
    WORD(TIM2 + 0x14) = 1;
    WORD(TIM2 + 0x0C) = UIE_DMA;
    WORD(TIM2 + 0x14) = 1;
    expect("an update is a request (11.4.4)", WORD(TIM3 + 0x34), 1);
    expect("CNDTR counts down (11.6.4)", WORD(CHANNEL + CNDTR), 3);
    WORD(TIM2 + 0x14) = 1;
    expect("half of it is HTIF (11.6.1)", WORD(DMA1 + ISR) >> 6 & 1, 1);
    expect("TCIF not yet (11.6.1)", WORD(DMA1 + ISR) >> 5 & 1, 0);
    WORD(TIM2 + 0x14) = 1;
    WORD(TIM2 + 0x14) = 1;
    expect("all of it is TCIF (11.6.1)", WORD(DMA1 + ISR) >> 5 & 1, 1);
    expect("in circular mode CNDTR is loaded again (11.4.4)", WORD(CHANNEL + CNDTR), 4);
    WORD(DMA1 + IFCR) = 1u << 4;
    expect("CGIF clears all flags of a channel (11.6.2)", WORD(DMA1 + ISR) & 0xF0, 0);
    WORD(TIM2 + 0x14) = 1;
    expect("and it begins anew (11.4.4)", WORD(TIM3 + 0x34), 1);
    WORD(CHANNEL + CCR) &= ~1u;
    WORD(TIM2 + 0x14) = 1;
    expect("without EN it rests (11.6.3)", WORD(TIM3 + 0x34), 1);
    done();
}
