/* The private peripheral bus: system control space (B3.2), DWT and ITM (C1). */
#include "core.h"

#include <string.h>

enum {
    PAGE_ITM = 0xE0000, PAGE_DWT = 0xE0001, PAGE_FPB = 0xE0002, PAGE_SCS = 0xE000E,
    PAGE_TPIU = 0xE0040, PAGE_ETM = 0xE0041,
};

#define ICSR 0xE000ED04
#define CPUID 0x410FC241 /* Cortex-M4 r0p1 */
#define MPU_TYPE 0x800 /* eight regions */
#define VECTKEY 0x05FA
#define VECTKEYSTAT 0xFA05
#define DEMCR_TRCENA (1u << 24)
#define DWT_CTRL_CYCCNTENA 1u

/* Bits that a write stores. */
#define CCR_MASK 0x31B
#define SCR_MASK 0x16
#define VTOR_MASK 0xFFFFFF80
#define CPACR_MASK 0x00F00000
#define FPCCR_MASK 0xC0000000
#define FPCAR_MASK 0xFFFFFFF8
#define FPDSCR_MASK 0x07C00000

bool system_has(uint32_t address)
{
    switch (address >> 12) {
    case PAGE_ITM:
    case PAGE_DWT:
    case PAGE_FPB:
    case PAGE_SCS:
    case PAGE_TPIU:
    case PAGE_ETM:
        return true;
    default:
        return false;
    }
}

void system_reset(struct core *core)
{
    struct state *state = &core->state;
    uint32_t lines[EXCEPTION_WORDS];
    memcpy(lines, state->line, sizeof lines);
    memset(state, 0, sizeof *state);
    /* The interrupt inputs belong to the peripherals; a level that is high pends again. */
    memcpy(state->line, lines, sizeof lines);
    memcpy(state->pending, lines, sizeof lines);
    /* Exceptions without an enable bit are always enabled. */
    state->enabled[0] = 0xFFFF & ~(1u << EXCEPTION_MEM_MANAGE | 1u << EXCEPTION_BUS_FAULT |
                                   1u << EXCEPTION_USAGE_FAULT);
    state->priority[EXCEPTION_NMI] = PRIORITY_NMI;
    state->priority[EXCEPTION_HARD_FAULT] = PRIORITY_HARD_FAULT;
    state->ccr = CCR_STKALIGN;
    state->fpccr = FPCCR_ASPEN | FPCCR_LSPEN;
    state->dwt[0] = 0x40000000; /* four comparators */
    state->systick.zero = NEVER;
    block_forget(core, 0, UINT32_MAX); /* the FPU is off */
    traps_update(core);
    nvic_update(core);
}

/* SHCSR's bits: which exception's active, pending or enable state each one shows (B3.2.13). */
static const struct {
    uint8_t bit, exception;
    enum { SHOWS_ACTIVE, SHOWS_PENDING, SHOWS_ENABLED } shows;
} shcsr_bits[] = {
    {0, EXCEPTION_MEM_MANAGE, SHOWS_ACTIVE},    {1, EXCEPTION_BUS_FAULT, SHOWS_ACTIVE},
    {3, EXCEPTION_USAGE_FAULT, SHOWS_ACTIVE},   {7, EXCEPTION_SVC, SHOWS_ACTIVE},
    {8, EXCEPTION_DEBUG_MONITOR, SHOWS_ACTIVE}, {10, EXCEPTION_PENDSV, SHOWS_ACTIVE},
    {11, EXCEPTION_SYSTICK, SHOWS_ACTIVE},      {12, EXCEPTION_USAGE_FAULT, SHOWS_PENDING},
    {13, EXCEPTION_MEM_MANAGE, SHOWS_PENDING},  {14, EXCEPTION_BUS_FAULT, SHOWS_PENDING},
    {15, EXCEPTION_SVC, SHOWS_PENDING},         {16, EXCEPTION_MEM_MANAGE, SHOWS_ENABLED},
    {17, EXCEPTION_BUS_FAULT, SHOWS_ENABLED},   {18, EXCEPTION_USAGE_FAULT, SHOWS_ENABLED},
};

