/* What the core uses of Unicorn. Its headers are not needed: native.py hands in the functions of
 * whichever libunicorn is installed. */
#ifndef BASE_UNICORN_H
#define BASE_UNICORN_H

#include "base/base.h"

typedef struct uc_struct uc_engine;

struct uc_tlb_entry {
    uint64_t paddr;
    uint32_t perms;
};

struct uc_tb {
    uint64_t pc;
    uint16_t icount, size;
};

struct unicorn {
    int (*emu_start)(uc_engine *, uint64_t begin, uint64_t until, uint64_t timeout, size_t count);
    int (*emu_stop)(uc_engine *);
    int (*reg_read)(uc_engine *, int, void *);
    int (*reg_write)(uc_engine *, int, const void *);
    int (*reg_read_batch)(uc_engine *, int *, void **, int);
    int (*reg_write_batch)(uc_engine *, int *, void *const *, int);
    int (*hook_add)(uc_engine *, size_t *, int, void *, void *, uint64_t, uint64_t, ...);
    int (*hook_del)(uc_engine *, size_t);
    int (*ctl)(uc_engine *, int, ...);
    int (*mmio_map)(uc_engine *, uint64_t, size_t, void *, void *, void *, void *);
};

enum { UC_ERR_OK = 0, UC_ERR_INSN_INVALID = 10 };
enum { UC_MEM_WRITE = 17, UC_MEM_FETCH = 18 };
enum { UC_PROT_READ = 1, UC_PROT_WRITE = 2, UC_PROT_EXEC = 4 };

enum {
    UC_HOOK_INTR = 1,
    UC_HOOK_CODE = 4,
    UC_HOOK_BLOCK = 8,
    UC_HOOK_INSN_INVALID = 1 << 14,
    UC_HOOK_EDGE_GENERATED = 1 << 15,
    UC_HOOK_TLB_FILL = 1 << 17,
};

enum {
    UC_CTL_TB_REMOVE_CACHE_WRITE = 9 | 2 << 26 | 1 << 30,
    UC_CTL_TB_FLUSH_WRITE = 10 | 1 << 30,
    UC_CTL_TLB_FLUSH_WRITE = 11 | 1 << 30,
};

/* Unicorn's numbers of CPU exceptions. */
enum { EXCP_SWI = 2, EXCP_DATA_ABORT = 4, EXCP_BKPT = 7, EXCP_EXCEPTION_EXIT = 8 };

#endif
