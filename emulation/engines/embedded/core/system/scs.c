#include "system/scs.h"

#include <string.h>

#define CPUID_VALUE 0x410FC241 /* Cortex-M4 r0p1 */
#define VECTKEY 0x05FA
#define VECTKEYSTAT 0xFA05
#define AIRCR_SYSRESETREQ (1u << 2)
#define DHCSR_ATTACHED 0x00010001 /* S_REGRDY, C_DEBUGEN: C1.6.2 */

/* Bits that a write stores. ACTLR's are the Cortex-M4's (ARM 100166, 4.2). */
#define ACTLR_MASK 0x307
#define DEMCR_MASK 0x010F07F1
#define CCR_MASK 0x31B
#define SCR_MASK 0x16
#define VTOR_MASK 0xFFFFFF80
#define CPACR_MASK 0x00F00000
#define FPCCR_MASK 0xC0000000
#define FPCAR_MASK 0xFFFFFFF8
#define FPDSCR_MASK 0x07C00000

enum {
    ICTR = 0x004, ACTLR = 0x008, SYST = 0x010, SYST_END = 0x020, NVIC = 0x100, NVIC_END = 0x500,
    CPUID = 0xD00, ICSR = 0xD04, VTOR = 0xD08, AIRCR = 0xD0C, SCR = 0xD10, CCR = 0xD14,
    SHPR1 = 0xD18, SHPR_END = 0xD24, SHCSR = 0xD24, CFSR = 0xD28, HFSR = 0xD2C, DFSR = 0xD30,
    MMFAR = 0xD34, BFAR = 0xD38, ID_PFR0 = 0xD40, CPACR = 0xD88, DEMCR = 0xDFC, DHCSR = 0xDF0, STIR = 0xF00,
    FPCCR = 0xF34, FPCAR = 0xF38, FPDSCR = 0xF3C, MVFR0 = 0xF40, MVFR1 = 0xF44,
};

void scs_update_checks(struct scs *scs)
{
    bool wanted = scb_wants_checks(scs->scb) || scs->host->reports;
    if (wanted != scs->host->checks)
        schedule_request(scs->nvic->schedule, REQUEST_CHECKS);
    else
        schedule_withdraw(scs->nvic->schedule, REQUEST_CHECKS);
}

void scs_reset(struct scs *scs)
{
    memset(scs->scb, 0, sizeof *scs->scb);
    scs->scb->ccr = CCR_STKALIGN;
    scs->scb->fpccr = FPCCR_ASPEN | FPCCR_LSPEN;
    memset(scs->mpu, 0, sizeof *scs->mpu);
    protection_regions_changed(scs->protection);
    code_reexamine(scs->code); /* the FPU is off */
    scs_update_checks(scs);
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

static uint32_t *shcsr_set(struct nvic *nvic, unsigned i)
{
    uint32_t *sets[] = {nvic->state.active, nvic->state.pending, nvic->state.enabled};
    return sets[shcsr_bits[i].shows];
}

static uint32_t read_shcsr(struct nvic *nvic)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < COUNT_OF(shcsr_bits); i++)
        if (bit_get(shcsr_set(nvic, i), shcsr_bits[i].exception))
            value |= 1u << shcsr_bits[i].bit;
    return value;
}

static void write_shcsr(struct nvic *nvic, uint32_t value)
{
    for (unsigned i = 0; i < COUNT_OF(shcsr_bits); i++)
        bit_assign(shcsr_set(nvic, i), shcsr_bits[i].exception, value >> shcsr_bits[i].bit & 1);
    nvic_update(nvic);
}

