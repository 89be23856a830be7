/* USART1 wakes the chip from Stop 1; without a byte the RTC does. */
#include "rtc_wake.h"

enum { USART1 = 0x40013800, CR1 = USART1, CR3 = USART1 + 8, BRR = USART1 + 0x0C, ISR = USART1 + 0x1C };
enum { UESM = 2, HSI = 2, HSIKERON = 1 << 9, START_BIT = 2 << 20, WUFIE = 1 << 22, WUF = 1 << 20 };

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    WORD(RCC) |= 1 << 8;
    wait_for(RCC, 1 << 10, 1 << 10);
    WORD(RCC + 0x88) = HSI;
    WORD(CR1) &= ~1u;
    WORD(BRR) = 16000000 / 115200;
    WORD(CR3) = START_BIT | WUFIE;
    WORD(CR1) |= UESM | 1;
    print("ready\r\n");
    wait_for(ISR, 1 << 6, 1 << 6);
    enable_interrupt(3);
    enable_interrupt(37);
    wake_after(2000);
    sleep_deeply(1);
    if (interrupts[37]) {
        expect("the start bit sets WUF (40.8.8)", WORD(ISR) & WUF, WUF);
        WORD(ISR + 4) = WUF;
        expect("WUCF clears it (40.8.9)", WORD(ISR) & WUF, 0);
        expect("then the byte is there (40.5.15)", wait_for(ISR, 1 << 5, 1 << 5), 1);
        expect("as it was sent (40.8.10)", WORD(USART1 + 0x24), 'w');
    } else {
        expect("the RTC woke the chip (5.3.8)", interrupts[3], 1);
    }
    done();
}
