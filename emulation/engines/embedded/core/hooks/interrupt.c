#include "hooks/interrupt.h"

#include "decode/decode.h"

void interrupt_raised(uc_engine *uc, uint32_t number, void *user)
{
    (void)uc;
    struct core *core = user;
    enum halt halt = core->host.halt; /* within an IT block */
    core->host.interrupt = number;
    host_halt(&core->host, halt_is_within(halt) ? halt : HALT_INTERRUPT);
}

/* The block being executed ends with WFE. */
static bool ends_with_wfe(const struct core *core)
{
    block_t block = core->code.current;
    struct decoder decoder = decoder_at(&core->map, block_address(block));
    while (decoder.pc < block_end(block))
        if (!decode_description(&decoder))
            return false;
    return decoder.last.flags & INSTRUCTION_WFE;
}

/* Of WFE and YIELD the PC is already behind the block that they end; an undefined instruction is
 * within its block. */
bool interrupt_invalid(uc_engine *uc, void *user)
{
    (void)uc;
    struct core *core = user;
    if (cpu_read(&core->cpu, PC) != block_end(core->code.current))
        return false;
    if (!ends_with_wfe(core))
        return true;
    if (core->cpu.state.event)
        core->cpu.state.event = 0;
    else
        host_halt(&core->host, HALT_WAIT_FOR_EVENT);
    return true;
}