static uint32_t *shcsr_set(struct state *state, unsigned i)
{
    uint32_t *sets[] = {state->active, state->pending, state->enabled};
    return sets[shcsr_bits[i].shows];
}

static uint32_t read_shcsr(struct core *core)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < sizeof shcsr_bits / sizeof *shcsr_bits; i++)
        if (bit_get(shcsr_set(&core->state, i), shcsr_bits[i].exception))
            value |= 1u << shcsr_bits[i].bit;
    return value;
}

static void write_shcsr(struct core *core, uint32_t value)
{
    for (unsigned i = 0; i < sizeof shcsr_bits / sizeof *shcsr_bits; i++)
        bit_assign(shcsr_set(&core->state, i), shcsr_bits[i].exception,
                   value >> shcsr_bits[i].bit & 1);
    nvic_update(core);
}

/* Interrupt Control and State Register, B3.2.4. */
static uint32_t read_icsr(const struct core *core)
{
    const struct state *state = &core->state;
    uint32_t value = state->exception | (uint32_t)nvic_best_pending(core) << 12;
    if (state->exception && nvic_active_count(core) == 1)
        value |= 1u << 11; /* RETTOBASE */
    for (unsigned i = 0; i < EXCEPTION_WORDS; i++)
        if (state->pending[i] & (i ? 0xFFFFFFFF : 0xFFFF0000))
            value |= 1u << 22; /* ISRPENDING */
    value |= (uint32_t)bit_get(state->pending, EXCEPTION_SYSTICK) << 26;
    value |= (uint32_t)bit_get(state->pending, EXCEPTION_PENDSV) << 28;
    value |= (uint32_t)bit_get(state->pending, EXCEPTION_NMI) << 31;
    return value;
}

static void write_icsr(struct core *core, uint32_t value)
{
    if (value >> 31 & 1)
        nvic_pend(core, EXCEPTION_NMI);
    if (value >> 28 & 1)
        nvic_pend(core, EXCEPTION_PENDSV);
    if (value >> 27 & 1)
        nvic_unpend(core, EXCEPTION_PENDSV);
    if (value >> 26 & 1)
        nvic_pend(core, EXCEPTION_SYSTICK);
    if (value >> 25 & 1)
        nvic_unpend(core, EXCEPTION_SYSTICK);
}

/* Application Interrupt and Reset Control Register, B3.2.6. */
static void write_aircr(struct core *core, uint32_t value)
{
    if (value >> 16 != VECTKEY)
        return;
    core->state.prigroup = value >> 8 & 7;
    if (value & 1u << 2) { /* SYSRESETREQ */
        core->shared.reset_requested = 1;
        core->shared.limit = 0;
    }
    nvic_update(core);
}

/* The four aliases of RBAR and RASR (B3.5.8) let a store-multiple set several regions. */
static uint32_t *mpu_register(struct core *core, uint32_t offset)
{
    struct mpu_region *region = &core->state.mpu[core->state.mpu_number & 7];
    return (offset - 0xD9C) & 4 ? &region->rasr : &region->rbar;
}

static void write_mpu(struct core *core, uint32_t offset, uint32_t value)
{
    if ((offset - 0xD9C) & 4) {
        *mpu_register(core, offset) = value & 0x173FFF3F;
        return;
    }
    if (value & 1u << 4) /* VALID: REGION selects */
        core->state.mpu_number = value & 7;
    *mpu_register(core, offset) = (value & ~0x1Fu) | (core->state.mpu_number & 7);
}

static uint32_t read_handler_priorities(const struct core *core, uint32_t first)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++)
        value |= (uint32_t)(uint8_t)core->state.priority[first + i] << 8 * i;
    return value;
}

static void write_handler_priorities(struct core *core, uint32_t first, uint32_t value,
                                     uint32_t lanes)
{
    for (unsigned i = 0; i < 4; i++)
        if (lanes >> 8 * i & 0xFF)
            core->state.priority[first + i] = (int16_t)(value >> 8 * i & core->priority_mask);
    nvic_update(core);
}

