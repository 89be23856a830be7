/* The board's serial flash MX25R6435F by QUADSPI: indirect, polling and memory-mapped mode. */
#include "guest.h"

static const uint32_t QUADSPI = 0xA0001000, REGION = 0x90000000;
enum { CR = 0, SR = 8, FCR = 0x0C, DLR = 0x10, CCR = 0x14, AR = 0x18, DR = 0x20 };
enum { PSMKR = 0x24, PSMAR = 0x28, TCF = 2, SMF = 8, BUSY = 0x20 };
/* One line each: instruction, address of 24 bits, data. */
enum { INSTRUCTION = 1u << 8, ADDRESS = 1u << 10 | 2u << 12, DATA = 1u << 24 };
enum { READ = 1u << 26, POLL = 2u << 26, MAPPED = 3u << 26 };

static void finish(uint32_t flag)
{
    while (!(WORD(QUADSPI + SR) & flag))
        ;
    WORD(QUADSPI + FCR) = flag;
}

static void command(uint32_t code)
{
    WORD(QUADSPI + CCR) = code | INSTRUCTION;
    finish(TCF);
}

/* Until WIP of the status register is 0. */
static void wait_ready(void)
{
    WORD(QUADSPI + PSMKR) = 1;
    WORD(QUADSPI + PSMAR) = 0;
    WORD(QUADSPI + DLR) = 0;
    WORD(QUADSPI + CCR) = 0x05 | INSTRUCTION | DATA | POLL;
    finish(SMF);
}

/* Eight bytes by channel 5 of DMA1. direction: DIR of CCR5. */
static void move(const uint8_t *memory, uint32_t direction)
{
    WORD(DMA1 + 0x5C) = 8;
    WORD(DMA1 + 0x60) = QUADSPI + DR;
    WORD(DMA1 + 0x64) = (uint32_t)memory;
    WORD(DMA1 + 0x58) = 1u << 7 | direction | 1;
    WORD(QUADSPI + CR) |= 1u << 2;
    finish(TCF);
    wait_for(DMA1, 1u << 17, 1u << 17);
    WORD(QUADSPI + CR) &= ~(1u << 2);
    WORD(DMA1 + 4) = 0xF << 16;
    WORD(DMA1 + 0x58) = 0;
}

int main(void)
{
    board_start();
    clock_all();
    WORD(QUADSPI + 4) = 22u << 16;
    WORD(QUADSPI + CR) = 1u << 24 | 1u << 22 | 1;
    WORD(QUADSPI + DLR) = 2;
    WORD(QUADSPI + CCR) = 0x9F | INSTRUCTION | DATA | READ;
    uint32_t identity = BYTE(QUADSPI + DR);
    identity |= (uint32_t)BYTE(QUADSPI + DR) << 8;
    identity |= (uint32_t)BYTE(QUADSPI + DR) << 16;
    finish(TCF);
    expect("RDID of the MX25R6435F (17.3.5)", identity, 0x1728C2);

    WORD(QUADSPI + DLR) = 3;
    WORD(QUADSPI + CCR) = 0x5A | INSTRUCTION | ADDRESS | DATA | READ | 8u << 18;
    WORD(QUADSPI + AR) = 0;
    expect("RDSFDP begins with SFDP (JESD216B 6.1)", WORD(QUADSPI + DR), 0x50444653);
    finish(TCF);

    command(0x06);
    WORD(QUADSPI + CCR) = 0x20 | INSTRUCTION | ADDRESS;
    WORD(QUADSPI + AR) = 0x1000;
    finish(TCF);
    wait_ready();
    command(0x06);
    WORD(QUADSPI + DLR) = 3;
    WORD(QUADSPI + CCR) = 0x02 | INSTRUCTION | ADDRESS | DATA;
    WORD(QUADSPI + AR) = 0x1000;
    WORD(QUADSPI + DR) = 0x12345678;
    finish(TCF);
    wait_ready();
    expect("polling has ended at its match (17.3.6)", WORD(QUADSPI + SR) & BUSY, 0);

    static uint8_t written[8] = {1, 2, 3, 4, 5, 6, 7, 8}, loaded[8];
    WORD(DMA1 + 0xA8) = 5u << 16;
    command(0x06);
    WORD(QUADSPI + DLR) = 7;
    WORD(QUADSPI + CCR) = 0x02 | INSTRUCTION | ADDRESS | DATA;
    WORD(QUADSPI + AR) = 0x1010;
    move(written, 1u << 4);
    wait_ready();
    WORD(QUADSPI + DLR) = 7;
    WORD(QUADSPI + CCR) = 0x03 | INSTRUCTION | ADDRESS | DATA | READ;
    WORD(QUADSPI + AR) = 0x1010;
    move(loaded, 0);
    expect("DMA1 writes and reads by request 5 of channel 5 (table 46)", loaded[0] << 8 | loaded[7], 0x0108);

    WORD(QUADSPI + CCR) = 0x03 | INSTRUCTION | ADDRESS | DATA | MAPPED;
    expect("memory-mapped, the flash is at 0x90000000 (17.3.7)", WORD(REGION + 0x1000), 0x12345678);
    expect("in bytes, too (17.3.7)", BYTE(REGION + 0x1003), 0x12);
    expect("erased it reads ones (17.3.7)", WORD(REGION + 0x1004), 0xFFFFFFFF);
    expect("BUSY until it is aborted (17.5.3)", WORD(QUADSPI + SR) & BUSY, BUSY);
    WORD(QUADSPI + CR) |= 2;
    expect("ABORT ends it (17.5.1)", wait_for(QUADSPI + SR, BUSY, 0), 1);
    done();
}
