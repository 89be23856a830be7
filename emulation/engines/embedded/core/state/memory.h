/* The memory map: which page of the address space is memory and which has windows to models. */
#ifndef STATE_MEMORY_H
#define STATE_MEMORY_H

#include "base/base.h"
#include "state/page_cache.h"

#define TABLE_BITS 10
#define TABLE_PAGES (1u << TABLE_BITS)

enum page_flags {
    PAGE_EXECUTED = 1, /* Unicorn may have translated code of it */
    PAGE_HANDLED = 2, /* stores go to a handler, bus/write_handler.c */
    PAGE_WRITTEN = 4, /* plain stores of the CPU may have changed it */
    PAGE_WATCHED = 8, /* accesses of the CPU go to the bus, bus/watchpoint.c */
    PAGE_GUARDED = 16, /* the same, bus/firewall.c */
    PAGE_FRESH = 32, /* the same, hooks/fresh.h */
    PAGE_ON_BUS = PAGE_WATCHED | PAGE_GUARDED | PAGE_FRESH,
};

/* One piece of memory; aliases refer to the same piece. Mirrored by native.py. */
struct memory {
    uint8_t *bytes;
    uint32_t size;
    uint32_t physical; /* where Unicorn has it mapped: its first address */
    bool writable; /* by a plain store */
    uint8_t *pages; /* per page: enum page_flags */
    uint8_t *shadow; /* a copy, idle/shadow.c */
    uint8_t *fresh; /* by byte: nobody has written it; NULL: that is not followed */
    struct memory *next;
};

/* A model at a range of addresses; `offset` is the model's offset of the range's start. The range is
 * for good. Mirrored by native.py. */
struct window {
    uint32_t base, size, offset;
    struct model *model;
    struct window *next_in_page; /* of a page that several windows share */
};

/* A page is memory, or windows, or (both NULL) a bus error. */
struct page {
    struct memory *memory;
    uint32_t offset; /* in the memory */
    struct window *windows;
};

struct memory_map {
    struct page *tables[1u << (32 - PAGE_BITS - TABLE_BITS)];
    struct memory *memories;
    struct page_cache cache;
    bool executed[1u << (32 - PAGE_BITS - TABLE_BITS)]; /* instructions of the table's pages were fetched */
    uint32_t executed_pages; /* how often a page was found to be executed, or mapped */
    /* While an MPU is on: privileged code may load from a page, or store to it. */
    bool (*permits)(const void *permits_of, uint32_t page, bool for_write);
    const void *permits_of;
};

static inline struct page *memory_page(const struct memory_map *map, uint32_t address)
{
    struct page *table = map->tables[address >> (PAGE_BITS + TABLE_BITS)];
    return table ? &table[address >> PAGE_BITS & (TABLE_PAGES - 1)] : NULL;
}

/* Of a page of memory: enum page_flags. */
static inline uint8_t *page_flags(const struct page *page)
{
    return &page->memory->pages[page->offset >> PAGE_BITS];
}

static inline bool *memory_executed(struct memory_map *map, uint32_t address)
{
    return &map->executed[address >> (PAGE_BITS + TABLE_BITS)];
}

/* Where Unicorn has a word of memory, the same for all its aliases. */
static inline uint32_t page_physical(const struct page *page, uint32_t address)
{
    return page->memory->physical + page->offset + (address & (PAGE_SIZE - 1));
}

/* Bit-band regions of the Cortex-M4 (ARM 100166, 3.7): each word is one bit of the first MB. */
static inline bool is_bit_band(uint32_t address)
{
    return (address >= 0x22000000 && address < 0x24000000) ||
           (address >= 0x42000000 && address < 0x44000000);
}

/* Regions whose default memory attribute is execute-never (B3.1, table B3-1). */
static inline bool is_execute_never(uint32_t address)
{
    return (address >= 0x40000000 && address < 0x60000000) || address >= 0xA0000000;
}

/* The host's view of `length` bytes, if they are one piece of memory; else NULL. */
static inline uint8_t *memory_at(const struct memory_map *map, uint32_t address, uint32_t length,
                                 bool for_write)
{
    const struct page *page = memory_page(map, address);
    if (!page || !page->memory || (for_write && !page->memory->writable))
        return NULL;
    uint64_t offset = (uint64_t)page->offset + (address & (PAGE_SIZE - 1));
    return offset + length > page->memory->size ? NULL : page->memory->bytes + offset;
}

/* Bytes that nobody has written of those that an access reaches; NULL where that is not followed. */
static inline uint8_t *memory_fresh(const struct memory_map *map, uint32_t address)
{
    const struct page *page = memory_page(map, address);
    if (!page || !page->memory || !page->memory->fresh)
        return NULL;
    return page->memory->fresh + page->offset + (address & (PAGE_SIZE - 1));
}

/* Somebody has written bytes within one piece of memory. */
void memory_note_written(const struct memory_map *map, uint32_t address, uint32_t length);

/* The same for bytes within one page without windows, handlers or, for stores, code. The page is
 * cached. */
uint8_t *memory_plain(struct memory_map *map, uint32_t address, uint32_t length, bool for_write);
/* A halfword of code. False: no memory there. */
bool memory_fetch(const struct memory_map *map, uint32_t address, uint16_t *halfword);
/* The window to a model at an address; NULL without one. */
struct window *memory_window(const struct memory_map *map, uint32_t address);

/* Map memory, or a window, which is copied. False: out of memory. */
bool memory_map_memory(struct memory_map *map, struct memory *memory, uint32_t base, uint32_t offset,
                       uint32_t size);
bool memory_map_window(struct memory_map *map, const struct window *window);
/* Let another model answer in the window at `base`. False: no window. */
bool memory_set_model(struct memory_map *map, uint32_t base, struct model *model);
void memory_free(struct memory_map *map);

#endif
