#include "rtc_wake.h"

enum { MARK = 0x20010000, BACKUP = RTC + 0x50 };

int main(void)
{
    board_start();
    clock_all();
    WORD(PWR + 0x00) |= 1u << 8;
    if (!(WORD(PWR + 0x10) & 1u << 8)) {
        WORD(MARK) = 0x12345678;
        wake_after(100);
        WORD(BACKUP) = 0xCAFE;
        WORD(PWR + 0x18) = 0x1F;
        sleep_deeply(3);
        print("differs: Standby returned\r\n");
        done();
    }
    expect("SBF is set after Standby (5.4.5)", WORD(PWR + 0x10) >> 8 & 1, 1);
    expect("WUFI is set by the RTC (5.4.5)", WORD(PWR + 0x10) >> 15 & 1, 1);
    expect("SRAM1 has lost its contents (5.3.10)", WORD(MARK) == 0x12345678, 0);
    expect("backup registers have not (38.6.20)", WORD(BACKUP), 0xCAFE);
    expect("the RTC runs on (5.3.10)", WORD(RCC + 0x90) >> 15 & 1, 1);
    WORD(PWR + 0x18) = 1u << 8;
    expect("CSBF clears SBF (5.4.7)", WORD(PWR + 0x10) >> 8 & 1, 0);
    done();
}
