#include "bus/write_handler.h"

#include <stdlib.h>

bool write_handlers_add(struct write_handlers *handlers, uint32_t start, uint32_t size,
                        PyObject *handler)
{
    struct memory_map *map = handlers->map;
    struct write_handler *added = malloc(sizeof *added);
    if (!added || !memory_at(map, start, size, false)) {
        free(added);
        return false;
    }
    uint32_t physical = page_physical(memory_page(map, start), start);
    *added = (struct write_handler){physical, size, handler, handlers->first};
    handlers->first = added;
    uint64_t end = (uint64_t)start + size;
    for (uint64_t address = start & ~(PAGE_SIZE - 1); address < end; address += PAGE_SIZE)
        *page_flags(memory_page(map, (uint32_t)address)) |= PAGE_HANDLED;
    page_cache_flush(&map->cache);
    return true;
}

bool write_handlers_call(struct write_handlers *handlers, uint32_t physical, uint32_t value,
                         unsigned width)
{
    for (struct write_handler *each = handlers->first; each; each = each->next)
        if (physical - each->start < each->size) {
            uint32_t arguments[] = {physical, value, width};
            host_call(handlers->host, each->handler, arguments, 3, NULL);
            return true;
        }
    return false;
}

void write_handlers_free(struct write_handlers *handlers)
{
    while (handlers->first) {
        struct write_handler *next = handlers->first->next;
        free(handlers->first);
        handlers->first = next;
    }
}
