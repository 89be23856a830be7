#include "system/itm.h"

enum { ITM_STIM_END = 0x400, ITM_TER = 0xE00, ITM_TPR = 0xE40, ITM_TCR = 0xE80 };
enum { FIFO_READY = 1, TCR_ITMENA = 1 };

static uint32_t *control_register(struct itm *itm, uint32_t offset)
{
    switch (offset) {
    case ITM_TER: return &itm->state.ter;
    case ITM_TPR: return &itm->state.tpr;
    case ITM_TCR: return &itm->state.tcr;
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

/* C1.7.1: the first 32 ports have an enable bit, and there are no others. */
static bool is_enabled(const struct itm *itm, uint32_t port)
{
    return itm->handler && port < 32 && itm->scb->demcr & DEMCR_TRCENA &&
           itm->state.tcr & TCR_ITMENA && itm->state.ter >> port & 1;
}

/* The size of the packet is that of the store. */
static void emit(struct itm *itm, uint32_t port, uint32_t value, uint32_t lanes)
{
    uint32_t width = bit_count(lanes) / 8, first = 0;
    while (!(lanes >> first & 1))
        first++;
    uint32_t arguments[] = {port, (value & lanes) >> first, width};
    host_call(itm->host, itm->handler, arguments, 3, NULL);
}

void itm_write(struct itm *itm, uint32_t offset, uint32_t value, uint32_t lanes)
{
    uint32_t *word = control_register(itm, offset);
    if (word)
        *word = (*word & ~lanes) | (value & lanes);
    else if (offset < ITM_STIM_END && is_enabled(itm, offset / 4))
        emit(itm, offset / 4, value, lanes);
}
