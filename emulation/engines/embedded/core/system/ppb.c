#include "system/ppb.h"

enum {
    PAGE_ITM = 0xE0000, PAGE_DWT = 0xE0001, PAGE_FPB = 0xE0002, PAGE_SCS = 0xE000E,
    PAGE_TPIU = 0xE0040, PAGE_ETM = 0xE0041, PAGE_ROM_TABLE = 0xE00FF,
};

#define ICSR_ADDRESS 0xE000ED04

bool ppb_has(uint32_t address)
{
    switch (address >> PAGE_BITS) {
    case PAGE_ITM:
    case PAGE_DWT:
    case PAGE_FPB:
    case PAGE_SCS:
    case PAGE_TPIU:
    case PAGE_ETM:
    case PAGE_ROM_TABLE: return true;
    default: return false;
    }
}

/* The Cortex-M4's ROM table (ARM 100166, 2.4): where its units are, and what it is. */
static uint32_t read_rom_table(uint32_t offset)
{
    static const uint32_t units[] = {
        0xFFF0F003, /* SCS */
        0xFFF02003, /* DWT */
        0xFFF03003, /* FPB */
        0xFFF01003, /* ITM */
        0xFFF41003, /* TPIU */
        0xFFF42003, /* ETM */
    };
    static const uint8_t identification[] = {0xC4, 0xB4, 0x0B, 0x00, 0x0D, 0x10, 0x05, 0xB1};
    enum { MEMTYPE = 0xFCC, PID4 = 0xFD0, PID0 = 0xFE0 };
    if (offset / 4 < COUNT_OF(units))
        return units[offset / 4];
    if (offset >= PID0)
        return identification[(offset - PID0) / 4];
    return offset == MEMTYPE ? 1 : offset == PID4 ? 4 : 0;
}

uint32_t ppb_read(struct ppb *ppb, uint32_t address)
{
    uint32_t offset = address & (PAGE_SIZE - 1);
    switch (address >> PAGE_BITS) {
    case PAGE_SCS: return scs_read(ppb->scs, offset);
    case PAGE_DWT: return dwt_read(ppb->dwt, offset);
    case PAGE_ITM: return itm_read(ppb->itm, offset);
    case PAGE_ROM_TABLE: return read_rom_table(offset);
    default: return 0;
    }
}

void ppb_write(struct ppb *ppb, uint32_t address, uint32_t value, uint32_t lanes)
{
    uint32_t offset = address & (PAGE_SIZE - 1);
    switch (address >> PAGE_BITS) {
    case PAGE_SCS: scs_write(ppb->scs, offset, value, lanes); break;
    case PAGE_DWT: dwt_write(ppb->dwt, offset, value, lanes); break;
    case PAGE_ITM: itm_write(ppb->itm, offset, value, lanes); break;
    default: break;
    }
}

bool ppb_peek(const struct ppb *ppb, uint32_t address, uint32_t *value)
{
    if (address != ICSR_ADDRESS)
        return false;
    *value = scs_icsr(ppb->scs);
    return true;
}
