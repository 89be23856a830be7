/* Accesses that reach more than memory: models, the private peripheral bus, bit-band, traps. */
#include "core.h"

#include <string.h>

/* Call a Python callable with unsigned integers. False: it raised, and the run is to stop. */
bool python_call(struct core *core, PyObject *callable, const uint32_t *arguments, int count,
                 uint32_t *result)
{
    const size_t first_is_spare = (size_t)1 << (8 * sizeof(size_t) - 1); /* for a method's self */
    struct python *python = &core->python;
    PyObject *objects[4] = {NULL};
    if (python->error()) /* an earlier call of this block raised; the run is stopping */
        return false;
    for (int i = 0; i < count; i++)
        objects[1 + i] = python->from_unsigned(arguments[i]);
    PyObject *answer =
        python->vectorcall(callable, objects + 1, (size_t)count | first_is_spare, NULL);
    for (int i = 0; i < count; i++)
        python->decref(objects[1 + i]);
    if (answer) {
        if (result)
            *result = (uint32_t)python->as_unsigned(answer);
        python->decref(answer);
    }
    if (answer && !(result && *result == UINT32_MAX && python->error()))
        return true;
    if (core->running) {
        core->shared.stop = 1;
        core->shared.limit = 0;
    }
    return false;
}

static struct window *window_at(struct core *core, uint32_t address)
{
    struct page *page = page_at(core, address);
    struct window *window = page ? page->windows : NULL;
    while (window && address - window->base >= window->size)
        window = window->next_in_page;
    return window;
}

static uint32_t lanes_of(uint32_t address, unsigned width)
{
    return (width == 4 ? 0xFFFFFFFF : (1u << 8 * width) - 1) << 8 * (address & 3);
}

/* Words between the models of a page: on these chips they read 0 and ignore writes. */
static void hole(struct core *core, uint32_t address, bool write)
{
    core->repeat.impure = true;
    if (core->strict_holes) {
        core->imprecise_fault = true;
        core->imprecise_address = address;
        core->shared.limit = 0;
    } else if (core->hole_handler) {
        uint32_t arguments[] = {address, write};
        python_call(core, core->hole_handler, arguments, 2, NULL);
    }
}

/* The word at an address where a load has no effect and gives the same until the next event. */
bool device_peek(struct core *core, uint32_t address, uint32_t *value)
{
    const struct window *window = window_at(core, address);
    if (!window)
        return system_peek(core, address, value);
    const struct model *model = window->model;
    uint32_t word = (address - window->base + window->offset) >> 2;
    if (word >= model->words || !model->plain[word])
        return false;
    *value = model->values[word];
    return true;
}

static uint32_t model_read(struct core *core, const struct window *window, uint32_t address,
                           unsigned width)
{
    struct model *model = window->model;
    uint32_t offset = address - window->base + window->offset, word = offset >> 2;
    if (word < model->words && model->plain[word]) {
        model->native_accesses++;
        return model->values[word] >> 8 * (offset & 3);
    }
    uint32_t arguments[] = {offset, width}, value = 0;
    core->repeat.impure = true;
    if (model->port && !(offset & 3) && port_read(core, model, word, width, &value)) {
        model->native_accesses++;
        return value;
    }
    model->python_accesses++;
    python_call(core, model->read, arguments, 2, &value);
    return value;
}

static void model_write(struct core *core, const struct window *window, uint32_t address,
                        uint32_t value, unsigned width)
{
    struct model *model = window->model;
    uint32_t offset = address - window->base + window->offset, word = offset >> 2;
    if (word < model->words && model->storage[word]) {
        uint32_t mask = model->writable[word] & lanes_of(offset, width);
        model->native_accesses++;
        model->values[word] = (model->values[word] & ~mask) | (value << 8 * (offset & 3) & mask);
        return;
    }
    if (model->port && !(offset & 3) && port_write(core, model, word, value, width)) {
        model->native_accesses++;
        return;
    }
    if (width == 4 && ((model->pins && pins_write(core, model, word, value)) ||
                       (model->edges && edges_write(core, model, word, value)))) {
        model->native_accesses++;
        return;
    }
    uint32_t arguments[] = {offset, value, width};
    model->python_accesses++;
    python_call(core, model->write, arguments, 3, NULL);
}

static uint32_t bus_read(struct core *core, uint32_t address, unsigned width);
static void bus_write(struct core *core, uint32_t address, uint32_t value, unsigned width);

