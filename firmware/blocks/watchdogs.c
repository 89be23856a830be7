#include "guest.h"

enum { IWDG = 0x40003000, WWDG = 0x40002C00, CSR = RCC + 0x94 };

int main(void)
{
    board_start();
    clock_all();
    WORD(PWR) |= 1u << 8;
    uint32_t flags = WORD(CSR);
    if (flags >> 29 & 1) {
        expect("IWDGRSTF (6.4.29)", flags >> 29 & 1, 1);
        expect("PINRSTF comes with it (6.4.29)", flags >> 26 & 1, 1);
        WORD(CSR) |= 1u << 23;
        expect("RMVF clears the flags (6.4.29)", WORD(CSR) >> 24, 0);
        WORD(WWDG) = 0xC0;
        wait_ms(200);
        print("differs: the window watchdog didn't reset\r\n");
        done();
    }
    if (flags >> 30 & 1) {
        expect("WWDGRSTF (6.4.29)", flags >> 30 & 1, 1);
        done();
    }
    WORD(IWDG) = 0xCCCC;
    WORD(IWDG) = 0x5555;
    WORD(IWDG + 8) = 100;
    expect("PVU and RVU go (36.4.4)", wait_for(IWDG + 0x0C, 7, 0), 1);
    for (int i = 0; i < 5; i++) {
        WORD(IWDG) = 0xAAAA;
        wait_ms(5);
    }
    print("ok: 100 * 4 cycles of LSI are 12.5 ms (36.3.2)\r\n");
    wait_ms(200);
    print("differs: the watchdog didn't reset\r\n");
    done();
}
