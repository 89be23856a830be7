#include "guest.h"

int main(void)
{
    board_start();
    clock_all();
    WORD(PWR) |= 1u << 8;
    WORD(RCC + 0x90) |= 1;
    wait_for(RCC + 0x90, 2, 2);
    WORD(RCC + 0x90) |= 1u << 8 | 1u << 15;
    WORD(RTC + 0x24) = 0xCA;
    WORD(RTC + 0x24) = 0x53;
    WORD(RTC + 0x0C) |= 1u << 7;
    expect("INITF follows INIT (38.3.7)", wait_for(RTC + 0x0C, 1u << 6, 1u << 6), 1);
    WORD(RTC + 0x00) = 0x235958;
    WORD(RTC + 0x04) = 0x246228;
    WORD(RTC + 0x0C) &= ~(1u << 7);
    expect("RSF (38.3.8)", wait_for(RTC + 0x0C, 1u << 5, 1u << 5), 1);
    wait_ms(2500);
    uint32_t time = WORD(RTC + 0x00), date = WORD(RTC + 0x04);
    expect("a day ends (38.3.2)", time, 0);
    expect("29 February 2024, Thursday (38.3.2)", date & 0xFFFFFF, 0x248229);
    WORD(RTC + 0x24) = 0xFF;
    WORD(RTC + 0x10) = 0;
    expect("locked registers keep their value (38.3.7)", WORD(RTC + 0x10), 0x7F00FF);
    done();
}
