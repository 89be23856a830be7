/*
 * What Unicorn's soft TLB learns of a page: where it is, and what may be done to it.
 *
 * Every access to a page begins here until the TLB knows it, so this is where an access is refused
 * or sent to the bus. An enforced MPU (system/mpu.c) and watchpoints belong here.
 */
#ifndef BUS_TLB_H
#define BUS_TLB_H

#include "bus/bus.h"

#define BUS_PHYSICAL 0x100000000ull /* where Unicorn calls bus_read and bus_write: beyond 4 GB */
/* A page of code that the guest doesn't see; cpu.py maps it: CLREX and WFI. */
#define SERVICE_PHYSICAL 0x200000000ull
#define SERVICE_ADDRESS 0xFFFFE000u

struct tlb {
    struct bus *bus;
    struct cpu *cpu;
    bool service; /* the code at SERVICE_ADDRESS is executed */
    bool barred; /* every load and store is refused */
    bool refused; /* an access since nobody looked, by the following */
    uint32_t address; /* within the page; the exact address isn't known */
    enum access access;
};

/* Unicorn's UC_HOOK_TLB_FILL, with a struct tlb. False: the access is refused. */
bool tlb_fill(uc_engine *uc, uint64_t address, int type, struct uc_tlb_entry *entry, void *tlb);

#endif
