#include "guest.h"

enum { COMP1 = 0x40010200, OPAMP1 = 0x40007800, EXTI_COMP1 = 1u << 21, COMP_INTERRUPT = 64 };
enum { GPIO_B = 0x48000400 };
enum { EN = 1, VALUE = 1u << 30, LOCK = 1u << 31, FROM_DAC1 = 4u << 4, POLARITY = 1u << 15 };
enum { OPAEN = 1, FOLLOWER = 3u << 2, VP_FROM_DAC = 1u << 10 };

static uint32_t convert(unsigned channel)
{
    WORD(ADC1_BASE + 0x30) = channel << 6;
    WORD(ADC1_BASE) = 7;
    WORD(ADC1_BASE + 8) |= 1u << 2;
    wait_for(ADC1_BASE, 1u << 2, 1u << 2);
    return WORD(ADC1_BASE + 0x40);
}

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();

    /* DAC1 at half of the supply is the threshold; PC5 the input, driven by its own port. */
    WORD(DAC) = 1;
    WORD(DAC + 8) = 2048;
    WORD(GPIO_C) = (WORD(GPIO_C) & ~(3u << 10)) | 1u << 10;
    WORD(GPIO_C + 0x18) = 1u << 21;
    expect("off, VALUE is 0 (22.6.1)", WORD(COMP1) & VALUE, 0);
    WORD(EXTI + 8) |= EXTI_COMP1;
    WORD(EXTI) |= EXTI_COMP1;
    enable_interrupt(COMP_INTERRUPT);
    WORD(COMP1) = EN | FROM_DAC1;
    expect("0 V is below (22.6.1)", WORD(COMP1) & VALUE, 0);
    WORD(GPIO_C + 0x18) = 1u << 5;
    expect("the supply is above (22.6.1)", WORD(COMP1) & VALUE, VALUE);
    wait_ms(1);
    expect("EXTI 21 rises (14.3.2)", WORD(EXTI + 0x14) & EXTI_COMP1, EXTI_COMP1);
    expect("vector 64 (table 58)", interrupts[COMP_INTERRUPT], 1);
    WORD(GPIO_B + 0x20) = (WORD(GPIO_B + 0x20) & ~15u) | 12;
    WORD(GPIO_B) = (WORD(GPIO_B) & ~3u) | 2;
    expect("PB0 is COMP1_OUT (DS10969 table 17)", WORD(GPIO_B + 0x10) & 1, 1);
    WORD(COMP1) = EN | FROM_DAC1 | POLARITY;
    expect("POLARITY inverts (22.6.1)", WORD(COMP1) & VALUE, 0);
    WORD(COMP1) |= LOCK;
    WORD(COMP1) = 0;
    expect("LOCK keeps (22.3.5)", WORD(COMP1), LOCK | EN | FROM_DAC1 | POLARITY);

    /* OPAMP1 follows DAC1; ADC1 sees it at PA3, its channel 8. */
    WORD(ADC_COMMON + 8) = 1u << 16;
    WORD(ADC1_BASE + 8) = 1u << 28;
    wait_ms(1);
    WORD(ADC1_BASE + 8) |= 1;
    wait_for(ADC1_BASE, 1, 1);
    WORD(OPAMP1) = OPAEN | FOLLOWER | VP_FROM_DAC;
    expect_within("a follower (23.3.4)", convert(8), 2044, 2052);
    WORD(DAC + 8) = 1024;
    expect_within("a follower follows (23.3.4)", convert(8), 1020, 1028);
    done();
}
