#include "hooks/forbidden.h"

#include "decode/operand.h"
#include "hooks/check.h"

/* The instruction at Unicorn's PC, which a fill for data has brought up to date. */
static const struct instruction *filling_instruction(struct core *core)
{
    uint32_t pc = cpu_read(&core->cpu, PC) & ~1u;
    return description_at(&core->checks.descriptions, &core->map, pc);
}

bool forbidden_fill(struct core *core, uint32_t address, int type, struct uc_tlb_entry *entry)
{
    struct tlb *tlb = &core->tlb;
    if (!core->protection.active && !ppb_has(address))
        return tlb_fill(tlb, address, type, entry);
    tlb->unprivileged = cpu_is_unprivileged(&core->cpu);
    if (type != UC_MEM_FETCH && !tlb->unprivileged) {
        const struct instruction *instruction = filling_instruction(core);
        tlb->unprivileged = instruction && instruction->flags & INSTRUCTION_UNPRIVILEGED;
    }
    return tlb_fill(tlb, address, type, entry);
}

static bool is_privileged(struct core *core) { return !cpu_is_unprivileged(&core->cpu); }

bool forbidden_check(struct core *core, uint32_t address, unsigned width, enum access access)
{
    if (!core->protection.active)
        return true;
    if (core->host.halt == HALT_FORBIDDEN)
        return false;
    if (protection_permits(&core->protection, address, width,
                           access == ACCESS_WRITE ? MAY_WRITE : MAY_READ, is_privileged(core)))
        return true;
    core->checks.access_address = address;
    core->checks.access = access;
    check_keep(core);
    host_halt(&core->host, HALT_FORBIDDEN);
    return false;
}

/* The instruction accesses the address, from the registers kept. */
static bool accesses(struct core *core, const struct instruction *instruction, uint32_t address)
{
    const struct memory_operand *operand = &instruction->operand;
    return operand->alignment && address - operand_address(operand, &core->cpu) < 64;
}

void forbidden_return(struct core *core)
{
    uint32_t pc = core->cpu.state.pc & ~1u;
    block_t block = core->checks.block;
    struct decoder decoder = decoder_at(&core->map, block_address(block));
    check_restore(core);
    if (block_address(block) == core->checks.start)
        decoder.it = core->checks.start_it;
    for (uint8_t it = decoder.it; decoder.pc < block_end(block); it = decoder.it) {
        if (!decode_description(&decoder))
            break;
        bool is_it = decoder.last.address == pc && !it;
        if (is_it || (it && accesses(core, &decoder.last, core->checks.access_address))) {
            check_return_to(core, decoder.last.address, it);
            return;
        }
    }
    check_return_to(core, pc, 0);
}

uint32_t forbidden_instruction(struct core *core, uint32_t address, uint32_t size)
{
    if (!core->protection.active)
        return NO_ADDRESS;
    bool privileged = is_privileged(core);
    struct decoder decoder = decoder_at(&core->map, address);
    while (decoder.pc < address + size && decode_description(&decoder))
        if (!protection_permits(&core->protection, decoder.last.address, decoder.last.size,
                                MAY_EXECUTE, privileged))
            return decoder.last.address;
    return NO_ADDRESS;
}
