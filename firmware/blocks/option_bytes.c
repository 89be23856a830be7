/* Goes through resets that load option bytes; which one it is at stands in a backup register. */
#include "guest.h"
#include "rtc_wake.h"

enum { KEYR = 0x08, OPTKEYR = 0x0C, SR = 0x10, CR = 0x14, OPTR = 0x20 };
enum { WRP1AR = 0x2C, PCROP2SR = 0x44, PCROP2ER = 0x48 };
enum { WRPERR = 1u << 4, RDERR_BIT = 1u << 14 };
enum { PG = 1, PER = 2, BKER = 1u << 11, STRT = 1u << 16, OPTSTRT = 1u << 17 };
static const uint32_t OBL_LAUNCH = 1u << 27, OBLRSTF = 1u << 25, RMVF = 1u << 23;

static void unlock(void)
{
    WORD(FLASH + KEYR) = 0x45670123;
    WORD(FLASH + KEYR) = 0xCDEF89AB;
    WORD(FLASH + OPTKEYR) = 0x08192A3B;
    WORD(FLASH + OPTKEYR) = 0x4C5D6E7F;
}

static void wait_done(void)
{
    while (WORD(FLASH + SR) >> 16 & 1)
        ;
}

static uint32_t erase(uint32_t page, uint32_t bank)
{
    WORD(FLASH + SR) = 0xC3FB;
    WORD(FLASH + CR) = PER | page << 3 | bank;
    WORD(FLASH + CR) |= STRT;
    wait_done();
    WORD(FLASH + CR) &= ~(uint32_t)(PER | 0xFF << 3 | BKER);
    return WORD(FLASH + SR);
}

static uint32_t program(uint32_t address)
{
    WORD(FLASH + SR) = 0xC3FB;
    WORD(FLASH + CR) |= PG;
    WORD(address) = 1;
    WORD(address + 4) = 2;
    wait_done();
    WORD(FLASH + CR) &= ~(uint32_t)PG;
    return WORD(FLASH + SR);
}

/* Program the option registers, and load them by a reset. */
static void __attribute__((noreturn)) load_options(uint32_t stage)
{
    WORD(RTC + 0x50) = stage;
    WORD(FLASH + CR) |= OPTSTRT;
    wait_done();
    WORD(FLASH + CR) |= OBL_LAUNCH;
    for (;;)
        ;
}

int main(void)
{
    uint32_t flags = WORD(RCC + 0x94);
    board_start();
    clock_all();
    WORD(PWR) |= 1u << 8;
    unlock();
    uint32_t stage = WORD(RTC + 0x50);
    if (stage == 0) {
        expect("nothing is write-protected at first (3.7.11)", WORD(FLASH + WRP1AR) & 0xFF00FF, 0xFF);
        expect("RDP is at level 0 (3.7.8)", WORD(FLASH + OPTR) & 0xFF, 0xAA);
        WORD(FLASH + WRP1AR) = 201u << 16 | 200;
        expect("not before they are loaded (3.4.2)", erase(200, 0) & WRPERR, 0);
        load_options(1);
    }
    if (stage == 1) {
        WORD(RCC + 0x94) |= RMVF;
        expect("OBL_LAUNCH resets (3.7.5, 6.4.29)", flags & OBLRSTF, OBLRSTF);
        expect("WRP1AR is loaded (3.4.2)", WORD(FLASH + WRP1AR) & 0xFF00FF, 201u << 16 | 200);
        expect("the first protected page (3.5.3)", erase(200, 0) & WRPERR, WRPERR);
        expect("the last protected page (3.5.3)", erase(201, 0) & WRPERR, WRPERR);
        expect("the page behind (3.5.3)", erase(202, 0) & WRPERR, 0);
        expect("programming a protected page (3.5.3)", program(0x08000000 + 200 * 2048) & WRPERR, WRPERR);
        WORD(FLASH + SR) = 0xC3FB;
        WORD(FLASH + WRP1AR) = 0xFF;
        WORD(FLASH + PCROP2SR) = 250 * 256 + 2;
        WORD(FLASH + PCROP2ER) = 250 * 256 + 3;
        load_options(2);
    }
    expect("WRP1A is gone (3.5.3)", erase(200, 0) & WRPERR, 0);
    expect("PCROP holds double words STRT to END (3.5.2)", program(0x08080000 + 250 * 2048 + 16) & WRPERR, WRPERR);
    expect("and no more (3.5.2)", program(0x08080000 + 250 * 2048 + 8) & WRPERR, 0);
    expect("its page can't be erased (3.5.2)", erase(250, BKER) & WRPERR, WRPERR);
    expect("the next can (3.5.2)", erase(251, BKER) & WRPERR, 0);
    done();
}
