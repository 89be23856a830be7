#include "guest.h"

static uint8_t source[64], target[64];

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    for (unsigned i = 0; i < sizeof source; i++)
        source[i] = (uint8_t)(i * 7);
    WORD(DMA2 + 0x0C) = 64;
    WORD(DMA2 + 0x10) = (uint32_t)source;
    WORD(DMA2 + 0x14) = (uint32_t)target;
    enable_interrupt(56);
    WORD(DMA2 + 0x08) = 1u << 14 | 1u << 7 | 1u << 6 | 2 | 1;
    wait_ms(1);
    expect("64 bytes are copied (11.4.4)", (uint32_t)memcmp(source, target, 64), 0);
    expect("TCIF, HTIF and GIF (11.6.1)", WORD(DMA2) & 15, 7);
    expect("DMA2 channel 1 is 56 (table 58)", interrupts[56], 1);
    WORD(DMA2 + 4) = 1;
    expect("CGIF clears all (11.6.2)", WORD(DMA2) & 15, 0);
    WORD(DMA2 + 0x08) = 0;
    WORD(DMA2 + 0x0C) = 1;
    WORD(DMA2 + 0x10) = 0x60000000;
    WORD(DMA2 + 0x08) = 1u << 14 | 1;
    wait_ms(1);
    expect("a bus error is TEIF (11.4.7)", WORD(DMA2) >> 3 & 1, 1);
    expect("and disables the channel (11.4.7)", WORD(DMA2 + 0x08) & 1, 0);
    done();
}
