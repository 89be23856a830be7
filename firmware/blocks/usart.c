#include "guest.h"

enum { USART1 = 0x40013800, USART2 = 0x40004400 };
static const char text[] = "ok: sent by DMA (40.5.16)\r\n";

int main(void)
{
    board_start();
    clock_all();
    expect("ISR after reset (40.8.8)", WORD(USART2 + 0x1C), 0xC0);
    WORD(USART2 + 0x0C) = 80000000 / 115200;
    WORD(USART2) = 1 | 1u << 3 | 1u << 2;
    expect("TEACK and REACK (40.8.8)", wait_for(USART2 + 0x1C, 3u << 21, 3u << 21), 1);
    /* USART1_TX is request 2 of DMA1 channel 4 (table 46). */
    WORD(DMA1 + 0xA8) = 2u << 12;
    WORD(DMA1 + 0x48) = sizeof text - 1;
    WORD(DMA1 + 0x4C) = USART1 + 0x28;
    WORD(DMA1 + 0x50) = (uint32_t)text;
    WORD(USART1 + 8) |= 1u << 7;
    WORD(DMA1 + 0x44) = 1u << 7 | 1u << 4 | 1;
    wait_ms(5);
    WORD(USART1 + 8) &= ~(1u << 7);
    expect("TCIF4 (11.6.1)", WORD(DMA1) >> 13 & 1, 1);
    done();
}
