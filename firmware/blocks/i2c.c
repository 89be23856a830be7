#include "guest.h"

int main(void)
{
    board_start();
    clock_all();
    /* 80 MHz: PRESC 15, SCLL and SCLH 24 are 100 kHz. */
    WORD(I2C2 + 0x10) = 15u << 28 | 24u << 8 | 24;
    WORD(I2C2) = 1;
    WORD(I2C2 + 4) = 0x10u << 1 | 1u << 25 | 1u << 13;
    expect("nobody acknowledges 0x10 (39.4.8)", wait_for(I2C2 + 0x18, 1u << 4, 1u << 4), 1);
    expect("STOP follows (39.4.8)", wait_for(I2C2 + 0x18, 1u << 5, 1u << 5), 1);
    expect("START is cleared (39.7.2)", WORD(I2C2 + 4) >> 13 & 1, 0);
    WORD(I2C2 + 0x1C) = 0x38;
    expect("the flags clear (39.7.8)", WORD(I2C2 + 0x18) & 0x38, 0);
    WORD(I2C2 + 4) = 0x5Fu << 1 | 1u << 25 | 1u << 13;
    expect("0 bytes and AUTOEND end with STOP (39.4.9)", wait_for(I2C2 + 0x18, 1u << 5, 1u << 5), 1);
    expect("HTS221 acknowledges (39.4.8)", WORD(I2C2 + 0x18) >> 4 & 1, 0);
    WORD(I2C2 + 0x1C) = 0x38;
    /* WHO_AM_I of the HTS221. */
    WORD(TIM2) = 1;
    uint32_t start = WORD(TIM2 + 0x24);
    WORD(I2C2 + 4) = 0x5Fu << 1 | 1u << 16 | 1u << 13;
    while (!(WORD(I2C2 + 0x18) & 2))
        ;
    WORD(I2C2 + 0x28) = 0x0F;
    while (!(WORD(I2C2 + 0x18) & 0x40))
        ;
    WORD(I2C2 + 4) = 0x5Fu << 1 | 1u << 10 | 1u << 16 | 1u << 25 | 1u << 13;
    while (!(WORD(I2C2 + 0x18) & 4))
        ;
    uint32_t identity = WORD(I2C2 + 0x24);
    while (!(WORD(I2C2 + 0x18) & 0x20))
        ;
    uint32_t duration = WORD(TIM2 + 0x24) - start;
    expect("HTS221 answers (39.4.9)", identity, 0xBC);
    expect_within("39 bits of 10 us (39.4.9)", duration, 28000, 40000);
    done();
}
