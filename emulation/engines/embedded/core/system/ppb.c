#include "system/ppb.h"

enum {
    PAGE_ITM = 0xE0000, PAGE_DWT = 0xE0001, PAGE_FPB = 0xE0002, PAGE_SCS = 0xE000E,
    PAGE_TPIU = 0xE0040, PAGE_ETM = 0xE0041,
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
    case PAGE_ETM: return true;
    default: return false;
    }
}

uint32_t ppb_read(struct ppb *ppb, uint32_t address)
{
    uint32_t offset = address & (PAGE_SIZE - 1);
    switch (address >> PAGE_BITS) {
    case PAGE_SCS: return scs_read(ppb->scs, offset);
    case PAGE_DWT: return dwt_read(ppb->dwt, offset);
    case PAGE_ITM: return itm_read(ppb->itm, offset);
    default: return 0;
    }
}

void ppb_write(struct ppb *ppb, uint32_t address, uint32_t value, uint32_t lanes)
{
    uint32_t offset = address & (PAGE_SIZE - 1);
    switch (address >> PAGE_BITS) {
    case PAGE_SCS: scs_write(ppb->scs, offset, value, lanes); break;
    case PAGE_DWT:
        dwt_write(ppb->dwt, offset, (dwt_read(ppb->dwt, offset) & ~lanes) | (value & lanes));
        break;
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
