/* The version word and the API: a table of pointers to tables of functions. */
#include <stdint.h>

#include "version.h"

typedef void handler(void);

#define TABLES 24
#define SLOTS 64

/* Somebody called an entry that the tables do not have. The port reports it to the model's log. */
#define PORT_CALLER (*(volatile uint32_t *)0x00080000u)
#define PORT_ENTRY (*(volatile uint32_t *)0x00080004u)

__attribute__((used)) static uint32_t report(uint32_t table_and_slot, uint32_t caller)
{
    PORT_CALLER = caller;
    PORT_ENTRY = table_and_slot;
    return 0;
}

/* One stub of eight bytes per slot loads its own number. */
__asm(".section .text.stubs, \"ax\"\n"
      ".syntax unified\n"
      ".thumb\n"
      ".p2align 3\n"
      ".global stubs\n"
      "stubs:\n"
      ".set number, 0\n"
      ".rept 24 * 64\n"
      "    movw r0, #number\n"
      "    b.w 1f\n"
      ".set number, number + 1\n"
      ".endr\n"
      "1:  mov r1, lr\n"
      "    b report\n"
      ".text\n");

extern const char stubs[];

/* Only their addresses matter here, so that their signatures are left out. */
#define ENTRY(table, slot, function) extern handler function;
#include "entries.h"
#undef ENTRY

#define STUB(n) ((handler *)(stubs + 8 * (n) + 1))
#define STUBS_8(n) STUB(n), STUB(n + 1), STUB(n + 2), STUB(n + 3), STUB(n + 4), STUB(n + 5), \
    STUB(n + 6), STUB(n + 7)
#define STUBS_64(n) {STUBS_8(n), STUBS_8(n + 8), STUBS_8(n + 16), STUBS_8(n + 24), \
    STUBS_8(n + 32), STUBS_8(n + 40), STUBS_8(n + 48), STUBS_8(n + 56)}

#pragma GCC diagnostic ignored "-Woverride-init"
static handler *const slots[TABLES][SLOTS] = {
    STUBS_64(0),    STUBS_64(64),   STUBS_64(128),  STUBS_64(192),  STUBS_64(256),  STUBS_64(320),
    STUBS_64(384),  STUBS_64(448),  STUBS_64(512),  STUBS_64(576),  STUBS_64(640),  STUBS_64(704),
    STUBS_64(768),  STUBS_64(832),  STUBS_64(896),  STUBS_64(960),  STUBS_64(1024), STUBS_64(1088),
    STUBS_64(1152), STUBS_64(1216), STUBS_64(1280), STUBS_64(1344), STUBS_64(1408), STUBS_64(1472),
#define ENTRY(table, slot, function) [table][slot] = function,
#include "entries.h"
#undef ENTRY
};

__attribute__((section(".version"), used)) static const uint32_t version = ROM_VERSION;

/* Table 0 is the version. */
__attribute__((section(".api"), used)) static const uint32_t api_version = ROM_VERSION;
__attribute__((section(".api.tables"), used)) static handler *const *const tables[TABLES - 1] = {
    slots[1],  slots[2],  slots[3],  slots[4],  slots[5],  slots[6],  slots[7],  slots[8],
    slots[9],  slots[10], slots[11], slots[12], slots[13], slots[14], slots[15], slots[16],
    slots[17], slots[18], slots[19], slots[20], slots[21], slots[22], slots[23],
};
