#include "state/memory.h"

#include <stdlib.h>
#include <string.h>

uint8_t *memory_plain(struct memory_map *map, uint32_t address, uint32_t length, bool for_write)
{
    const struct page *page = memory_page(map, address);
    uint32_t within = address & (PAGE_SIZE - 1);
    if (!page || !page->memory || page->windows || within + length > PAGE_SIZE ||
        *page_flags(page) & PAGE_ON_BUS ||
        (map->permits && !map->permits(map->permits_of, address - within, for_write)))
        return NULL;
    if (for_write) {
        uint8_t *flags = page_flags(page);
        if (!page->memory->writable || *flags & (PAGE_HANDLED | PAGE_EXECUTED))
            return NULL;
        *flags |= PAGE_WRITTEN;
    }
    uint8_t *bytes = page->memory->bytes + page->offset;
    struct cached_page *pages = for_write ? map->cache.writable : map->cache.readable;
    *cached_page_at(pages, address) = (struct cached_page){address - within, bytes};
    return bytes + within;
}

void memory_note_written(const struct memory_map *map, uint32_t address, uint32_t length)
{
    uint8_t *fresh = memory_fresh(map, address);
    if (fresh && memory_at(map, address, length, false))
        memset(fresh, 0, length);
}

bool memory_fetch(const struct memory_map *map, uint32_t address, uint16_t *halfword)
{
    const uint8_t *bytes = memory_at(map, address, 2, false);
    if (bytes)
        memcpy(halfword, bytes, 2);
    return bytes != NULL;
}

struct window *memory_window(const struct memory_map *map, uint32_t address)
{
    const struct page *page = memory_page(map, address);
    struct window *window = page ? page->windows : NULL;
    while (window && address - window->base >= window->size)
        window = window->next_in_page;
    return window;
}

static struct page *make_page(struct memory_map *map, uint32_t address)
{
    struct page **table = &map->tables[address >> (PAGE_BITS + TABLE_BITS)];
    if (!*table)
        *table = calloc(TABLE_PAGES, sizeof **table);
    return *table ? &(*table)[address >> PAGE_BITS & (TABLE_PAGES - 1)] : NULL;
}

bool memory_map_memory(struct memory_map *map, struct memory *memory, uint32_t base, uint32_t offset,
                       uint32_t size)
{
    map->executed_pages++;
    struct memory *known = map->memories;
    while (known && known != memory)
        known = known->next;
    if (!known) {
        memory->next = map->memories;
        map->memories = memory;
    }
    for (uint32_t done = 0; done < size; done += PAGE_SIZE) {
        struct page *page = make_page(map, base + done);
        if (!page)
            return false;
        page->memory = memory;
        page->offset = offset + done;
    }
    page_cache_flush(&map->cache);
    return true;
}

bool memory_map_window(struct memory_map *map, const struct window *window)
{
    uint64_t end = (uint64_t)window->base + window->size;
    for (uint64_t address = window->base & ~(PAGE_SIZE - 1); address < end; address += PAGE_SIZE) {
        struct page *page = make_page(map, (uint32_t)address);
        if (!page)
            return false;
        struct window *link = malloc(sizeof *link);
        if (!link)
            return false;
        *link = *window;
        link->next_in_page = page->windows;
        page->windows = link;
    }
    page_cache_flush(&map->cache);
    return true;
}

bool memory_set_model(struct memory_map *map, uint32_t base, struct model *model)
{
    const struct window *first = memory_window(map, base);
    if (!first)
        return false;
    uint64_t end = (uint64_t)base + first->size;
    for (uint64_t address = base; address < end; address = (address | (PAGE_SIZE - 1)) + 1)
        memory_window(map, (uint32_t)address)->model = model;
    return true;
}

static void free_windows(struct page *table)
{
    for (unsigned i = 0; i < TABLE_PAGES; i++) {
        struct window *window = table[i].windows;
        while (window) {
            struct window *next = window->next_in_page;
            free(window);
            window = next;
        }
    }
}

void memory_free(struct memory_map *map)
{
    for (unsigned i = 0; i < COUNT_OF(map->tables); i++)
        if (map->tables[i]) {
            free_windows(map->tables[i]);
            free(map->tables[i]);
        }
    for (struct memory *memory = map->memories; memory; memory = memory->next)
        free(memory->shadow);
}
