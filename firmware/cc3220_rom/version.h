#ifndef VERSION_H
#define VERSION_H

/* The low half is what firmware asks for: 1 is a CC3200, 2 a CC3220. The high half 1 means that the
 * boot code keeps its notes in SPARE_REG_8. */
#define ROM_VERSION 0x00010002u

#endif
