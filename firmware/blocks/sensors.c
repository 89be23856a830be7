#include "guest.h"

/* The sensors of the board on I2C2, with the data-ready lines of UM2153. */

static const uint32_t GPIO_D = 0x48000C00;

static void transfer(uint32_t address, uint32_t count, uint32_t flags)
{
    WORD(I2C2 + 4) = address << 1 | count << 16 | flags | 1u << 13;
}

static void write_register(uint32_t address, uint8_t number, uint8_t value)
{
    transfer(address, 2, 1u << 25);
    while (!(WORD(I2C2 + 0x18) & 2))
        ;
    WORD(I2C2 + 0x28) = number;
    while (!(WORD(I2C2 + 0x18) & 2))
        ;
    WORD(I2C2 + 0x28) = value;
    while (!(WORD(I2C2 + 0x18) & 0x20))
        ;
    WORD(I2C2 + 0x1C) = 0x38;
}

static void read_registers(uint32_t address, uint8_t number, uint8_t *data, uint32_t count)
{
    transfer(address, 1, 0);
    while (!(WORD(I2C2 + 0x18) & 2))
        ;
    WORD(I2C2 + 0x28) = number;
    while (!(WORD(I2C2 + 0x18) & 0x40))
        ;
    transfer(address, count, 1u << 10 | 1u << 25);
    for (uint32_t i = 0; i < count; i++) {
        while (!(WORD(I2C2 + 0x18) & 4))
            ;
        data[i] = (uint8_t)WORD(I2C2 + 0x24);
    }
    while (!(WORD(I2C2 + 0x18) & 0x20))
        ;
    WORD(I2C2 + 0x1C) = 0x38;
}

/* EXTI line `line` on port `port` (A is 0), rising edges; EXTI15_10 is 40, EXTI9_5 is 23. */
static void watch_pin(unsigned port, unsigned line)
{
    uint32_t base = 0x48000000 + 0x400 * port;
    WORD(base) &= ~(3u << (2 * line));
    uint32_t select = SYSCFG + 0x08 + 4 * (line / 4);
    WORD(select) = (WORD(select) & ~(7u << 4 * (line % 4))) | port << 4 * (line % 4);
    WORD(EXTI + 0x00) |= 1u << line;
    WORD(EXTI + 0x08) |= 1u << line;
}

static bool pended(unsigned line, uint32_t milliseconds)
{
    uint32_t start = board_ticks();
    while (!(WORD(EXTI + 0x14) >> line & 1))
        if (board_ticks() - start > milliseconds)
            return false;
    WORD(EXTI + 0x14) = 1u << line;
    return true;
}

int main(void)
{
    uint8_t data[12];
    board_start();
    clock_all();
    /* 80 MHz, 400 kHz. */
    WORD(I2C2 + 0x10) = 3u << 28 | 19u << 8 | 29;
    WORD(I2C2) = 1;

    watch_pin(3, 15);
    write_register(0x5F, 0x22, 0x04);
    write_register(0x5F, 0x20, 0x83);
    expect("HTS221 DRDY rises at PD15 (UM2153; DocID026333 7.5)", pended(15, 200), 1);
    read_registers(0x5F, 0x80 | 0x28, data, 4);
    expect("HTS221 45 %, 25 degrees (DocID026333 8)", (uint32_t)(data[0] | data[1] << 8 |
           data[2] << 16 | data[3] << 24), 9000u | 2500u << 16);
    expect("reading lowers DRDY (DocID026333 7.5)", WORD(GPIO_D + 0x10) >> 15 & 1, 0);
    expect("12.5 Hz: the next sample (DocID026333 7.3)", pended(15, 90), 1);

    watch_pin(3, 10);
    write_register(0x5D, 0x14, 0x40 | 5);
    write_register(0x5D, 0x11, 0x50);
    write_register(0x5D, 0x12, 0x10);
    write_register(0x5D, 0x10, 0x50);
    expect("LPS22HB FIFO watermark raises PD10 (DocID027083 9.7)", pended(10, 200), 1);
    read_registers(0x5D, 0x26, data, 1);
    expect("five samples in the FIFO (DocID027083 9.15)", data[0], 0x85);
    read_registers(0x5D, 0x28, data, 5);
    expect("1013.25 hPa (DocID027083 4.3)", (uint32_t)(data[0] | data[1] << 8 | data[2] << 16),
           4150272);

    watch_pin(3, 11);
    write_register(0x6A, 0x0D, 0x01);
    write_register(0x6A, 0x10, 0x40);
    expect("LSM6DSL INT1 rises at PD11 (DocID028475 9.11)", pended(11, 50), 1);
    read_registers(0x6A, 0x28, data, 6);
    expect("1 g along z (DocID028475 4.1)", (uint32_t)(data[4] | data[5] << 8), 16393);
    expect("104 Hz: the next sample (DocID028475 9.12)", pended(11, 11), 1);

    watch_pin(2, 8);
    write_register(0x1E, 0x20, 0x1C);
    write_register(0x1E, 0x22, 0x00);
    expect("LIS3MDL DRDY rises at PC8 (UM2153; DocID024204 7.4)", pended(8, 50), 1);
    read_registers(0x1E, 0x80 | 0x28, data, 6);
    expect("0.2 gauss along x (DocID024204 2.1)", (uint32_t)(data[0] | data[1] << 8), 1368);
    done();
}
