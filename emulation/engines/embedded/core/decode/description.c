#include "decode/description.h"

#include <string.h>

const struct instruction *description_at(struct descriptions *descriptions,
                                         const struct memory_map *map, uint32_t address)
{
    struct described *entry = &descriptions->entries[address / 2 % DESCRIPTIONS];
    const uint8_t *bytes = memory_at(map, address, 4, false);
    uint32_t code = 0;
    if (bytes) {
        memcpy(&code, bytes, 4);
        if (entry->code == code && entry->instruction.address == address &&
            entry->instruction.size)
            return &entry->instruction;
    }
    struct decoder decoder = decoder_at(map, address);
    if (!decode_description(&decoder))
        return NULL;
    *entry = (struct described){code, decoder.last};
    return &entry->instruction;
}
