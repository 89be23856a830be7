#include "guest.h"

int main(void)
{
    board_start();
    clock_all();
    expect("asleep after reset (46.4.3)", WORD(CAN + 4) >> 1 & 1, 1);
    WORD(CAN) = 1;
    expect("INAK follows INRQ (46.4.1)", wait_for(CAN + 4, 3, 1), 1);
    WORD(CAN + 0x1C) = 1u << 30 | 0x230003;
    WORD(CAN + 0x200) = 1;
    WORD(CAN + 0x20C) = 1;
    WORD(CAN + 0x240) = 0;
    WORD(CAN + 0x244) = 0;
    WORD(CAN + 0x21C) = 1;
    WORD(CAN + 0x200) = 0;
    WORD(CAN) = 0;
    expect("INAK goes with INRQ (46.4.2)", wait_for(CAN + 4, 3, 0), 1);
    WORD(CAN + 0x184) = 4;
    WORD(CAN + 0x188) = 0x11223344;
    WORD(CAN + 0x180) = 0x123u << 21 | 1;
    expect("the frame is sent in loop-back mode (46.5.2)", wait_for(CAN + 8, 3, 3), 1);
    expect("and received (46.7.3)", WORD(CAN + 0x0C) & 3, 1);
    expect("its identifier (46.7.5)", WORD(CAN + 0x1B0) >> 21, 0x123);
    expect("its length (46.7.5)", WORD(CAN + 0x1B4) & 15, 4);
    expect("its data (46.7.5)", WORD(CAN + 0x1B8), 0x11223344);
    WORD(CAN + 0x0C) = 1u << 5;
    expect("RFOM releases it (46.7.3)", WORD(CAN + 0x0C) & 3, 0);
    done();
}
