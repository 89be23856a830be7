#include "rtc_wake.h"

enum { BACKUP = RTC + 0x50 };

int main(void)
{
    board_start();
    clock_all();
    WORD(PWR + 0x00) |= 1u << 8;
    if (WORD(BACKUP) != 0xBEEF) {
        wake_after(100);
        WORD(BACKUP) = 0xBEEF;
        WORD(RCC + 0x94) |= 1u << 23;
        WORD(PWR + 0x18) = 0x1F;
        sleep_deeply(4);
        print("differs: Shutdown returned\r\n");
        done();
    }
    expect("no Standby flag (5.3.11)", WORD(PWR + 0x10) >> 8 & 1, 0);
    expect("a power-on reset is shown (6.4.29)", WORD(RCC + 0x94) >> 27 & 1, 1);
    done();
}
