/* The time-of-flight sensor's XSHUT (PC6), which the board pulls up (UM2153 table 3). */
#include "guest.h"

enum { MODER = 0, ODR = 0x14 };

/* The sensor's identification, 0 if it doesn't answer. */
static uint32_t identify(void)
{
    WORD(I2C2 + 0x1C) = 0x38;
    WORD(I2C2 + 4) = 0x29 << 1 | 1u << 16 | 1u << 13;
    while (!(WORD(I2C2 + 0x18) & 0x12))
        ;
    if (WORD(I2C2 + 0x18) & 0x10) {
        while (!(WORD(I2C2 + 0x18) & 0x20))
            ;
        WORD(I2C2 + 0x1C) = 0x38;
        return 0;
    }
    WORD(I2C2 + 0x28) = 0xC0;
    while (!(WORD(I2C2 + 0x18) & 0x40))
        ;
    WORD(I2C2 + 4) = 0x29 << 1 | 1u << 16 | 1u << 10 | 1u << 25 | 1u << 13;
    while (!(WORD(I2C2 + 0x18) & 4))
        ;
    return WORD(I2C2 + 0x24);
}

static void set_mode(uint32_t mode)
{
    WORD(GPIO_C + MODER) = (WORD(GPIO_C + MODER) & ~(3u << 12)) | mode << 12;
}

int main(void)
{
    static const uint32_t GPIO_B = 0x48000400;
    board_start();
    clock_all();
    WORD(GPIO_B + 4) |= 3u << 10;
    WORD(GPIO_B + 0x24) = (WORD(GPIO_B + 0x24) & ~0xFF00u) | 0x4400u;
    WORD(GPIO_B) = (WORD(GPIO_B) & ~(0xFu << 20)) | 0xAu << 20;
    WORD(I2C2 + 0x10) = 0x10909CEC;
    WORD(I2C2) = 1;
    expect("in analog mode the pull-up keeps it on (8.4.12)", identify(), 0xEE);
    expect("though IDR reads 0 (8.4.12)", WORD(GPIO_C + 0x10) >> 6 & 1, 0);
    WORD(GPIO_C + 0x18) = 1u << 22;
    set_mode(1);
    expect("a low output shuts it down (8.4.10)", identify(), 0);
    WORD(GPIO_C + 0x18) = 1u << 6;
    expect("a high one starts it (8.4.10)", identify(), 0xEE);
    WORD(GPIO_C + 0x18) = 1u << 22;
    set_mode(0);
    expect("as does an input, by the pull-up (8.4.9)", identify(), 0xEE);
    done();
}
