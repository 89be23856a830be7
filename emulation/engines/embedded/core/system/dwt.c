#include "system/dwt.h"

#include <string.h>

enum { DWT_CTRL = 0, DWT_CYCCNT = 4 };
#define CTRL_CYCCNTENA 1u
#define CTRL_COMPARATORS (4u << 28)
#define CTRL_READ_ONLY 0xF0000000

void dwt_reset(struct dwt *dwt)
{
    memset(&dwt->state, 0, sizeof dwt->state);
    dwt->state.words[DWT_CTRL] = CTRL_COMPARATORS;
}

static bool is_counting(const struct dwt *dwt)
{
    return dwt->state.words[DWT_CTRL] & CTRL_CYCCNTENA && dwt->scb->demcr & DEMCR_TRCENA;
}

static uint32_t get_count(const struct dwt *dwt)
{
    uint64_t base = dwt->state.base;
    return (uint32_t)(is_counting(dwt) ? dwt->schedule->shared.cycles - base : base);
}

static void set_count(struct dwt *dwt, uint32_t value)
{
    dwt->state.base = is_counting(dwt) ? dwt->schedule->shared.cycles - value : value;
}

uint32_t dwt_read(const struct dwt *dwt, uint32_t offset)
{
    if (offset == DWT_CYCCNT)
        return get_count(dwt);
    return offset / 4 < DWT_WORDS ? dwt->state.words[offset / 4] : 0;
}

void dwt_write(struct dwt *dwt, uint32_t offset, uint32_t value)
{
    uint32_t count = get_count(dwt), *words = dwt->state.words;
    if (offset == DWT_CYCCNT)
        count = value;
    else if (offset == DWT_CTRL)
        words[DWT_CTRL] = (words[DWT_CTRL] & CTRL_READ_ONLY) | (value & ~CTRL_READ_ONLY);
    else if (offset / 4 < DWT_WORDS)
        words[offset / 4] = value;
    set_count(dwt, count);
}

void dwt_write_demcr(struct dwt *dwt, uint32_t value)
{
    uint32_t count = get_count(dwt);
    dwt->scb->demcr = value;
    set_count(dwt, count);
}
