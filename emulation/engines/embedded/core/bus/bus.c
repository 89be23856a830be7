#include "bus/bus.h"

#include <string.h>

/* Where memories are (DDI 0403E, B3.1), what no memory takes is an error of the bus. */
#define END_OF_MEMORIES 0x40000000u

/* A reserved word between the models of a page: among the peripherals of these chips it reads 0 and
 * ignores stores. */
static void access_reserved(struct bus *bus, uint32_t address, bool is_write)
{
    schedule_note_effect(bus->schedule);
    if (bus->strict || address < END_OF_MEMORIES) {
        bus->imprecise_address = address;
        bus->imprecise_access = is_write ? ACCESS_WRITE : ACCESS_READ;
        schedule_request(bus->schedule, REQUEST_BUS_FAULT);
    } else if (bus->reserved_handler) {
        uint32_t arguments[] = {address, is_write};
        host_call(bus->host, bus->reserved_handler, arguments, 2, NULL);
    }
}

bool bus_peek(const struct bus *bus, uint32_t address, uint32_t *value)
{
    const struct window *window = memory_window(bus->map, address);
    return window ? model_peek(window, address, value) : ppb_peek(bus->ppb, address, value);
}

/* The word and bit behind a bit-band alias word. */
static uint32_t bit_band_target(uint32_t address, unsigned *bit)
{
    uint32_t offset = address & 0x01FFFFFF;
    *bit = offset >> 2 & 31;
    return (address & 0xF0000000) + (offset >> 7 << 2);
}

static uint32_t read_ppb(struct bus *bus, uint32_t address)
{
    uint32_t value;
    if (!ppb_peek(bus->ppb, address & ~3u, &value)) {
        schedule_note_effect(bus->schedule);
        value = ppb_read(bus->ppb, address & ~3u);
    }
    return value >> 8 * (address & 3);
}

static void write_memory(struct bus *bus, uint32_t address, uint32_t value, unsigned width)
{
    const struct page *page = memory_page(bus->map, address);
    if (page && page->memory && *page_flags(page) & PAGE_HANDLED &&
        write_handlers_call(&bus->write_handlers, page_physical(page, address), value, width))
        return;
    uint8_t *bytes = memory_at(bus->map, address, width, true);
    if (bytes) {
        memcpy(bytes, &value, width);
        memory_note_written(bus->map, address, width);
        code_changed(bus->code, address, width);
    } else if (!(page && page->memory && *page_flags(page) & PAGE_HANDLED)) {
        access_reserved(bus, address, true);
    }
}

/* An access that stays within a word. */
static uint32_t read_word(struct bus *bus, uint32_t address, unsigned width)
{
    const struct window *window = memory_window(bus->map, address);
    if (window) {
        bus->recent = window;
        return model_read(&bus->lines, window, address, width);
    }
    if (ppb_has(address))
        return read_ppb(bus, address);
    if (is_bit_band(address)) {
        unsigned bit;
        uint32_t target = bit_band_target(address, &bit);
        return read_word(bus, target, 4) >> bit & 1;
    }
    const uint8_t *bytes = memory_at(bus->map, address, width, false);
    uint32_t value = 0;
    if (bytes)
        memcpy(&value, bytes, width);
    else
        access_reserved(bus, address, false);
    return value;
}

static void write_word(struct bus *bus, uint32_t address, uint32_t value, unsigned width)
{
    const struct window *window = memory_window(bus->map, address);
    schedule_note_effect(bus->schedule);
    if (window) {
        bus->recent = window;
        model_write(&bus->lines, window, address, value, width);
    } else if (ppb_has(address)) {
        ppb_write(bus->ppb, address & ~3u, value << 8 * (address & 3), byte_lanes(address, width));
    } else if (is_bit_band(address)) {
        unsigned bit;
        uint32_t target = bit_band_target(address, &bit);
        uint32_t word = read_word(bus, target, 4);
        write_word(bus, target, (word & ~(1u << bit)) | (value & 1) << bit, 4);
    } else {
        write_memory(bus, address, value, width);
    }
}

static bool crosses_word(uint32_t address, unsigned width)
{
    return (address & 3) + width > 4;
}

uint32_t bus_read(struct bus *bus, uint32_t address, unsigned width)
{
    if (!UNLIKELY(crosses_word(address, width)))
        return low_bytes(read_word(bus, address, width), width);
    uint32_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value |= (read_word(bus, address + i, 1) & 0xFF) << 8 * i;
    return value;
}

void bus_write(struct bus *bus, uint32_t address, uint32_t value, unsigned width)
{
    if (!UNLIKELY(crosses_word(address, width)))
        write_word(bus, address, value, width);
    else
        for (unsigned i = 0; i < width; i++)
            write_word(bus, address + i, value >> 8 * i & 0xFF, 1);
}

bool bus_is_noticed(const struct bus *bus, uint32_t address, bool is_write)
{
    const struct page *page = memory_page(bus->map, address);
    if (page && page->memory)
        return page->windows || (is_write && *page_flags(page) & PAGE_HANDLED);
    return (page && page->windows) || ppb_has(address) || is_bit_band(address);
}

bool bus_is_guarded(const struct bus *bus, uint32_t address)
{
    const struct page *page = memory_page(bus->map, address);
    return page && page->memory && *page_flags(page) & PAGE_GUARDED;
}

bool bus_has(const struct bus *bus, uint32_t address)
{
    const struct page *page = memory_page(bus->map, address);
    return (page && (page->memory || memory_window(bus->map, address))) || ppb_has(address) ||
           is_bit_band(address);
}
