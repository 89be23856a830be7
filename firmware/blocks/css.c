/* The clock security system. The HSE fails if somebody outside says so; the guest waits for that. */
#include "guest.h"

enum { CR = 0, CFGR = 8, CIFR = 0x1C, CICR = 0x20, HSEON = 1u << 16, HSERDY = 1u << 17 };
enum { CSSON = 1u << 19, CSSF = 1u << 8, HSE = 2, MSI = 0 };

static volatile uint32_t failures;

static void take_nmi(void)
{
    failures++;
    expect("CSSF is set (6.2.10)", WORD(RCC + CIFR) & CSSF, CSSF);
    WORD(RCC + CICR) = CSSF;
    expect("CSSC clears it (6.4.9)", WORD(RCC + CIFR) & CSSF, 0);
}

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    vectors[2] = (uint32_t)take_nmi;
    WORD(RCC + CR) |= HSEON;
    expect("the HSE starts (6.4.1)", wait_for(RCC + CR, HSERDY, HSERDY), 1);
    WORD(RCC + CFGR) = (WORD(RCC + CFGR) & ~3u) | HSE;
    expect("and clocks the system (6.4.3)", wait_for(RCC + CFGR, 12, HSE << 2), 1);
    WORD(RCC + CR) |= CSSON;
    WORD(RCC + CR) &= ~CSSON;
    expect("CSSON can't be cleared (6.4.1)", WORD(RCC + CR) & CSSON, CSSON);
    WORD(TIM1 + 0x44) = 1u << 12 | 1u << 15;
    print("ready\r\n");
    for (uint32_t start = board_ticks(); !failures && board_ticks() - start < 100;)
        ;
    if (failures) {
        expect("one NMI (6.2.10)", failures, 1);
        expect("HSE and CSS are off (6.2.10)", WORD(RCC + CR) & (HSEON | HSERDY | CSSON), 0);
        expect("MSI clocks the system (6.2.10)", WORD(RCC + CFGR) & 15, MSI);
        expect("TIM1 breaks: MOE (30.3.16)", WORD(TIM1 + 0x44) >> 15 & 1, 0);
    } else {
        expect("without a failure no flag (6.2.10)", WORD(RCC + CIFR), 0);
    }
    done();
}
