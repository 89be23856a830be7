/*
 * What Unicorn's soft TLB learns of a page: where it is, and what may be done to it.
 *
 * Every access to a page begins here until the TLB knows it, so this is where an access is refused
 * or sent to the bus: by the MPU too, of which a page that is permitted in part is sent there.
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
    struct protection *protection;
    bool unprivileged; /* so is the access that fills */
    bool forbidden; /* the MPU refused */
    bool refused; /* an access since nobody looked, by the following */
    uint32_t address; /* within the page; the exact address isn't known */
    enum access access;
};

/* Unicorn asks for the page of an access: `type` is UC_MEM_... False: the access is refused. */
bool tlb_fill(struct tlb *tlb, uint32_t address, int type, struct uc_tlb_entry *entry);

#endif
