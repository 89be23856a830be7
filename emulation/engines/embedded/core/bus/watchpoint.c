#include "bus/watchpoint.h"

static void mark_pages(struct watchpoints *watchpoints, bool watched)
{
    for (uint32_t i = 0; i < watchpoints->count; i++) {
        const struct watchpoint *each = &watchpoints->list[i];
        uint64_t end = (uint64_t)each->start + each->size;
        for (uint64_t at = each->start & ~(PAGE_SIZE - 1); at < end; at += PAGE_SIZE) {
            const struct page *page = memory_page(watchpoints->map, (uint32_t)at);
            if (!page || !page->memory)
                continue;
            if (watched)
                *page_flags(page) |= PAGE_WATCHED;
            else
                *page_flags(page) &= (uint8_t)~PAGE_WATCHED;
        }
    }
}

void watchpoints_replace(struct watchpoints *watchpoints, const struct watchpoint *list,
                         uint32_t count)
{
    mark_pages(watchpoints, false);
    watchpoints->list = list;
    watchpoints->count = count;
    mark_pages(watchpoints, true);
    page_cache_flush(&watchpoints->map->cache);
}

bool watchpoint_is_hit(const struct watchpoints *watchpoints, uint32_t address, unsigned width,
                       unsigned access)
{
    for (uint32_t i = 0; i < watchpoints->count; i++) {
        const struct watchpoint *each = &watchpoints->list[i];
        if (each->accesses & access && address < (uint64_t)each->start + each->size &&
            each->start < (uint64_t)address + width)
            return true;
    }
    return false;
}

void watchpoint_note(struct watchpoints *watchpoints, uint32_t address, uint32_t value,
                     unsigned width, unsigned access)
{
    struct shared *shared = &watchpoints->schedule->shared;
    if (shared->watched_access || !watchpoint_is_hit(watchpoints, address, width, access))
        return;
    shared->watched_address = address;
    shared->watched_access = access;
    shared->watched_value = low_bytes(value, width);
    shared->watched_width = width;
}
