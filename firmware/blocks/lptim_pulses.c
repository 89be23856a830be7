/* The pull resistors of PC0 make the pulses that LPTIM1 counts. */
#include "guest.h"

enum { LPTIM1 = 0x40007C00, ISR = 0, ICR = 4, IER = 8, CFGR = 0x0C, CR = 0x10, ARR = 0x18 };
enum { CNT = 0x1C, ARRM = 2, ARROK = 16 };

static void pulse(int times)
{
    while (times--) {
        WORD(GPIO_C + 0x0C) = (WORD(GPIO_C + 0x0C) & ~3u) | 1;
        WORD(GPIO_C + 0x0C) = (WORD(GPIO_C + 0x0C) & ~3u) | 2;
    }
}

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    WORD(GPIO_C + 0x0C) = (WORD(GPIO_C + 0x0C) & ~3u) | 2;
    WORD(GPIO_C + 0x20) = (WORD(GPIO_C + 0x20) & ~15u) | 1;
    WORD(GPIO_C) = (WORD(GPIO_C) & ~3u) | 2;
    WORD(LPTIM1 + IER) = ARRM;
    WORD(LPTIM1 + CFGR) = 1;
    WORD(LPTIM1 + CR) = 1;
    WORD(LPTIM1 + ARR) = 9;
    expect("ARROK (34.7.1)", wait_for(LPTIM1 + ISR, ARROK, ARROK), 1);
    WORD(LPTIM1 + CR) = 5;
    enable_interrupt(65);
    pulse(7);
    wait_ms(1);
    expect("it counts pulses, not time (34.4.5)", WORD(LPTIM1 + CNT), 7);
    expect("below ARR it doesn't interrupt (34.6)", interrupts[65], 0);
    pulse(2);
    expect("at ARR it does (34.6)", interrupts[65], 1);
    pulse(1);
    expect("and starts over (34.4.5)", WORD(LPTIM1 + CNT), 0);
    WORD(LPTIM1 + ICR) = ARRM;
    expect("the flag clears (34.7.2)", WORD(LPTIM1 + ISR) & ARRM, 0);
    done();
}
