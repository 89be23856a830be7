/* The flash controller: erases pages of 2 KiB and programs words, alone or 32 at a time. */
#include "rom.h"

#define FMA (FLASH_CTRL + 0x000)
#define FMC (FLASH_CTRL + 0x008)
#define FMC_ERASE (1u << 1)
#define FMC_MERASE (1u << 2)
#define FCRIS (FLASH_CTRL + 0x00C)
#define FCIM (FLASH_CTRL + 0x010)
#define FCMISC (FLASH_CTRL + 0x014)
#define FMC2 (FLASH_CTRL + 0x020)
#define FMC2_WRBUF (1u << 0)
#define FWB (FLASH_CTRL + 0x100)
#define FWB_WORDS 32
#define WRKEY 0xA4420000u

#define RIS_ERASE_FAILED 0xA01u
#define RIS_PROGRAM_FAILED 0x2E01u

#define TOP_DIE_ENABLE (GPRCM + 0x100)
#define BGAP_DUTY_CYCLING_EXIT_CFG (HIB1P2 + 0xC0)
#define PORPOL_SPARE (HIB1P2 + 0x114)

#define READ_AND_WRITE 0

static void start(uint32_t address, uint32_t command)
{
    REG(FCMISC) = 0x2E07;
    REG(FMA) = address;
    REG(FMC) = WRKEY | command;
}

/* Takes the flash die from the bus; what comes next must run from ROM. */
void FlashDisable(void)
{
    REG(PORPOL_SPARE) = 0xFFFF0000;
    REG(TOP_DIE_ENABLE) = 0;
    REG(BGAP_DUTY_CYCLING_EXIT_CFG) = 1;
}

int32_t FlashErase(uint32_t address)
{
    start(address, FMC_ERASE);
    wait_clear(FMC, FMC_ERASE);
    return REG(FCRIS) & RIS_ERASE_FAILED ? -1 : 0;
}

void FlashEraseNonBlocking(uint32_t address)
{
    start(address, FMC_ERASE);
}

int32_t FlashMassErase(void)
{
    start(0, FMC_MERASE);
    wait_clear(FMC, FMC_MERASE);
    return REG(FCRIS) & RIS_ERASE_FAILED ? -1 : 0;
}

void FlashMassEraseNonBlocking(void)
{
    start(0, FMC_MERASE);
}

/* Programs up to the end of the write buffer's row; returns how many words it took. */
static uint32_t program_row(const uint32_t *data, uint32_t address, uint32_t words)
{
    uint32_t first = address / 4 % FWB_WORDS;
    uint32_t count = words < FWB_WORDS - first ? words : FWB_WORDS - first;
    for (uint32_t i = 0; i < count; i++)
        REG(FWB + 4 * (first + i)) = data[i];
    REG(FMA) = address & ~(4u * FWB_WORDS - 1);
    REG(FMC2) = WRKEY | FMC2_WRBUF;
    return count;
}

int32_t FlashProgram(uint32_t *data, uint32_t address, uint32_t size)
{
    REG(FCMISC) = 0x2E07;
    while (size) {
        uint32_t count = program_row(data, address, size / 4);
        wait_clear(FMC2, FMC2_WRBUF);
        data += count;
        address += 4 * count;
        size -= 4 * count;
    }
    return REG(FCRIS) & RIS_PROGRAM_FAILED ? -1 : 0;
}

/* Starts one row of the write buffer, which has to hold all of the data. */
int32_t FlashProgramNonBlocking(uint32_t *data, uint32_t address, uint32_t size)
{
    uint32_t row = 4 * FWB_WORDS;
    if (!size || address / row != (address + size - 1) / row)
        return -1;
    REG(FCMISC) = 0x2E07;
    program_row(data, address, size / 4);
    return 0;
}

void FlashIntRegister(handler *function)
{
    hook_interrupt(INT_FLASH, function);
}

void FlashIntUnregister(void)
{
    unhook_interrupt(INT_FLASH);
}

void FlashIntEnable(uint32_t flags)
{
    set_bits(FCIM, flags);
}

void FlashIntDisable(uint32_t flags)
{
    clear_bits(FCIM, flags);
}

uint32_t FlashIntStatus(bool masked)
{
    return REG(masked ? FCMISC : FCRIS);
}

void FlashIntClear(uint32_t flags)
{
    REG(FCMISC) = flags;
}

/* The protection registers of this family are not reachable: everything may be written. */
uint32_t FlashProtectGet(uint32_t address)
{
    (void)address;
    return READ_AND_WRITE;
}
