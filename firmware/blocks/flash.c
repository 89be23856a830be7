#include "guest.h"

enum { PAGE = 0x080F8000, NUMBER = 0xF0 };

static void unlock(void)
{
    WORD(FLASH + 8) = 0x45670123;
    WORD(FLASH + 8) = 0xCDEF89AB;
}

static void erase(void)
{
    WORD(FLASH + 0x14) = 2 | NUMBER << 3 | 1u << 11;
    WORD(FLASH + 0x14) |= 1u << 16;
    wait_for(FLASH + 0x10, 1u << 16, 0);
    WORD(FLASH + 0x14) = 0;
}

int main(void)
{
    board_start();
    expect("locked after reset (3.7.5)", WORD(FLASH + 0x14) >> 31, 1);
    unlock();
    expect("two keys unlock (3.3.5)", WORD(FLASH + 0x14) >> 31, 0);
    erase();
    expect("an erased page reads ones (3.3.6)", WORD(PAGE), 0xFFFFFFFF);
    WORD(FLASH + 0x14) = 1;
    WORD(PAGE) = 0x01234567;
    WORD(PAGE + 4) = 0x89ABCDEF;
    wait_for(FLASH + 0x10, 1u << 16, 0);
    expect("a double word (3.3.7)", WORD(PAGE), 0x01234567);
    expect("its second half (3.3.7)", WORD(PAGE + 4), 0x89ABCDEF);
    WORD(PAGE) = 0;
    WORD(PAGE + 4) = 1;
    expect("PROGERR over what is programmed (3.3.7)", WORD(FLASH + 0x10) >> 3 & 1, 1);
    WORD(FLASH + 0x10) = 0xC3FB;
    HALFWORD(PAGE + 8) = 1;
    expect("SIZERR for a halfword (3.3.7)", WORD(FLASH + 0x10) >> 6 & 1, 1);
    WORD(FLASH + 0x10) = 0xC3FB;
    WORD(FLASH + 0x14) = 0;
    WORD(PAGE + 16) = 1;
    expect("PGSERR without PG (3.3.7)", WORD(FLASH + 0x10) >> 7 & 1, 1);
    WORD(FLASH + 0x10) = 0xC3FB;
    erase();
    expect("erased again (3.3.6)", WORD(PAGE), 0xFFFFFFFF);
    WORD(FLASH + 0x14) = 1u << 31;
    expect("LOCK (3.7.5)", WORD(FLASH + 0x14) >> 31, 1);
    done();
}
