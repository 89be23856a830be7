/* Secure Sockets and Wi-Fi of Amazon FreeRTOS, as aws_secure_sockets.h and aws_wifi.h declare them,
 * as far as these applications call them. */
#ifndef PORT_H
#define PORT_H

#include <stdint.h>

enum { AF_INET = 2, AF_INET6 = 10, SOCK_STREAM = 1, IPPROTO_TCP = 6 };
enum { SHUT_RD, SHUT_WR, SHUT_RDWR };
enum {
    SO_RCVTIMEO = 0,
    SO_SNDTIMEO = 1,
    SO_SERVER_NAME_INDICATION = 6,
    SO_REQUIRE_TLS = 8,
};
enum {
    SOCKET_ERROR = -1,
    EINVAL = -22,
    ECLOSED = -128,
    TLS_HANDSHAKE_ERROR = -1002,
    PERIPHERAL_RESET = -1006,
};

struct address {
    uint8_t length, domain;
    uint16_t port; /* network order, as the address */
    uint32_t address;
};

int SOCKETS_Socket(int domain, int type, int protocol);
int SOCKETS_Connect(int socket, const struct address *address, uint32_t length);
int SOCKETS_Recv(int socket, void *buffer, uint32_t size, uint32_t flags);
int SOCKETS_Send(int socket, const void *data, uint32_t size, uint32_t flags);
int SOCKETS_Shutdown(int socket, uint32_t how);
int SOCKETS_Close(int socket);
int SOCKETS_SetSockOpt(int socket, int level, int option, const void *value, uint32_t size);
int WIFI_ConnectAP(const void *network);

/* What this port does with a connection to a port of that number. */
enum server { ECHO = 7, REFUSES = 1, UNTRUSTED = 2, BREAKS = 3, RESETS_MODULE = 4 };

#endif
