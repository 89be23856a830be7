#include "guest.h"

static volatile uint16_t data[8];

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    WORD(DAC) = 1;
    WORD(DAC + 0x08) = 1000;
    WORD(ADC_COMMON + 8) = 3u << 16 | 1u << 22;
    WORD(ADC1_BASE + 8) = 0;
    WORD(ADC1_BASE + 8) = 1u << 28;
    wait_ms(1);
    WORD(ADC1_BASE + 8) |= 1;
    wait_for(ADC1_BASE, 1, 1);
    /* VREFINT, PA4 (the DAC), VREFINT: into memory by DMA1 channel 1. */
    WORD(ADC1_BASE + 0x30) = 2 | 0u << 6 | 9u << 12 | 0u << 18;
    WORD(ADC1_BASE + 0x0C) = 1u << 31 | 1;
    WORD(DMA1 + 0x0C) = 3;
    WORD(DMA1 + 0x10) = ADC1_BASE + 0x40;
    WORD(DMA1 + 0x14) = (uint32_t)data;
    WORD(DMA1 + 0x08) = 1u << 10 | 1u << 8 | 1u << 7 | 2 | 1;
    enable_interrupt(11);
    WORD(ADC1_BASE + 8) |= 4;
    wait_ms(1);
    expect("DMA1 channel 1 is done (11.4.7)", interrupts[11], 1);
    expect("rank 2 is PA4 (18.4.11)", data[1], 1000);
    expect("ranks 1 and 3 are VREFINT (18.4.11)", data[0] == data[2] && data[0] > 1400, 1);
    expect("EOS (18.6.1)", WORD(ADC1_BASE) >> 3 & 1, 1);
    expect("no overrun (18.4.27)", WORD(ADC1_BASE) >> 4 & 1, 0);
    /* Injected: PA4, then VREFINT. */
    WORD(ADC1_BASE) = 0x7FF;
    WORD(ADC1_BASE + 4) = 1u << 6;
    enable_interrupt(18);
    WORD(ADC1_BASE + 0x4C) = 1 | 9u << 8 | 0u << 14;
    WORD(ADC1_BASE + 8) |= 8;
    wait_ms(1);
    expect("JEOS interrupts by 18 (table 58)", interrupts[18], 1);
    expect("JDR1 (18.6.20)", WORD(ADC1_BASE + 0x80), 1000);
    expect("JDR2 (18.6.20)", WORD(ADC1_BASE + 0x84), data[0]);
    /* Two conversions that nobody takes. */
    WORD(ADC1_BASE + 0x0C) = 1u << 31;
    WORD(ADC1_BASE + 8) |= 4;
    wait_ms(1);
    expect("OVR (18.4.27)", WORD(ADC1_BASE) >> 4 & 1, 1);
    expect("the first data is kept (18.4.27)", WORD(ADC1_BASE + 0x40), data[0]);
    done();
}
