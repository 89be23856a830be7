/* Copies itself to bank 2, and lets the boot loader start that. */
#include "guest.h"

enum { KEYR = 0x08, OPTKEYR = 0x0C, SR = 0x10, CR = 0x14, OPTR = 0x20, PAGE = 2048 };
static const uint32_t BANK1 = 0x08000000, BANK2 = 0x08080000, IMAGE = 16 * 1024;
/* In no bank's image: on the last page of bank 1. */
static const uint32_t MARK = 0x08000000 + 255 * PAGE;

static void wait_done(void)
{
    while (WORD(FLASH + SR) >> 16 & 1)
        ;
}

static void program(uint32_t address, uint32_t low, uint32_t high)
{
    WORD(FLASH + CR) |= 1;
    WORD(address) = low;
    WORD(address + 4) = high;
    wait_done();
    WORD(FLASH + CR) &= ~1u;
}

int main(void)
{
    board_start();
    clock_all();
    WORD(FLASH + KEYR) = 0x45670123;
    WORD(FLASH + KEYR) = 0xCDEF89AB;
    WORD(FLASH + OPTKEYR) = 0x08192A3B;
    WORD(FLASH + OPTKEYR) = 0x4C5D6E7F;
    if (!(WORD(FLASH + OPTR) >> 20 & 1)) {
        expect("bank 1 is first after reset (9.2.1)", WORD(SYSCFG) >> 8 & 1, 0);
        for (uint32_t at = 0; at < IMAGE; at += 8)
            if ((WORD(BANK1 + at) & WORD(BANK1 + at + 4)) != 0xFFFFFFFF)
                program(BANK2 + at, WORD(BANK1 + at), WORD(BANK1 + at + 4));
        program(MARK, 0x12345678, 0);
        WORD(FLASH + OPTR) |= 1u << 20;
        WORD(FLASH + CR) |= 1u << 17;
        wait_done();
        WORD(FLASH + CR) |= 1u << 27;
        for (;;)
            ;
    }
    expect("BFB2 starts bank 2, at 0x08000000 (2.6, 9.2.1)", WORD(SYSCFG) >> 8 & 1, 1);
    expect("bank 1 is behind it (3.3.1)", WORD(MARK - BANK1 + BANK2), 0x12345678);
    expect("bank 2 has no mark (3.3.1)", WORD(MARK), 0xFFFFFFFF);
    WORD(FLASH + SR) = 0xC3FB;
    WORD(FLASH + CR) = 2 | 255u << 3;
    WORD(FLASH + CR) |= 1u << 16;
    wait_done();
    WORD(FLASH + CR) = 0;
    expect("BKER 0 is bank 1, wherever that is (3.7.5)", WORD(MARK - BANK1 + BANK2), 0xFFFFFFFF);
    done();
}
