#include "guest.h"

/* Regulator on, calibrated, enabled; the clock is HCLK / 4 (18.4.6 to 18.4.9). */
static void start_adc(void)
{
    WORD(ADC_COMMON + 8) = 3u << 16 | 7u << 22;
    WORD(ADC1_BASE + 8) = 0;
    WORD(ADC1_BASE + 8) = 1u << 28;
    wait_ms(1);
    WORD(ADC1_BASE + 8) = 1u << 28 | 1u << 31;
    expect("ADCAL ends by itself (18.4.8)", wait_for(ADC1_BASE + 8, 1u << 31, 0), 1);
    WORD(ADC1_BASE) = 1;
    WORD(ADC1_BASE + 8) |= 1;
    expect("ADRDY follows ADEN (18.4.9)", wait_for(ADC1_BASE, 1, 1), 1);
}

static uint32_t convert(uint32_t channel)
{
    WORD(ADC1_BASE + 0x30) = channel << 6;
    WORD(ADC1_BASE + 8) |= 4;
    wait_for(ADC1_BASE, 1u << 2, 1u << 2);
    return WORD(ADC1_BASE + 0x40);
}

int main(void)
{
    board_start();
    clock_all();
    expect("CR after reset (18.6.3)", WORD(ADC1_BASE + 8), 0x20000000);
    expect("CFGR after reset (18.6.4)", WORD(ADC1_BASE + 0x0C), 0x80000000);
    start_adc();
    /* 3.3 V: VREFINT_CAL was measured at 3.0 V (DS10969 table 8). */
    uint32_t reference = convert(0);
    uint32_t supply = 3000u * HALFWORD(0x1FFF75AA) / reference;
    expect_within("VREFINT yields the supply (18.4.34)", supply, 3290, 3310);
    int32_t sensor = (int32_t)(convert(17) * supply / 3000);
    int32_t cold = HALFWORD(0x1FFF75A8), hot = HALFWORD(0x1FFF75CA);
    uint32_t celsius = (uint32_t)((sensor - cold) * 80 / (hot - cold) + 30);
    expect_within("the sensor yields a temperature (18.4.32)", celsius, 15, 35);
    expect_within("VBAT / 3 (18.4.33)", convert(18), 1360, 1370);
    expect("EOC goes with the data (18.6.1)", WORD(ADC1_BASE) >> 2 & 1, 0);
    expect("ADSTART goes at the end of the sequence (18.4.15)", WORD(ADC1_BASE + 8) >> 2 & 1, 0);
    WORD(ADC1_BASE + 0x0C) = 1u << 31 | 2u << 3;
    expect("8 bits (18.4.22)", convert(0), reference >> 4);
    WORD(ADC1_BASE + 0x0C) = 1u << 31 | 1u << 5;
    expect("left alignment (18.4.26)", convert(0), reference << 4);
    WORD(ADC1_BASE + 0x0C) = 1u << 31;
    WORD(ADC1_BASE + 0x10) = 1 | 1u << 2 | 2u << 5;
    expect("4 samples, shifted by 2 (18.4.31)", convert(0), reference);
    WORD(ADC1_BASE + 0x10) = 0;
    WORD(ADC1_BASE + 0x60) = 1u << 31 | 100;
    expect("an offset is taken off (18.4.26)", convert(0), reference - 100);
    WORD(ADC1_BASE + 0x60) = 0;
    WORD(ADC1_BASE + 0x20) = (reference - 1) << 16;
    WORD(ADC1_BASE + 0x0C) = 1u << 31 | 1u << 23;
    convert(0);
    expect("AWD1 above HT1 (18.4.29)", WORD(ADC1_BASE) >> 7 & 1, 1);
    WORD(ADC1_BASE + 8) |= 2;
    expect("ADDIS disables (18.4.9)", wait_for(ADC1_BASE + 8, 3, 0), 1);
    done();
}
