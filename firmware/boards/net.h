/* What the probe asks of a radio; one implementation per board. */
#ifndef NET_H
#define NET_H

#include <stdint.h>

enum net_kind { NET_TCP, NET_UDP, NET_TLS, NET_MUTUAL_TLS };

/* All functions return 0 or a positive count on success, a negative number on failure. */

/* Resets the radio and reads what it calls itself. */
int net_start(char *identity, unsigned size);
/* Joins a WPA2 access point; `address` gets the dotted IPv4 address from DHCP. */
int net_join(const char *ssid, const char *passphrase, char *address, unsigned size);
int net_resolve(const char *name, uint8_t address[4]);
/* Opens and connects; returns a handle. NET_TLS verifies the server against the radio's CA,
 * NET_MUTUAL_TLS shows the radio's certificate, too. */
int net_open(enum net_kind kind, const uint8_t address[4], uint16_t port);
/* Whether the connections that are opened next offer HTTP/1.1 by ALPN (RFC 7301). */
int net_offer_http(int offered);
int net_send(int handle, const void *data, unsigned size);
/* Waits up to `timeout` ms for at least one byte; returns the number of bytes, 0 for none. */
int net_receive(int handle, void *data, unsigned size, unsigned timeout);
int net_close(int handle);
/* Waits for TCP connections to a port; returns a handle for `net_accept`. */
int net_listen(uint16_t port);
/* Waits up to `timeout` ms for a connection; returns its handle. */
int net_accept(int handle, unsigned timeout);
/* How many handles can be open at once. */
extern const int net_sockets;

#endif
