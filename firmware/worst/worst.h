/* Guests that keep a chip busy in ways that real firmware does. The first byte from the console
 * chooses: 'A' is the first. */
#ifndef WORST_H
#define WORST_H

#include "../boards/board.h"

#define REG(address) (*(volatile uint32_t *)(address))

struct guest {
    const char *name;
    void (*run)(void); /* never returns */
};

extern const struct guest board_guests[], core_guests[];
extern const unsigned board_guest_count, core_guest_count;

/* Have `handler` serve an interrupt. */
void on_interrupt(unsigned irq, void (*handler)(void));
void on_exception(unsigned exception, void (*handler)(void));
extern volatile uint32_t counter;

#endif
