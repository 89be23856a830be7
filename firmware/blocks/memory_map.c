#include "guest.h"

static const struct {
    const char *name;
    uint32_t address, value;
} blocks[] = {
    {"TIM2_ARR (31.4.12)", TIM2 + 0x2C, 0xFFFFFFFF},
    {"RTC_PRER (38.6.5)", RTC + 0x10, 0x007F00FF},
    {"WWDG_CR (37.5.1)", 0x40002C00, 0x7F},
    {"SPI3_CR2 (42.6.2)", 0x40003C04, 0x700},
    {"USART2_ISR (40.8.8)", 0x4000441C, 0xC0},
    {"I2C1_ISR (39.7.7)", 0x40005418, 1},
    {"CAN_MCR (46.9.2)", CAN, 0x00010002},
    {"PWR_CR3 (5.4.3)", PWR + 8, 0x8000},
    {"DAC_CR (19.6.1)", DAC, 0},
    {"OPAMP1_CSR (23.5.1)", 0x40007800, 0},
    {"SWPMI_ISR (44.6.3)", 0x4000880C, 0x2C2},
    {"VREFBUF_CSR (21.3.1)", 0x40010030, 2},
    {"COMP1_CSR (22.6.1)", 0x40010200, 0},
    {"FIREWALL_CR (4.4.7)", 0x40011C20, 0},
    {"SDMMC_STA (45.8.11)", 0x40012834, 0},
    {"SAI1_ACR1 (43.5.2)", 0x40015404, 0x40},
    {"SAI2_BFRCR (43.5.6)", 0x4001582C, 7},
    {"DFSDM_FLT0JCHGR (24.8.5)", 0x40016110, 1},
    {"TSC_IOHCR (25.6.5)", 0x40024010, 0xFFFFFFFF},
    {"OTG_GRSTCTL (47.15.5)", 0x50000010, 0x80000000},
    {"ADC3_CR (18.6.3)", 0x50040208, 0x20000000},
    {"FMC_BCR1 (16.5.6)", 0xA0000000, 0x30DB},
    {"DBGMCU_IDCODE (48.6.1)", 0xE0042000, 0x10076415},
    {"OTP (3.3.1)", 0x1FFF7000, 0xFFFFFFFF},
};

int main(void)
{
    board_start();
    clock_all();
    for (unsigned i = 0; i < sizeof blocks / sizeof *blocks; i++)
        expect(blocks[i].name, WORD(blocks[i].address), blocks[i].value);
    expect("option bytes beside their complement (3.4.1)", WORD(0x1FFF7800), ~WORD(0x1FFF7804));
    expect("OPTR is what they say (3.7.8)", WORD(FLASH + 0x20), WORD(0x1FFF7800));
    expect("flash size (49.2)", HALFWORD(0x1FFF75E0), 1024);
    done();
}
