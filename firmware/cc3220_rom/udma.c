/* The micro DMA controller: 32 channels, each with a primary and an alternate control entry. */
#include "rom.h"

#define CFG (UDMA + 0x04)
#define CFG_MASTEN 1u
#define CTLBASE (UDMA + 0x08)
#define ALTBASE (UDMA + 0x0C)
#define SWREQ (UDMA + 0x14)
#define USEBURSTSET (UDMA + 0x18)
#define REQMASKSET (UDMA + 0x20)
#define ENASET (UDMA + 0x28)
#define ENACLR (UDMA + 0x2C)
#define ALTSET (UDMA + 0x30)
#define PRIOSET (UDMA + 0x38)
#define ERRCLR (UDMA + 0x4C)
#define CHIS (UDMA + 0x504)
#define CHMAP (UDMA + 0x510)

/* A control entry. The pointers name the last item of a transfer. */
struct entry {
    uint32_t source_end;
    uint32_t destination_end;
    uint32_t control;
    uint32_t spare;
};

#define CONTROL_WIDTHS 0xFF000000u
#define CONTROL_ARBSIZE 0x0003C000u
#define CONTROL_XFERSIZE 0x00003FF0u
#define CONTROL_NXTUSEBURST 0x00000008u
#define CONTROL_MODE 0x00000007u
#define INCREMENT_NONE 3u
#define MODE_MEMORY_LIST 4u
#define MODE_PERIPHERAL_LIST 6u
#define MODE_ALTERNATE 1u
#define ALTERNATE 0x20u

/* The attributes of a channel, in the order of their bits in the library's words. */
static const uint32_t attributes[] = {USEBURSTSET, ALTSET, PRIOSET, REQMASKSET};
#define CLEAR 4

static struct entry *entry_of(uint32_t index)
{
    return (struct entry *)REG(CTLBASE) + (index & 63);
}

static uint32_t bit_of(uint32_t channel)
{
    return 1u << (channel & 31);
}

static bool is_list(uint32_t mode)
{
    return (mode & ~MODE_ALTERNATE) == MODE_MEMORY_LIST ||
           (mode & ~MODE_ALTERNATE) == MODE_PERIPHERAL_LIST;
}

/* Where the last of `size` items ends: inclusive, unless the address stands still. */
static uint32_t end_of(uint32_t address, uint32_t increment, uint32_t size)
{
    return increment == INCREMENT_NONE ? address : address + (size << increment) - 1;
}

void uDMAChannelTransferSet(uint32_t index, uint32_t mode, void *source, void *destination,
                            uint32_t size)
{
    struct entry *entry = entry_of(index);
    uint32_t control = entry->control & ~(CONTROL_XFERSIZE | CONTROL_MODE);
    uint32_t increment = control >> 30;
    if (is_list(mode)) {
        if (index & ALTERNATE)
            mode |= MODE_ALTERNATE;
        if (increment != INCREMENT_NONE) {
            /* Tasks go into the channel's own alternate entry. */
            destination = &entry_of(index | ALTERNATE)->spare;
            increment = INCREMENT_NONE;
        }
    }
    entry->source_end = end_of((uint32_t)source, control >> 26 & 3, size);
    entry->destination_end = end_of((uint32_t)destination, increment, size);
    entry->control = control | mode | (size - 1) << 4;
}

void uDMAEnable(void)
{
    REG(CFG) = CFG_MASTEN;
}

void uDMADisable(void)
{
    REG(CFG) = 0;
}

uint32_t uDMAErrorStatusGet(void)
{
    return REG(ERRCLR);
}

void uDMAErrorStatusClear(void)
{
    REG(ERRCLR) = 1;
}

void uDMAChannelEnable(uint32_t channel)
{
    REG(ENASET) = bit_of(channel);
}

void uDMAChannelDisable(uint32_t channel)
{
    REG(ENACLR) = bit_of(channel);
}

bool uDMAChannelIsEnabled(uint32_t channel)
{
    return (REG(ENASET) & bit_of(channel)) != 0;
}

void uDMAControlBaseSet(void *table)
{
    REG(CTLBASE) = (uint32_t)table;
}

void *uDMAControlBaseGet(void)
{
    return (void *)REG(CTLBASE);
}

void uDMAChannelRequest(uint32_t channel)
{
    REG(SWREQ) = bit_of(channel);
}

static void change_attributes(uint32_t channel, uint32_t which, uint32_t offset)
{
    for (unsigned i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (which >> i & 1)
            REG(attributes[i] + offset) = bit_of(channel);
}

void uDMAChannelAttributeEnable(uint32_t channel, uint32_t which)
{
    change_attributes(channel, which, 0);
}

void uDMAChannelAttributeDisable(uint32_t channel, uint32_t which)
{
    change_attributes(channel, which, CLEAR);
}

uint32_t uDMAChannelAttributeGet(uint32_t channel)
{
    uint32_t which = 0;
    for (unsigned i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (REG(attributes[i]) & bit_of(channel))
            which |= 1u << i;
    return which;
}

void uDMAChannelControlSet(uint32_t index, uint32_t control)
{
    struct entry *entry = entry_of(index);
    uint32_t kept = ~(CONTROL_WIDTHS | CONTROL_ARBSIZE | CONTROL_NXTUSEBURST);
    entry->control = (entry->control & kept) | control;
}

uint32_t uDMAChannelSizeGet(uint32_t index)
{
    uint32_t control = entry_of(index)->control & (CONTROL_XFERSIZE | CONTROL_MODE);
    /* A finished transfer has size and mode zero. */
    return control ? (control >> 4) + 1 : 0;
}

uint32_t uDMAChannelModeGet(uint32_t index)
{
    uint32_t mode = entry_of(index)->control & CONTROL_MODE;
    return is_list(mode) ? mode & ~MODE_ALTERNATE : mode;
}

uint32_t uDMAIntStatus(void)
{
    return REG(CHIS);
}

void uDMAIntClear(uint32_t mask)
{
    REG(CHIS) = mask;
}

void *uDMAControlAlternateBaseGet(void)
{
    return (void *)REG(ALTBASE);
}

void uDMAChannelScatterGatherSet(uint32_t channel, unsigned count, void *tasks, uint32_t peripheral)
{
    struct entry *entry = entry_of(channel & 31);
    entry->source_end = (uint32_t) & ((struct entry *)tasks)[count - 1].spare;
    entry->destination_end = (uint32_t)&entry_of((channel & 31) | ALTERNATE)->spare;
    /* Words to words, four at a time: one task. */
    entry->control = 0xAA008000u | (4 * count - 1) << 4 |
                     (peripheral ? MODE_PERIPHERAL_LIST : MODE_MEMORY_LIST);
}

void uDMAChannelAssign(uint32_t mapping)
{
    uint32_t channel = mapping & 31, shift = channel % 8 * 4;
    change_bits(CHMAP + channel / 8 * 4, 0xFu << shift, (mapping >> 16 & 0xF) << shift);
}

void uDMAIntRegister(uint32_t interrupt, handler *function)
{
    hook_interrupt(interrupt, function);
}

void uDMAIntUnregister(uint32_t interrupt)
{
    unhook_interrupt(interrupt);
}