/* LSPACT shows until the handler uses the FPU, at which the hardware would save the registers. */
static uint32_t read_fpccr(struct core *core)
{
    struct state *state = &core->state;
    if (state->fpccr & FPCCR_LSPACT && cpu_read(core, CONTROL) & CONTROL_FPCA)
        state->fpccr &= ~(uint32_t)FPCCR_LSPACT;
    return state->fpccr;
}

static uint32_t scs_read(struct core *core, uint32_t offset)
{
    static const uint32_t identification[] = {
        /* ID_PFR0 .. ID_ISAR4 of the Cortex-M4 (ARM 100166, table 4-1) */
        0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00000030, 0x00000000, 0x01000000,
        0x00000000, 0x01101110, 0x02112000, 0x21232231, 0x01111131, 0x01310132,
    };
    struct state *state = &core->state;
    if (offset >= 0x100 && offset < 0x500)
        return nvic_read(core, offset);
    if (offset >= 0xD40 && offset < 0xD40 + sizeof identification)
        return identification[(offset - 0xD40) / 4];
    if (offset >= 0xD9C && offset < 0xDBC)
        return *mpu_register(core, offset);
    switch (offset) {
    case 0x004: return (core->irq_count + 31) / 32 - 1; /* ICTR */
    case 0x008: return state->actlr;
    case 0x010:
    case 0x014:
    case 0x018:
    case 0x01C: return systick_read(core, offset - 0x10);
    case 0xD00: return CPUID;
    case 0xD04: return read_icsr(core);
    case 0xD08: return state->vtor;
    case 0xD0C: return (uint32_t)VECTKEYSTAT << 16 | state->prigroup << 8;
    case 0xD10: return state->scr;
    case 0xD14: return state->ccr;
    case 0xD18:
    case 0xD1C:
    case 0xD20: return read_handler_priorities(core, offset - 0xD18 + 4);
    case 0xD24: return read_shcsr(core);
    case 0xD28: return state->cfsr;
    case 0xD2C: return state->hfsr;
    case 0xD30: return state->dfsr;
    case 0xD34: return state->mmfar;
    case 0xD38: return state->bfar;
    case 0xD88: return state->cpacr;
    case 0xD90: return MPU_TYPE;
    case 0xD94: return state->mpu_control;
    case 0xD98: return state->mpu_number;
    case 0xDFC: return state->demcr;
    case 0xF34: return read_fpccr(core);
    case 0xF38: return state->fpcar;
    case 0xF3C: return state->fpdscr;
    case 0xF40: return core->has_fpu ? 0x10110021 : 0; /* MVFR0: single precision */
    case 0xF44: return core->has_fpu ? 0x11000011 : 0; /* MVFR1 */
    default: return 0;
    }
}

static void scs_write(struct core *core, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct state *state = &core->state;
    if (offset >= 0x100 && offset < 0x500) {
        nvic_write(core, offset, value, lanes);
        return;
    }
    if (offset >= 0xD18 && offset < 0xD24) {
        write_handler_priorities(core, offset - 0xD18 + 4, value, lanes);
        return;
    }
    switch (offset) { /* bits that a 1 clears: other lanes' bits must stay as they are */
    case 0xD28: state->cfsr &= ~(value & lanes); return;
    case 0xD2C: state->hfsr &= ~(value & lanes); return;
    case 0xD30: state->dfsr &= ~(value & lanes); return;
    case 0xF00: /* STIR */
        if ((value & 0x1FF) < core->irq_count)
            nvic_pend(core, FIRST_IRQ + (value & 0x1FF));
        return;
    default: break;
    }
    if (lanes != 0xFFFFFFFF)
        value = (scs_read(core, offset) & ~lanes) | (value & lanes);
    if (offset >= 0xD9C && offset < 0xDBC) {
        write_mpu(core, offset, value);
        return;
    }
    switch (offset) {
    case 0x008: state->actlr = value; break;
    case 0x010:
    case 0x014:
    case 0x018: systick_write(core, offset - 0x10, value); break;
    case 0xD04: write_icsr(core, value); break;
    case 0xD08: state->vtor = value & VTOR_MASK; break;
    case 0xD0C: write_aircr(core, value); break;
    case 0xD10: state->scr = value & SCR_MASK; break;
    case 0xD14:
        state->ccr = value & CCR_MASK;
        traps_update(core);
        break;
    case 0xD24: write_shcsr(core, value); break;
    case 0xD34: state->mmfar = value; break;
    case 0xD38: state->bfar = value; break;
    case 0xD88:
        state->cpacr = core->has_fpu ? value & CPACR_MASK : 0;
        block_forget(core, 0, UINT32_MAX); /* use of the FPU marks a block, or no longer */
        break;
    case 0xD94: state->mpu_control = value & 7; break;
    case 0xD98: state->mpu_number = value & 7; break;
    case 0xDFC: state->demcr = value; break;
    case 0xF34:
        state->fpccr = (value & FPCCR_MASK) | (state->fpccr & FPCCR_LSPACT);
        break;
    case 0xF38: state->fpcar = value & FPCAR_MASK; break;
    case 0xF3C: state->fpdscr = value & FPDSCR_MASK; break;
    default: break;
    }
}

