/* Which address a load or store accesses: Unicorn tells of a fault the page only, and checks no
 * alignment. Encodings: ARM DDI 0403E, A5.2 and A5.3. */
#include "core.h"

static uint32_t register_value(struct core *core, unsigned reg, uint32_t pc)
{
    return reg == PC ? (pc + 4) & ~3u : cpu_read(core, (enum reg)reg);
}

static unsigned narrow_access(struct core *core, uint16_t code, uint32_t pc, uint32_t *address)
{
    static const uint8_t widths[] = {4, 2, 1, 1, 4, 2, 1, 2}; /* of the register-offset forms */
    uint32_t offset = code >> 6 & 0x1F;
    unsigned base = code >> 3 & 7;
    switch (code >> 12) {
    case 0x4: /* LDR literal */
        if (!(code & 0x800))
            return 0;
        *address = register_value(core, PC, pc) + 4 * (code & 0xFF);
        return 4;
    case 0x5:
        *address = register_value(core, base, pc) + register_value(core, code >> 6 & 7, pc);
        return widths[code >> 9 & 7];
    case 0x6:
        *address = register_value(core, base, pc) + 4 * offset;
        return 4;
    case 0x7:
        *address = register_value(core, base, pc) + offset;
        return 1;
    case 0x8:
        *address = register_value(core, base, pc) + 2 * offset;
        return 2;
    case 0x9:
        *address = register_value(core, SP, pc) + 4 * (code & 0xFF);
        return 4;
    case 0xB: /* PUSH and POP */
        if ((code & 0x0600) != 0x0400)
            return 0;
        *address = register_value(core, SP, pc);
        if (!(code & 0x800))
            *address -= 4 * bit_count(code & 0x1FF);
        return 4;
    case 0xC: /* LDM and STM */
        *address = register_value(core, code >> 8 & 7, pc);
        return 4;
    default:
        return 0;
    }
}

/* LDM, STM, LDRD, STRD, exclusive accesses and table branches. */
static unsigned multiple_access(struct core *core, uint16_t first, uint16_t second, uint32_t pc,
                                uint32_t *address)
{
    bool up = first & 0x80, before = first & 0x100, writeback = first & 0x20;
    uint32_t base = register_value(core, first & 0xF, pc), offset = 4 * (second & 0xFF);
    *address = base;
    if (!(first & 0x40)) {
        if (before)
            *address -= 4 * bit_count(second);
        return 4;
    }
    if (before || writeback) {
        if (before)
            *address = up ? base + offset : base - offset;
        return 4;
    }
    if (!up) {
        *address += offset;
        return 4;
    }
    switch (second >> 4 & 0xF) {
    case 0: /* TBB */
        *address = base + register_value(core, second & 0xF, pc);
        return 1;
    case 1: /* TBH */
        *address = base + 2 * register_value(core, second & 0xF, pc);
        return 2;
    case 5: /* LDREXH, STREXH */
        return 2;
    default: /* LDREXB, STREXB */
        return 1;
    }
}

static unsigned single_access(struct core *core, uint16_t first, uint16_t second, uint32_t pc,
                              uint32_t *address)
{
    uint32_t base = register_value(core, first & 0xF, pc);
    *address = base;
    if ((first & 0xF) == PC) {
        *address = first & 0x80 ? base + (second & 0xFFF) : base - (second & 0xFFF);
    } else if (first & 0x80) { /* twelve-bit offset */
        *address = base + (second & 0xFFF);
    } else if (second & 0x800) { /* eight-bit offset, with index and direction */
        if (second & 0x400)
            *address = second & 0x200 ? base + (second & 0xFF) : base - (second & 0xFF);
    } else {
        *address = base + (register_value(core, second & 0xF, pc) << (second >> 4 & 3));
    }
    return 1u << (first >> 5 & 3);
}

/* VLDR, VSTR, VLDM, VSTM. */
static unsigned fp_access(struct core *core, uint16_t first, uint16_t second, uint32_t pc,
                          uint32_t *address)
{
    bool before = first & 0x100, up = first & 0x80, writeback = first & 0x20;
    uint32_t base = register_value(core, first & 0xF, pc), offset = 4 * (second & 0xFF);
    *address = base;
    if (before && !writeback)
        *address = up ? base + offset : base - offset;
    else if (before)
        *address = base - offset;
    return 4;
}

/* The first address that the instruction at `pc` loads from or stores to, and the alignment that
 * this needs; 0 for other instructions. */
unsigned access_decode(struct core *core, uint32_t pc, uint32_t *address)
{
    uint16_t first = 0, second = 0;
    if (!memory_fetch(core, pc, &first))
        return 0;
    if (instruction_size(first) == 2)
        return narrow_access(core, first, pc, address);
    memory_fetch(core, pc + 2, &second);
    if ((first & 0xFE00) == 0xE800)
        return multiple_access(core, first, second, pc, address);
    if ((first & 0xFE00) == 0xF800)
        return single_access(core, first, second, pc, address);
    if ((first & 0xFE00) == 0xEC00 && (second & 0x0E00) == 0x0A00)
        return fp_access(core, first, second, pc, address);
    return 0;
}
