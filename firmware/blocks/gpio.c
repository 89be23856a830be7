#include "guest.h"

int main(void)
{
    board_start();
    clock_all();
    expect("MODER of port A after reset (8.5.1)", WORD(GPIO_A), 0xABFFFFFF);
    WORD(GPIO_C) = (WORD(GPIO_C) & ~(3u << 12)) | 1u << 12;
    WORD(GPIO_C + 0x18) = 1u << 6;
    expect("BSRR sets (8.5.7)", WORD(GPIO_C + 0x14) >> 6 & 1, 1);
    expect("IDR shows the output (8.4.10)", WORD(GPIO_C + 0x10) >> 6 & 1, 1);
    WORD(GPIO_C + 0x18) = 1u << 22;
    expect("BSRR resets (8.5.7)", WORD(GPIO_C + 0x14) >> 6 & 1, 0);
    WORD(GPIO_C + 0x18) = 1u << 22 | 1u << 6;
    expect("set wins (8.5.7)", WORD(GPIO_C + 0x14) >> 6 & 1, 1);
    WORD(GPIO_C + 0x28) = 1u << 6;
    expect("BRR resets (8.5.11)", WORD(GPIO_C + 0x14) >> 6 & 1, 0);
    WORD(GPIO_C) &= ~(3u << 14);
    WORD(GPIO_C + 0x0C) = (WORD(GPIO_C + 0x0C) & ~(3u << 14)) | 1u << 14;
    expect("a pull-up reads 1 (8.4.9)", WORD(GPIO_C + 0x10) >> 7 & 1, 1);
    WORD(GPIO_C + 0x1C) = 1u << 16 | 1u << 6;
    WORD(GPIO_C + 0x1C) = 1u << 6;
    WORD(GPIO_C + 0x1C) = 1u << 16 | 1u << 6;
    (void)WORD(GPIO_C + 0x1C);
    expect("LCKK (8.5.8)", WORD(GPIO_C + 0x1C) >> 16 & 1, 1);
    WORD(GPIO_C) &= ~(3u << 12);
    expect("a locked pin keeps its mode (8.4.6)", WORD(GPIO_C) >> 12 & 3, 1);
    done();
}
