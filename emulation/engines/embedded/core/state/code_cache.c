#include "state/code_cache.h"

#include <string.h>

bool block_is_marked(const struct code_cache *code, block_t block)
{
    bool only_watched = code->watched == block_address(block) && !code->watched_marked;
    return block & BLOCK_MARK && !only_watched;
}

block_t block_plain(struct code_cache *code, uint32_t address)
{
    block_t block = *block_entry(code, address);
    return block && block_address(block) == address && !block_is_marked(code, block) &&
                   !(block & BLOCK_CUT)
               ? block & ~BLOCK_FLAGS
               : 0;
}

bool code_has_breakpoint(const struct code_cache *code, uint32_t start, uint32_t end)
{
    uint32_t low = 0, high = code->breakpoint_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->breakpoints[middle] < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low < code->breakpoint_count && code->breakpoints[low] < end;
}

void block_watch(struct code_cache *code, block_t *entry, uint32_t address)
{
    code->watched = address;
    code->watched_marked = *entry & BLOCK_MARK;
    *entry |= BLOCK_MARK;
}

void block_unwatch(struct code_cache *code)
{
    block_t *entry = block_entry(code, code->watched);
    if (block_address(*entry) == code->watched && !code->watched_marked)
        *entry &= ~BLOCK_MARK;
    code->watched = NO_ADDRESS;
}

void code_forget_decoded(struct code_cache *code)
{
    for (unsigned i = 0; i < COUNT_OF(code->decoded); i++)
        code->decoded[i].address = NO_ADDRESS;
    code->ops_used = 0;
}

void code_reexamine(struct code_cache *code)
{
    code_forget_decoded(code);
    memset(code->blocks, 0, sizeof code->blocks);
}

void code_changed(struct code_cache *code, uint32_t address, uint32_t size)
{
    bool executed = false;
    uint64_t end = (uint64_t)address + size;
    for (uint64_t at = address & ~(PAGE_SIZE - 1); at < end; at += PAGE_SIZE) {
        const struct page *page = memory_page(code->map, (uint32_t)at);
        if (!page || !page->memory || !(*page_flags(page) & PAGE_EXECUTED))
            continue;
        host_drop_translations(code->host, (uint32_t)at, PAGE_SIZE);
        executed = true;
    }
    if (executed)
        code_reexamine(code); /* the code may have been executed at an alias, too */
}

void code_translated(struct code_cache *code, uint32_t address)
{
    *block_entry(code, address) = 0;
    struct decoded_block *block = decoded_entry(code, address);
    if (block->address != address)
        block = decoded_neighbour(code, block);
    if (block->address == address)
        block->address = NO_ADDRESS;
}
