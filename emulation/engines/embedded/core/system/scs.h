/* The System Control Space on the bus (B3.2): identification, SCB, FPU, and the units behind it. */
#ifndef SYSTEM_SCS_H
#define SYSTEM_SCS_H

#include "state/code_cache.h"
#include "system/dwt.h"
#include "system/mpu.h"
#include "system/systick.h"

struct scs {
    bool has_fpu;
    uint32_t mpu_regions; /* of the chip: 8, or 0 without an MPU */
    struct scb *scb;
    struct nvic *nvic;
    struct systick *systick;
    struct mpu *mpu;
    struct protection *protection;
    struct dwt *dwt;
    struct cpu *cpu;
    struct code_cache *code;
    struct host *host;
};

void scs_reset(struct scs *scs);
/* CCR may have changed: ask the run loop to have the instruction checks set or removed. */
void scs_update_checks(struct scs *scs);
/* Offsets are from 0xE000E000; `lanes` are the bits that a store covers. */
uint32_t scs_read(struct scs *scs, uint32_t offset);
void scs_write(struct scs *scs, uint32_t offset, uint32_t value, uint32_t lanes);
/* ICSR, which a read leaves as it is. */
uint32_t scs_icsr(const struct scs *scs);

#define STIR_ADDRESS 0xE000EF00 /* Software Triggered Interrupt Register, B3.2.26 */

#endif
