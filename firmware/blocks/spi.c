/* SPI1 without a slave: MISO has a pull-up by its pin, or none. */
#include "guest.h"

enum { CR1 = 0, CR2 = 4, SR = 8, DR = 0x0C };
enum { RXNE = 1, TXE = 2, OVR = 0x40, BSY = 0x80, MASTER = 1u << 2 | 1u << 8 | 1u << 9, SPE = 1u << 6 };
static const uint32_t DEMCR = 0xE000EDFC, DWT_CTRL = 0xE0001000, DWT_CYCCNT = 0xE0001004;

/* Cycles of the core from a byte's store to its answer; the bus clock is the core's. */
static uint32_t byte_cycles(uint32_t divider)
{
    WORD(SPI1 + CR1) = MASTER | divider << 3;
    WORD(SPI1 + CR1) |= SPE;
    uint32_t start = WORD(DWT_CYCCNT);
    BYTE(SPI1 + DR) = 0x55;
    while (!(WORD(SPI1 + SR) & RXNE))
        ;
    uint32_t cycles = WORD(DWT_CYCCNT) - start;
    (void)BYTE(SPI1 + DR);
    return cycles;
}

static uint32_t receive_level(void)
{
    return WORD(SPI1 + SR) >> 9 & 3;
}

int main(void)
{
    board_start();
    clock_all();
    expect("TXE after reset (42.6.3)", WORD(SPI1 + SR), TXE);
    expect("eight bits after reset (42.6.2)", WORD(SPI1 + CR2), 0x700);
    WORD(SPI1 + CR2) = 7u << 8 | 1u << 12;
    WORD(SPI1 + CR1) = MASTER | SPE;
    BYTE(SPI1 + DR) = 0x55;
    expect("a frame is received for each sent (42.4.9)", wait_for(SPI1 + SR, RXNE, RXNE), 1);
    expect("a byte is a quarter of the FIFO (42.6.3)", receive_level(), 1);
    BYTE(SPI1 + DR) = 0xAA;
    expect("two are half (42.6.3)", wait_for(SPI1 + SR, 3u << 9, 2u << 9), 1);
    (void)BYTE(SPI1 + DR);
    expect("each read takes one (42.4.9)", receive_level(), 1);
    (void)BYTE(SPI1 + DR);
    expect("until RXNE falls (42.4.9)", WORD(SPI1 + SR) & RXNE, 0);
    for (int i = 0; i < 5; i++) {
        while (!(WORD(SPI1 + SR) & TXE))
            ;
        BYTE(SPI1 + DR) = 0;
    }
    expect("the fifth byte has no room: OVR (42.4.12)", wait_for(SPI1 + SR, OVR, OVR), 1);
    for (int i = 0; i < 4; i++)
        (void)BYTE(SPI1 + DR);
    (void)WORD(SPI1 + SR);
    expect("DR and SR read clear it (42.4.12)", WORD(SPI1 + SR) & OVR, 0);
    expect("BSY falls at the end (42.4.11)", wait_for(SPI1 + SR, BSY, 0), 1);
    WORD(DEMCR) |= 1u << 24;
    WORD(DWT_CTRL) |= 1;
    expect_within("8 bits at a 256th of the clock (42.6.1)", byte_cycles(7), 2048, 2100);
    expect_within("8 bits at a 16th (42.6.1)", byte_cycles(3), 128, 170);
    done();
}
