/* The page cache (a soft TLB) of execute/: pages of plain memory that it loads from or stores to
 * directly. memory_plain() fills it. */
#ifndef STATE_PAGE_CACHE_H
#define STATE_PAGE_CACHE_H

#include "base/base.h"

#define PAGE_BITS 12
#define PAGE_SIZE (1u << PAGE_BITS)

enum { CACHED_PAGES = 64 };
#define NO_PAGE 0xFFFu /* never equals a page's address, whatever an access's lowest bits are */

struct cached_page {
    uint32_t address; /* NO_PAGE: none */
    uint8_t *bytes;
};

struct page_cache {
    struct cached_page readable[CACHED_PAGES], writable[CACHED_PAGES];
};

static inline struct cached_page *cached_page_at(struct cached_page *pages, uint32_t address)
{
    /* Flash and RAM begin at multiples of 128 MB: their first pages get different entries. */
    return &pages[(address >> PAGE_BITS ^ address >> 23) & (CACHED_PAGES - 1)];
}

/* The bytes of an aligned access of `width` bytes (a power of 2); NULL: its page isn't cached. */
static inline uint8_t *cached_bytes(struct cached_page *pages, uint32_t address, unsigned width)
{
    const struct cached_page *page = cached_page_at(pages, address);
    /* An aligned access has its page's address but for these bits. */
    if (UNLIKELY((address & (~(PAGE_SIZE - 1) | (width - 1))) != page->address))
        return NULL;
    return page->bytes + (address & (PAGE_SIZE - 1));
}

static inline void page_cache_flush(struct page_cache *cache)
{
    for (unsigned i = 0; i < CACHED_PAGES; i++)
        cache->readable[i].address = cache->writable[i].address = NO_PAGE;
}

#endif
