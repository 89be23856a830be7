#include "decode/it_block.h"

enum { MAX_IT_BYTES = 14 }; /* of IT with all but the last of four instructions behind it */

/* The second half of a longer instruction, or it may be. */
static bool may_be_second_half(const struct memory_map *map, uint32_t address)
{
    uint16_t before;
    return memory_fetch(map, address - 2, &before) && before >= 0xE800;
}

static uint8_t find(const struct memory_map *map, uint32_t address, bool sure)
{
    for (uint32_t back = 2; back <= MAX_IT_BYTES && back <= address; back += 2) {
        struct decoder decoder = decoder_at(map, address - back);
        uint16_t code;
        if (!memory_fetch(map, decoder.pc, &code) || code >> 8 != 0xBF || !(code & 0xF) ||
            (sure && may_be_second_half(map, decoder.pc)))
            continue;
        while (decoder.pc < address && decode_description(&decoder))
            ;
        if (decoder.pc == address && decoder.it)
            return decoder.it;
    }
    return 0;
}

uint8_t it_behind_msr(const struct memory_map *map, uint32_t address)
{
    uint16_t first, second;
    if (!memory_fetch(map, address - 4, &first) || !memory_fetch(map, address - 2, &second) ||
        (first & 0xFFE0) != 0xF380 || (second & 0xD000) != 0x8000)
        return 0;
    return find(map, address, true);
}

uint8_t it_before(const struct memory_map *map, uint32_t address)
{
    return find(map, address, false);
}
