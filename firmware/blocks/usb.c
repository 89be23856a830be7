#include "guest.h"

enum { OTG = 0x50000000 };

int main(void)
{
    board_start();
    clock_all();
    expect("AHBIDL (47.15.5)", WORD(OTG + 0x10) >> 31, 1);
    WORD(OTG + 0x10) |= 1;
    expect("CSRST ends (47.15.5)", wait_for(OTG + 0x10, 1, 0), 1);
    WORD(OTG + 0x0C) |= 1u << 29;
    expect("host mode (47.15.6)", wait_for(OTG + 0x14, 1, 1), 1);
    WORD(OTG + 0x0C) = (WORD(OTG + 0x0C) & ~(1u << 29)) | 1u << 30;
    expect("device mode (47.15.6)", wait_for(OTG + 0x14, 1, 0), 1);
    WORD(OTG + 0x10) = 1u << 5 | 16u << 6;
    expect("TXFFLSH ends (47.15.5)", wait_for(OTG + 0x10, 1u << 5, 0), 1);
    expect("SDIS after reset (47.15.38)", WORD(OTG + 0x804) >> 1 & 1, 1);
    expect("endpoint 0 is active (47.15.53)", WORD(OTG + 0x900) >> 15 & 1, 1);
    done();
}
