#include "guest.h"

static const uint16_t samples[4] = {100, 200, 300, 400};

int main(void)
{
    board_start();
    clock_all();
    WORD(DAC) = 1;
    WORD(DAC + 0x08) = 0x123;
    expect("DHR12R1 to DOR1 (19.4.5)", WORD(DAC + 0x2C), 0x123);
    WORD(DAC + 0x0C) = 0x4560;
    expect("left alignment (19.4.5)", WORD(DAC + 0x2C), 0x456);
    WORD(DAC + 0x10) = 0x12;
    expect("8 bits (19.4.5)", WORD(DAC + 0x2C), 0x120);
    WORD(DAC) = 1 | 4 | 7u << 3;
    WORD(DAC + 0x08) = 0x321;
    expect("a trigger is awaited (19.4.6)", WORD(DAC + 0x2C), 0x120);
    WORD(DAC + 0x04) = 1;
    expect("SWTRIG1 (19.4.7)", WORD(DAC + 0x2C), 0x321);
    /* TIM6 triggers, DMA1 channel 3 (request 6) feeds. */
    WORD(DAC) = 0;
    WORD(DMA1 + 0xA8) = 6u << 8;
    WORD(DMA1 + 0x34) = 4;
    WORD(DMA1 + 0x38) = DAC + 0x08;
    WORD(DMA1 + 0x3C) = (uint32_t)samples;
    WORD(DMA1 + 0x30) = 1u << 10 | 2u << 8 | 1u << 7 | 1u << 5 | 1u << 4 | 1;
    WORD(DAC) = 1 | 4 | 0u << 3 | 1u << 12;
    WORD(TIM6 + 0x04) = 2u << 4;
    WORD(TIM6 + 0x28) = 79;
    WORD(TIM6 + 0x2C) = 999;
    WORD(TIM6 + 0x14) = 1;
    uint32_t before = WORD(DAC + 0x2C);
    WORD(TIM6) = 1;
    wait_ms(20);
    WORD(TIM6) = 0;
    expect("the output follows TIM6 (19.4.7)", WORD(DAC + 0x2C) != before, 1);
    expect("DMA has fed it (19.4.8)", WORD(DMA1 + 0x34) <= 4 && WORD(DAC + 0x2C) % 100 == 0, 1);
    expect("no underrun (19.4.8)", WORD(DAC + 0x34) >> 13 & 1, 0);
    done();
}