/* Interrupt Control and State Register, B3.2.4. */
uint32_t scs_icsr(const struct scs *scs)
{
    const struct nvic *nvic = scs->nvic;
    const uint32_t *pending = nvic->state.pending, exception = scs->cpu->state.exception;
    uint32_t value = exception | nvic_best_pending(nvic) << 12;
    if (exception && nvic_active_count(nvic) == 1)
        value |= 1u << 11; /* RETTOBASE */
    for (unsigned i = 0; i < EXCEPTION_WORDS; i++)
        if (pending[i] & (i ? 0xFFFFFFFF : 0xFFFF0000))
            value |= 1u << 22; /* ISRPENDING */
    value |= (uint32_t)bit_get(pending, EXCEPTION_SYSTICK) << 26;
    value |= (uint32_t)bit_get(pending, EXCEPTION_PENDSV) << 28;
    value |= (uint32_t)bit_get(pending, EXCEPTION_NMI) << 31;
    return value;
}

static void write_icsr(struct nvic *nvic, uint32_t value)
{
    if (value >> 31 & 1)
        nvic_pend(nvic, EXCEPTION_NMI);
    if (value >> 28 & 1)
        nvic_pend(nvic, EXCEPTION_PENDSV);
    if (value >> 27 & 1)
        nvic_unpend(nvic, EXCEPTION_PENDSV);
    if (value >> 26 & 1)
        nvic_pend(nvic, EXCEPTION_SYSTICK);
    if (value >> 25 & 1)
        nvic_unpend(nvic, EXCEPTION_SYSTICK);
}

/* Application Interrupt and Reset Control Register, B3.2.6. */
static void write_aircr(struct scs *scs, uint32_t value)
{
    if (value >> 16 != VECTKEY)
        return;
    scs->scb->prigroup = value >> 8 & 7;
    if (value & AIRCR_SYSRESETREQ)
        schedule_reset(scs->nvic->schedule);
    nvic_update(scs->nvic);
}

/* LSPACT shows until the handler uses the FPU, at which the hardware would save the registers. */
static uint32_t read_fpccr(struct scs *scs)
{
    struct scb *scb = scs->scb;
    if (scb->fpccr & FPCCR_LSPACT && cpu_read(scs->cpu, CONTROL) & CONTROL_FPCA)
        scb->fpccr &= ~(uint32_t)FPCCR_LSPACT;
    return scb->fpccr;
}

/* Without ASPEN Unicorn's CONTROL.FPCA stays set, or it would begin contexts by itself. */
static void write_fpccr(struct scs *scs, uint32_t value)
{
    struct scb *scb = scs->scb;
    uint32_t before = scb->fpccr;
    scb->fpccr = (value & FPCCR_MASK) | (before & FPCCR_LSPACT);
    if (!((before ^ value) & FPCCR_ASPEN))
        return;
    if (value & FPCCR_ASPEN)
        cpu_write(scs->cpu, CONTROL, cpu_read(scs->cpu, CONTROL) & ~(uint32_t)CONTROL_FPCA);
    code_reexamine(scs->code);
}

uint32_t scs_read(struct scs *scs, uint32_t offset)
{
    static const uint32_t identification[] = {
        /* ID_PFR0 .. ID_ISAR4 of the Cortex-M4 (ARM 100166, table 4-1) */
        0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00000030, 0x00000000, 0x01000000,
        0x00000000, 0x01101110, 0x02112000, 0x21232231, 0x01111131, 0x01310132,
    };
    const struct scb *scb = scs->scb;
    if (offset >= SYST && offset < SYST_END)
        return systick_read(scs->systick, offset - SYST);
    if (offset >= NVIC && offset < NVIC_END)
        return nvic_read(scs->nvic, offset);
    if (offset >= ID_PFR0 && offset < ID_PFR0 + sizeof identification)
        return identification[(offset - ID_PFR0) / 4];
    if (offset >= SHPR1 && offset < SHPR_END)
        return nvic_read_priorities(scs->nvic, offset - SHPR1 + 4);
    if (mpu_has(offset))
        return scs->mpu_regions ? mpu_read(scs->mpu, offset) : 0;
    switch (offset) {
    case ICTR: return (scs->nvic->irq_count + 31) / 32 - 1;
    case ACTLR: return scb->actlr;
    case CPUID: return CPUID_VALUE;
    case ICSR: return scs_icsr(scs);
    case VTOR: return scb->vtor;
    case AIRCR: return (uint32_t)VECTKEYSTAT << 16 | scb->prigroup << 8;
    case SCR: return scb->scr;
    case CCR: return scb->ccr;
    case SHCSR: return read_shcsr(scs->nvic);
    case CFSR: return scb->cfsr;
    case HFSR: return scb->hfsr;
    case DFSR: return scb->dfsr;
    case MMFAR: return scb->mmfar;
    case BFAR: return scb->bfar;
    case CPACR: return scb->cpacr;
    case DHCSR: return scs->host->schedule->shared.debugger ? DHCSR_ATTACHED : 0;
    case DEMCR: return dwt_read_demcr(scs->dwt);
    case FPCCR: return read_fpccr(scs);
    case FPCAR: return scb->fpcar;
    case FPDSCR: return scb->fpdscr;
    case MVFR0: return scs->has_fpu ? 0x10110021 : 0; /* single precision */
    case MVFR1: return scs->has_fpu ? 0x11000011 : 0;
    default: return 0;
    }
}

