/*
 * Loads of memory that nobody has written since power-on. Pages with such bytes have PAGE_FRESH, which
 * sends their accesses to the bus, until all of their bytes have been written.
 */
#ifndef HOOKS_FRESH_H
#define HOOKS_FRESH_H

#include "decode/decode.h"
#include "decode/operand.h"
#include "hooks/core.h"

#include <string.h>

enum { MAX_MULTIPLE = 64 /* bytes of LDM and the like */ };

/* The instruction of the block being executed that accesses the address, or may: Unicorn's PC is not up
 * to date. Else the block's first one. */
static inline uint32_t instruction_that_accesses(struct core *core, uint32_t address)
{
    block_t block = core->code.current;
    uint32_t found = NO_ADDRESS;
    struct decoder decoder = decoder_at(&core->map, block_address(block));
    while (decoder.pc < block_end(block) && decode_description(&decoder)) {
        const struct memory_operand *operand = &decoder.last.operand;
        uint32_t reach = address - operand_address(operand, &core->cpu);
        if (!operand->alignment || reach >= MAX_MULTIPLE)
            continue;
        if (!reach)
            return decoder.last.address;
        if (found == NO_ADDRESS)
            found = decoder.last.address;
    }
    return found == NO_ADDRESS ? block_address(block) : found;
}

static inline bool are_fresh(const uint8_t *fresh, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        if (!fresh[i])
            return false;
    return true;
}

/* The CPU loads from the bus. */
static inline void fresh_loads(struct core *core, uint32_t address, unsigned width)
{
    uint8_t *fresh = core->checks.fresh ? memory_fresh(&core->map, address) : NULL;
    if (!fresh || !memory_at(&core->map, address, width, false) || !are_fresh(fresh, width))
        return;
    memset(fresh, 0, width); /* reported once */
    uint32_t arguments[] = {instruction_that_accesses(core, address), address};
    host_call(&core->host, core->checks.fresh, arguments, 2, NULL);
}

/* The CPU has stored by way of the bus. */
static inline void fresh_stored(struct core *core, uint32_t address)
{
    const struct page *page = core->checks.fresh ? memory_page(&core->map, address) : NULL;
    if (!page || !page->memory || !(*page_flags(page) & PAGE_FRESH) ||
        memchr(page->memory->fresh + page->offset, 1, PAGE_SIZE))
        return;
    *page_flags(page) &= (uint8_t)~PAGE_FRESH;
    host_flush_tlb(&core->host);
}

#endif
