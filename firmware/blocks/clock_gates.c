#include "guest.h"

/* A block, a register of it with its reset value, and its bits in RCC. */
static const struct {
    const char *name;
    uint32_t address, value, enable, bit;
} blocks[] = {
    {"TIM2 (6.4.19)", TIM2 + 0x2C, 0xFFFFFFFF, RCC + 0x58, 1u << 0},
    {"SPI1 (6.4.21)", SPI1 + 4, 0x700, RCC + 0x60, 1u << 12},
    {"GPIOA (6.4.17)", GPIO_A, 0xABFFFFFF, RCC + 0x4C, 1u << 0},
    {"ADC1 (6.4.17)", 0x50040008, 0x20000000, RCC + 0x4C, 1u << 13},
    {"OTG_FS (6.4.17)", 0x50000010, 0x80000000, RCC + 0x4C, 1u << 12},
    {"FMC (6.4.18)", 0xA0000000, 0x30DB, RCC + 0x50, 1u << 0},
    {"CRC (6.4.16)", 0x40023000, 0xFFFFFFFF, RCC + 0x48, 1u << 12},
    {"LPUART1 (6.4.20)", 0x4000801C, 0xC0, RCC + 0x5C, 1u << 0},
};

int main(void)
{
    board_start();
    for (unsigned i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        expect("without its clock a block reads 0 (6.2.19)", WORD(blocks[i].address), 0);
        WORD(blocks[i].enable) |= blocks[i].bit;
        (void)WORD(blocks[i].enable);
        expect(blocks[i].name, WORD(blocks[i].address), blocks[i].value);
    }
    expect("FLASH has its clock after reset (6.4.16)", WORD(RCC + 0x48) & 0x100, 0x100);
    WORD(TIM2 + 0x2C) = 1234;
    WORD(RCC + 0x58) &= ~1u;
    WORD(TIM2 + 0x2C) = 5678;
    WORD(RCC + 0x58) |= 1u;
    (void)WORD(RCC + 0x58);
    expect("a write without clock is lost, settings stay (6.2.19)", WORD(TIM2 + 0x2C), 1234);
    WORD(TIM2) = 1;
    WORD(RCC + 0x58) &= ~1u;
    (void)WORD(RCC + 0x58);
    wait_ms(1);
    WORD(RCC + 0x58) |= 1u;
    (void)WORD(RCC + 0x58);
    expect_within("a timer without clock stands still (6.2.19)", WORD(TIM2 + 0x24), 0, 1000);
    WORD(RCC + 0x38) = 1;
    WORD(RCC + 0x38) = 0;
    expect("TIM2RST (6.4.13)", WORD(TIM2 + 0x2C), 0xFFFFFFFF);
    WORD(RCC + 0x58) |= 1u << 11;
    WORD(RCC + 0x58) &= ~(1u << 11);
    expect("WWDGEN stays set (6.4.19)", WORD(RCC + 0x58) >> 11 & 1, 1);
    done();
}
