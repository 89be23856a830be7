#include "system/itm.h"

enum { ITM_STIM_END = 0x400, ITM_TER = 0xE00, ITM_TPR = 0xE40, ITM_TCR = 0xE80 };
enum { FIFO_READY = 1 };

static uint32_t *control_register(struct itm *itm, uint32_t offset)
{
    switch (offset) {
    case ITM_TER: return &itm->ter;
    case ITM_TPR: return &itm->tpr;
    case ITM_TCR: return &itm->tcr;
    default: return NULL;
    }
}

uint32_t itm_read(struct itm *itm, uint32_t offset)
{
    const uint32_t *word = control_register(itm, offset);
    if (word)
        return *word;
    return offset < ITM_STIM_END ? FIFO_READY : 0;
}

void itm_write(struct itm *itm, uint32_t offset, uint32_t value, uint32_t lanes)
{
    uint32_t *word = control_register(itm, offset);
    if (word)
        *word = (*word & ~lanes) | (value & lanes);
}
