#include "decode/decode_block.h"

#include "decode/it_block.h"

/* In instructions. */
enum {
    MAX_BLOCK = 100, /* that is decoded into micro-ops */
    MIN_CUT = 20, /* Unicorn cuts none shorter: no instruction with its hooks has 200 operations */
};

static void note_first(uint32_t *first, const struct instruction *instruction, unsigned flag)
{
    if (*first == NO_ADDRESS && instruction->flags & flag)
        *first = instruction->address;
}

struct block_contents decode_contents(const struct memory_map *map, uint32_t address, uint32_t size)
{
    struct block_contents contents = {.fpu = NO_ADDRESS, .fixed_point = NO_ADDRESS, .control = NO_ADDRESS};
    struct decoder decoder = decoder_at(map, address);
    decoder.it = it_before(map, address);
    uint8_t first = 0; /* ITSTATE at the first use of the FPU */
    for (uint8_t it = decoder.it; decoder.pc < address + size && decode_description(&decoder); it = decoder.it) {
        contents.instructions++;
        contents.sends_event |= (decoder.last.flags & INSTRUCTION_SEV) != 0;
        contents.opens_monitor |= (decoder.last.flags & INSTRUCTION_EXCLUSIVE) != 0;
        contents.changes_masks |= (decoder.last.flags & INSTRUCTION_MASKS) != 0;
        contents.writes_basepri |= (decoder.last.flags & INSTRUCTION_BASEPRI) != 0;
        bool uses_fpu = decoder.last.flags & INSTRUCTION_FPU;
        if (uses_fpu && contents.fpu == NO_ADDRESS)
            first = it;
        else if (uses_fpu)
            contents.skips_fpu |= first && (it ^ first) >> 4;
        note_first(&contents.fpu, &decoder.last, INSTRUCTION_FPU);
        note_first(&contents.fixed_point, &decoder.last, INSTRUCTION_FIXED_POINT);
        note_first(&contents.control, &decoder.last, INSTRUCTION_CONTROL);
    }
    contents.may_skip_fpu = first != 0;
    return contents;
}

/* The next instruction isn't on the page at `start`, or not as a whole. */
static bool is_beyond(const struct decoder *decoder, uint32_t start)
{
    uint32_t left = start + PAGE_SIZE - decoder->pc;
    uint16_t first;
    return left > PAGE_SIZE || !left ||
           (left == 2 && memory_fetch(decoder->map, decoder->pc, &first) && instruction_size(first) == 4);
}

uint32_t decode_size(const struct memory_map *map, uint32_t address, uint32_t size)
{
    struct decoder decoder = decoder_at(map, address);
    uint32_t instructions = 0, page = address & ~(PAGE_SIZE - 1);
    while (decoder.pc < address + size && decode_description(&decoder))
        instructions++;
    if (instructions < MIN_CUT)
        return size;
    while (!(decoder.last.flags & INSTRUCTION_LAST) && !is_beyond(&decoder, page))
        if (!decode_description(&decoder))
            break;
    return decoder.pc - address;
}

/* Unicorn notices when the CPU overwrites code; of decoded blocks nobody would. */
static bool may_change(const struct memory_map *map, uint32_t address)
{
    const struct page *page = memory_page(map, address);
    return !page || !page->memory || *page_flags(page) & PAGE_WRITTEN;
}

/* The micro-ops of the block, if all its instructions are executable. */
static void decode_ops(struct code_cache *code, struct decoded_block *block, struct op *ops)
{
    struct decoder decoder = decoder_at(code->map, block->address);
    const struct instruction *last = &decoder.last;
    struct op *start = ops;
    for (unsigned i = 0; i < block->instructions; i++) {
        bool is_last = i + 1 == block->instructions;
        if (!decode_next(&decoder, start) || !last->executable || (op_is_branch(start) && !is_last))
            return;
        start = decoder.op;
    }
    if (decoder.it) /* the block is cut within an IT block */
        return;
    emit(&decoder, OP_GO, 0, 0, 0, decoder.pc, 0);
    block->ops = ops;
    code->ops_used = (uint32_t)(decoder.op - code->ops);
}

const struct decoded_block *decode_block(struct code_cache *code, uint32_t address)
{
    struct decoded_block *entry = decoded_entry(code, address);
    block_t block = block_plain(code, address);
    if (!block || may_change(code->map, address) || may_change(code->map, block_end(block) - 1))
        return NULL;
    if (code->ops_used + MAX_OPS * MAX_BLOCK > DECODED_OPS)
        code_forget_decoded(code);
    *decoded_neighbour(code, entry) = *entry;
    *entry = (struct decoded_block){address, block_end(block), block_count(block), NULL, block};
    if (entry->instructions <= MAX_BLOCK && !code_has_breakpoint(code, address, entry->end))
        decode_ops(code, entry, code->ops + code->ops_used);
    return entry;
}
