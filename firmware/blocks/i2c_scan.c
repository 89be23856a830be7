/* Transfers without a byte, by which the bus is searched for devices. */
#include "guest.h"

enum { CR2 = 4, ISR = 0x18, ICR = 0x1C, AUTOEND = 1u << 25, START = 1u << 13, NACKF = 0x10 };
enum { STOPF = 0x20, TC = 0x40 };

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
    uint32_t found[4] = {0};
    for (uint32_t address = 8; address < 0x78; address++) {
        WORD(I2C2 + CR2) = address << 1 | AUTOEND | START;
        if (!wait_for(I2C2 + ISR, STOPF, STOPF))
            break;
        if (!(WORD(I2C2 + ISR) & NACKF))
            found[address / 32] |= 1u << address % 32;
        WORD(I2C2 + ICR) = 0x38;
    }
    expect("LIS3MDL at 0x1E (39.4.8)", found[0], 1u << 0x1E);
    expect("VL53L0X at 0x29 (39.4.8)", found[1], 1u << 9);
    expect("M24SR64, LPS22HB and HTS221 (39.4.8)", found[2], 1u << 22 | 1u << 29 | 1u << 31);
    expect("LSM6DSL at 0x6A (39.4.8)", found[3], 1u << 10);
    WORD(I2C2 + CR2) = 0x5F << 1 | START;
    expect("without AUTOEND it is complete (39.4.8)", wait_for(I2C2 + ISR, TC, TC), 1);
    WORD(I2C2 + CR2) |= AUTOEND;
    expect("AUTOEND set then sends STOP (39.7.2)", wait_for(I2C2 + ISR, STOPF, STOPF), 1);
    done();
}
