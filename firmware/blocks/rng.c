#include "guest.h"

enum { RNG = 0x50060800 };

int main(void)
{
    board_start();
    clock_all();
    expect("off after reset (27.6.1)", WORD(RNG), 0);
    WORD(RNG) = 4;
    expect("DRDY (27.6.2)", wait_for(RNG + 4, 1, 1), 1);
    uint32_t first = WORD(RNG + 8);
    wait_for(RNG + 4, 1, 1);
    expect("numbers differ (27.3.3)", WORD(RNG + 8) == first, 0);
    expect("no error (27.6.2)", WORD(RNG + 4) & 0x66, 0);
    done();
}
