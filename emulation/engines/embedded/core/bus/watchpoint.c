#include "bus/watchpoint.h"

_Static_assert((int)WATCH_READ == DWT_READ && (int)WATCH_WRITE == DWT_WRITE, "alike");

static void mark_pages(struct watchpoints *watchpoints, uint64_t start, uint64_t end, bool watched)
{
    for (uint64_t at = start & ~(uint64_t)(PAGE_SIZE - 1); at < end; at += PAGE_SIZE) {
        const struct page *page = memory_page(watchpoints->map, (uint32_t)at);
        if (!page || !page->memory)
            continue;
        if (watched)
            *page_flags(page) |= PAGE_WATCHED;
        else
            *page_flags(page) &= (uint8_t)~PAGE_WATCHED;
    }
}

static void mark_all(struct watchpoints *watchpoints, bool watched)
{
    for (uint32_t i = 0; i < watchpoints->count; i++) {
        const struct watchpoint *each = &watchpoints->list[i];
        mark_pages(watchpoints, each->start, (uint64_t)each->start + each->size, watched);
    }
    for (unsigned i = 0; i < watchpoints->range_count; i++) {
        const struct dwt_range *each = &watchpoints->ranges[i];
        if (each->events & (DWT_READ | DWT_WRITE))
            mark_pages(watchpoints, each->first, (uint64_t)each->last + 1, watched);
    }
}

void watchpoints_replace(struct watchpoints *watchpoints, const struct watchpoint *list,
                         uint32_t count)
{
    mark_all(watchpoints, false);
    watchpoints->list = list;
    watchpoints->count = count;
    mark_all(watchpoints, true);
    page_cache_flush(&watchpoints->map->cache);
}

void watchpoints_compare(struct watchpoints *watchpoints)
{
    mark_all(watchpoints, false);
    watchpoints->range_count = dwt_ranges(watchpoints->dwt, watchpoints->ranges);
    mark_all(watchpoints, true);
    page_cache_flush(&watchpoints->map->cache);
}

bool watchpoints_compare_execution(const struct watchpoints *watchpoints)
{
    for (unsigned i = 0; i < watchpoints->range_count; i++)
        if (watchpoints->ranges[i].events & DWT_EXECUTE)
            return true;
    return false;
}

static bool is_in_range(const struct dwt_range *range, uint32_t address, unsigned width, unsigned event)
{
    return range->events & event && address <= range->last &&
           range->first < (uint64_t)address + width;
}

static void match(struct watchpoints *watchpoints, const struct dwt_range *range)
{
    watchpoints->schedule->side_effects = true;
    watchpoints->matched = true;
    dwt_match(watchpoints->dwt, range->comparator);
}

void watchpoint_note_execution(struct watchpoints *watchpoints, uint32_t address)
{
    for (unsigned i = 0; i < watchpoints->range_count; i++)
        if (is_in_range(&watchpoints->ranges[i], address, 1, DWT_EXECUTE))
            match(watchpoints, &watchpoints->ranges[i]);
}

/* One of the debugger's is hit. */
static bool is_on_list(const struct watchpoints *watchpoints, uint32_t address, unsigned width,
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

bool watchpoint_is_hit(const struct watchpoints *watchpoints, uint32_t address, unsigned width,
                       unsigned access)
{
    if (is_on_list(watchpoints, address, width, access))
        return true;
    for (unsigned i = 0; i < watchpoints->range_count; i++)
        if (is_in_range(&watchpoints->ranges[i], address, width, access))
            return true;
    return false;
}

void watchpoint_note(struct watchpoints *watchpoints, uint32_t address, uint32_t value,
                     unsigned width, unsigned access)
{
    struct shared *shared = &watchpoints->schedule->shared;
    for (unsigned i = 0; i < watchpoints->range_count; i++) {
        const struct dwt_range *range = &watchpoints->ranges[i];
        if (is_in_range(range, address, width, access) &&
            dwt_accepts(watchpoints->dwt, range->comparator, value, width))
            match(watchpoints, range);
    }
    if (shared->watched_access || !is_on_list(watchpoints, address, width, access))
        return;
    shared->watched_address = address;
    shared->watched_access = access;
    shared->watched_value = low_bytes(value, width);
    shared->watched_width = width;
}