/* The word and bit behind a bit-band alias word. */
static uint32_t bit_band_target(uint32_t address, unsigned *bit)
{
    uint32_t offset = address & 0x01FFFFFF;
    *bit = offset >> 2 & 31;
    return (address & 0xF0000000) + (offset >> 7 << 2);
}

static void trapped_write(struct core *core, const struct page *page, uint32_t address,
                          uint32_t value, unsigned width)
{
    uint32_t physical = page_physical(page, address);
    for (struct trap *trap = core->traps; trap; trap = trap->next)
        if (physical - trap->start < trap->size) {
            uint32_t arguments[] = {physical, value, width};
            python_call(core, trap->handler, arguments, 3, NULL);
            return;
        }
    memory_store(core, address, value, width);
}

/* An access that stays within a word. */
static uint32_t bus_read(struct core *core, uint32_t address, unsigned width)
{
    const struct window *window = window_at(core, address);
    if (window)
        return model_read(core, window, address, width);
    if (system_has(address)) {
        uint32_t value;
        if (!system_peek(core, address & ~3u, &value)) {
            core->repeat.impure = true;
            value = system_read(core, address & ~3u);
        }
        return value >> 8 * (address & 3);
    }
    if (is_bit_band(address)) {
        unsigned bit;
        uint32_t target = bit_band_target(address, &bit);
        return bus_read(core, target, 4) >> bit & 1;
    }
    const uint8_t *bytes = memory_at(core, address, width, false);
    uint32_t value = 0;
    if (bytes)
        memcpy(&value, bytes, width);
    else
        hole(core, address, false);
    return value;
}

static void bus_write(struct core *core, uint32_t address, uint32_t value, unsigned width)
{
    const struct window *window = window_at(core, address);
    core->repeat.impure = true;
    if (window) {
        model_write(core, window, address, value, width);
    } else if (system_has(address)) {
        system_write(core, address & ~3u, value << 8 * (address & 3), lanes_of(address, width));
    } else if (is_bit_band(address)) {
        unsigned bit;
        uint32_t target = bit_band_target(address, &bit);
        uint32_t word = bus_read(core, target, 4);
        bus_write(core, target, (word & ~(1u << bit)) | (value & 1) << bit, 4);
    } else {
        const struct page *page = page_at(core, address);
        if (page && page->memory && *page_flags(page) & PAGE_TRAPPED)
            trapped_write(core, page, address, value, width);
        else if (!memory_store(core, address, value, width))
            hole(core, address, true);
    }
}

static bool is_split(uint32_t address, unsigned width)
{
    return (address & 3) + width > 4;
}

uint64_t device_read(uc_engine *uc, uint64_t offset, unsigned width, void *user)
{
    (void)uc;
    struct core *core = user;
    uint32_t address = (uint32_t)offset;
    if (!UNLIKELY(is_split(address, width))) {
        uint32_t value = bus_read(core, address, width);
        return width == 4 ? value : value & ((1u << 8 * width) - 1);
    }
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)(bus_read(core, address + i, 1) & 0xFF) << 8 * i;
    return value;
}

void device_write(uc_engine *uc, uint64_t offset, unsigned width, uint64_t value, void *user)
{
    (void)uc;
    struct core *core = user;
    uint32_t address = (uint32_t)offset;
    if (!UNLIKELY(is_split(address, width)))
        bus_write(core, address, (uint32_t)value, width);
    else
        for (unsigned i = 0; i < width; i++)
            bus_write(core, address + i, value >> 8 * i & 0xFF, 1);
}

/* What an access to a hole does: fault, or tell `handler` (address, is write). */
EXPORT void core_hole_policy(struct core *core, uint32_t strict, PyObject *handler)
{
    core->strict_holes = strict;
    core->hole_handler = handler;
}

/* For bus masters and debuggers: as a load or store, but an address without anything says so. */
static bool is_mapped(struct core *core, uint32_t address)
{
    struct page *page = page_at(core, address);
    return (page && (page->memory || window_at(core, address))) || system_has(address) ||
           is_bit_band(address);
}

EXPORT bool core_bus_read(struct core *core, uint32_t address, uint32_t width, uint32_t *value)
{
    if (!is_mapped(core, address))
        return false;
    *value = (uint32_t)device_read(core->uc, address, width, core);
    return true;
}

EXPORT bool core_bus_write(struct core *core, uint32_t address, uint32_t value, uint32_t width)
{
    if (!is_mapped(core, address))
        return false;
    device_write(core->uc, address, width, value, core);
    return true;
}
