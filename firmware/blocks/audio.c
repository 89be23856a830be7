#include "guest.h"

enum { DFSDM = 0x40016000, SAI1 = 0x40015400 };

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    WORD(DFSDM) = 1u << 31 | 1u << 7;
    WORD(DFSDM + 0x104) = 2;
    WORD(DFSDM + 0x100) = 1;
    enable_interrupt(61);
    WORD(DFSDM + 0x100) = 1 | 1u << 17;
    expect("REOCF ends what RSWSTART began (24.4.7)", wait_for(DFSDM + 0x108, 2, 2) || interrupts[61], 1);
    expect("DFSDM1_FLT0 is 61 (table 58)", interrupts[61], 1);
    (void)WORD(DFSDM + 0x11C);
    expect("reading the data clears REOCF (24.8.3)", WORD(DFSDM + 0x108) >> 1 & 1, 0);
    WORD(SAI1 + 4) = 0x40 | 1u << 16;
    expect("FREQ asks for samples (43.3.8)", WORD(SAI1 + 0x18) >> 3 & 1, 1);
    WORD(SAI1 + 4) = 0x40;
    done();
}