static bool cycle_counter_runs(const struct state *state)
{
    return state->dwt[0] & DWT_CTRL_CYCCNTENA && state->demcr & DEMCR_TRCENA;
}

static uint32_t cycle_counter(const struct core *core)
{
    uint64_t base = core->state.cycle_counter_base;
    return (uint32_t)(cycle_counter_runs(&core->state) ? core->shared.cycles - base : base);
}

static void set_cycle_counter(struct core *core, uint32_t value)
{
    bool runs = cycle_counter_runs(&core->state);
    core->state.cycle_counter_base = runs ? core->shared.cycles - value : value;
}

static uint32_t dwt_read(struct core *core, uint32_t offset)
{
    if (offset == 4)
        return cycle_counter(core);
    return offset / 4 < 24 ? core->state.dwt[offset / 4] : 0;
}

static void dwt_write(struct core *core, uint32_t offset, uint32_t value)
{
    uint32_t count = cycle_counter(core);
    if (offset == 4)
        count = value;
    else if (offset == 0)
        core->state.dwt[0] = (core->state.dwt[0] & 0xF0000000) | (value & 0x0FFFFFFF);
    else if (offset / 4 < 24)
        core->state.dwt[offset / 4] = value;
    set_cycle_counter(core, count);
}

/* Instrumentation trace: stimulus ports are always ready and swallow what they are given. */
static uint32_t *itm_register(struct core *core, uint32_t offset)
{
    switch (offset) {
    case 0xE00: return &core->state.itm[0]; /* TER */
    case 0xE40: return &core->state.itm[1]; /* TPR */
    case 0xE80: return &core->state.itm[2]; /* TCR */
    default: return NULL;
    }
}

uint32_t system_read(struct core *core, uint32_t address)
{
    uint32_t offset = address & (PAGE_SIZE - 1);
    switch (address >> 12) {
    case PAGE_SCS:
        return scs_read(core, offset);
    case PAGE_DWT:
        return dwt_read(core, offset);
    case PAGE_ITM: {
        const uint32_t *word = itm_register(core, offset);
        return word ? *word : offset < 0x400;
    }
    default:
        return 0;
    }
}

/* A register that stays as it is until an event: what critical sections look at. */
bool system_peek(const struct core *core, uint32_t address, uint32_t *value)
{
    if (address != ICSR)
        return false;
    *value = read_icsr(core);
    return true;
}

void system_write(struct core *core, uint32_t address, uint32_t value, uint32_t lanes)
{
    uint32_t offset = address & (PAGE_SIZE - 1);
    switch (address >> 12) {
    case PAGE_SCS: {
        uint32_t count = cycle_counter(core);
        scs_write(core, offset, value, lanes);
        if (offset == 0xDFC)
            set_cycle_counter(core, count);
        break;
    }
    case PAGE_DWT:
        dwt_write(core, offset, (dwt_read(core, offset) & ~lanes) | (value & lanes));
        break;
    case PAGE_ITM: {
        uint32_t *word = itm_register(core, offset);
        if (word)
            *word = (*word & ~lanes) | (value & lanes);
        break;
    }
    default:
        break;
    }
}