/* Registers of which a store to some bytes must not touch the others. False: it is none of them. */
static bool write_lanes(struct scs *scs, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct nvic *nvic = scs->nvic;
    if (offset >= NVIC && offset < NVIC_END) {
        nvic_write(nvic, offset, value, lanes);
        return true;
    }
    if (offset >= SHPR1 && offset < SHPR_END) {
        nvic_write_priorities(nvic, offset - SHPR1 + 4, value, lanes);
        return true;
    }
    switch (offset) {
    case CFSR: scs->scb->cfsr &= ~(value & lanes); return true; /* a 1 clears */
    case HFSR: scs->scb->hfsr &= ~(value & lanes); return true;
    case DFSR: scs->scb->dfsr &= ~(value & lanes); return true;
    case STIR:
        if ((value & 0x1FF) < nvic->irq_count)
            nvic_pend(nvic, FIRST_IRQ + (value & 0x1FF));
        return true;
    default: return false;
    }
}

void scs_write(struct scs *scs, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct scb *scb = scs->scb;
    if (write_lanes(scs, offset, value, lanes))
        return;
    if (lanes != 0xFFFFFFFF)
        value = (scs_read(scs, offset) & ~lanes) | (value & lanes);
    if (mpu_has(offset)) {
        if (scs->mpu_regions)
            mpu_write(scs->mpu, offset, value);
        protection_regions_changed(scs->protection);
        return;
    }
    switch (offset) {
    case ACTLR: scb->actlr = value & ACTLR_MASK; break;
    case SYST:
    case SYST + 0x4:
    case SYST + 0x8: systick_write(scs->systick, offset - SYST, value); break;
    case ICSR: write_icsr(scs->nvic, value); break;
    case VTOR: scb->vtor = value & VTOR_MASK; break;
    case AIRCR: write_aircr(scs, value); break;
    case SCR: scb->scr = value & SCR_MASK; break;
    case CCR:
        if ((scb->ccr ^ value) & CCR_DIV_0_TRP)
            code_reexamine(scs->code); /* blocks' guards ask for divisors */
        scb->ccr = value & CCR_MASK;
        scs_update_checks(scs);
        break;
    case SHCSR: write_shcsr(scs->nvic, value); break;
    case MMFAR: scb->mmfar = value; break;
    case BFAR: scb->bfar = value; break;
    case CPACR:
        scb->cpacr = scs->has_fpu ? value & CPACR_MASK : 0;
        code_reexamine(scs->code); /* blocks that use the FPU are marked while it is off */
        break;
    case DEMCR: dwt_write_demcr(scs->dwt, value & DEMCR_MASK); break;
    case FPCCR: write_fpccr(scs, value); break;
    case FPCAR: scb->fpcar = value & FPCAR_MASK; break;
    case FPDSCR:
        scb->fpdscr = value & FPDSCR_MASK;
        code_reexamine(scs->code); /* blocks that begin a context are marked unless it is 0 */
        break;
    default: break;
    }
}
