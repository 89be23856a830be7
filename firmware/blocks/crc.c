#include "guest.h"

enum { CRC = 0x40023000 };

int main(void)
{
    board_start();
    clock_all();
    WORD(CRC + 8) = 1;
    WORD(CRC) = 0x31323334;
    expect("CRC-32 of 1234 by word (15.3.3)", WORD(CRC), 0xA695C4AA);
    WORD(CRC + 8) = 1 | 1u << 5 | 1u << 7;
    for (const char *byte = "123456789"; *byte; byte++)
        BYTE(CRC) = (uint8_t)*byte;
    expect("CRC-32 with both reversals (15.3.3)", ~WORD(CRC), 0xCBF43926);
    WORD(CRC + 0x14) = 0x1021;
    WORD(CRC + 0x10) = 0xFFFF;
    WORD(CRC + 8) = 1 | 1u << 3;
    for (const char *byte = "123456789"; *byte; byte++)
        BYTE(CRC) = (uint8_t)*byte;
    expect("CRC-16 (15.3.3)", WORD(CRC), 0x29B1);
    WORD(CRC + 4) = 0x1AB;
    expect("IDR has 8 bits (15.4.2)", WORD(CRC + 4), 0xAB);
    done();
}
