/* Time stamps and tampers of the RTC. The pull resistors of PA0 move TAMP2. */
#include "guest.h"

enum { ISR = RTC + 0x0C, CR = RTC + 0x08, TAMPCR = RTC + 0x40, BKP0R = RTC + 0x50 };
enum { TSE = 1 << 11, TSF = 1 << 11, TSOVF = 1 << 12, TAMP1F = 1 << 13, TAMP2F = 1 << 14 };
enum { TSEDGE = 1 << 3, TAMPIE = 1 << 2, TAMP2E = 1 << 3, TAMPTS = 1 << 7, LINE = 1 << 19 };

static void pull(uint32_t port, unsigned pin, bool up)
{
    WORD(port) &= ~(3u << 2 * pin);
    WORD(port + 0x0C) = (WORD(port + 0x0C) & ~(3u << 2 * pin)) | (up ? 1u : 2u) << 2 * pin;
}

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    WORD(PWR) |= 1u << 8;
    WORD(RCC + 0x94) |= 1;
    WORD(RCC + 0x90) = 2u << 8 | 1u << 15;
    WORD(RTC + 0x24) = 0xCA;
    WORD(RTC + 0x24) = 0x53;
    WORD(ISR) = 1u << 7;
    wait_for(ISR, 1u << 6, 1u << 6);
    WORD(RTC + 0x10) = 249;
    WORD(RTC + 0x10) = 127u << 16 | 249;
    WORD(RTC) = 0x235958;
    WORD(RTC + 4) = 0x24D231;
    WORD(ISR) = 0;
    pull(GPIO_A, 0, false);
    WORD(BKP0R) = 0x600DF00D;
    WORD(TAMPCR) = TAMP2E | TAMPIE | TAMPTS;
    WORD(EXTI) |= LINE;
    WORD(EXTI + 8) |= LINE;
    enable_interrupt(2);
    wait_ms(3100);
    expect("no event yet (38.6.4)", WORD(ISR) & (TSF | TAMP2F), 0);
    pull(GPIO_A, 0, true);
    expect("TAMP2F at the rising edge (38.3.14)", WORD(ISR) & (TAMP1F | TAMP2F), TAMP2F);
    expect("backup registers are erased (38.3.14)", WORD(BKP0R), 0);
    expect("TAMPTS stamps (38.6.16)", WORD(ISR) & (TSF | TSOVF), TSF);
    expect("TSTR (38.6.12)", WORD(RTC + 0x30), 0x000001);
    expect("TSDR has no year (38.6.13)", WORD(RTC + 0x34), 0xE101);
    expect("TAMP_STAMP interrupts by EXTI line 19 (table 58)", interrupts[2], 1);
    WORD(ISR) &= ~(uint32_t)TAMP2F;
    pull(GPIO_A, 0, false);
    pull(GPIO_A, 0, true);
    expect("TSOVF (38.6.4)", WORD(ISR) & (TSF | TSOVF), TSF | TSOVF);
    WORD(ISR) = 0;
    expect("TSTR is cleared with TSF (38.6.12)", WORD(RTC + 0x30), 0);
    WORD(TAMPCR) = 0;

    /* The user button is at the time-stamp pin: high until it is pressed. */
    WORD(CR) |= TSE | TSEDGE;
    print("ready\r\n");
    wait_ms(200);
    expect("its edge is no tamper (38.6.4)", WORD(ISR) & TAMP1F, 0);
    if (WORD(ISR) & TSF)
        expect("the button stamps (38.3.13)", WORD(RTC + 0x34), 0xE101);
    done();
}
