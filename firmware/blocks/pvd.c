#include "guest.h"

enum { CR2 = 4, SR2 = 0x14, PVDO = 1u << 11 };
static const uint32_t CFGR2 = SYSCFG + 0x1C;

int main(void)
{
    board_start();
    clock_all();
    for (uint32_t level = 0; level < 7; level++) {
        WORD(PWR + CR2) = level << 1 | 1;
        expect("3.3 V is above every level (5.4.2)", WORD(PWR + SR2) & PVDO, 0);
    }
    WORD(PWR + CR2) = 0xF << 4;
    expect("and above those of the peripherals (5.4.6)", WORD(PWR + SR2) & 0xF000, 0);
    WORD(PWR + CR2) = 3u << 1 | 1;
    WORD(CFGR2) = 1u << 2;
    WORD(PWR + CR2) = 0;
    expect("PVDL locks PVDE and PLS (9.2.8)", WORD(PWR + CR2), 3u << 1 | 1);
    expect("until a reset it stays set (9.2.8)", WORD(CFGR2) >> 2 & 1, 1);
    WORD(EXTI + 0x00) |= 1u << 16;
    WORD(EXTI + 0x10) = 1u << 16;
    expect("line 16 is the PVD's (14.3.2)", WORD(EXTI + 0x14) >> 16 & 1, 1);
    done();
}
