/* What is the same in both ports. SOCKETS: how many there are; OF_A_SOCKET: what one has besides. */
#include "secure_sockets.h"

enum { NOT_RECEIVING = 1, NOT_SENDING = 2, CONNECTED = 4, SECURE = 8 };

static struct {
    int in_use, flags;
    OF_A_SOCKET;
} sockets[SOCKETS];

#define API __attribute__((noipa, used))

static int number_of(Socket_t socket)
{
    unsigned number = (unsigned)(uintptr_t)socket;
    return number < SOCKETS && sockets[number].in_use ? (int)number : -1;
}

API int32_t WIFI_On(void)
{
    char identity[80] = "";
    return net_start(identity, sizeof identity) < 0;
}

API int32_t WIFI_ConnectAP(const WIFINetworkParams_t *network)
{
    char own[16];
    return net_join(network->pcSSID, network->pcPassword, own, sizeof own) < 0;
}

API uint32_t SOCKETS_GetHostByName(const char *name)
{
    uint32_t found;
    return net_resolve(name, (uint8_t *)&found) < 0 ? 0 : found;
}

API int32_t SOCKETS_Shutdown(Socket_t socket, uint32_t how)
{
    int number = number_of(socket);
    if (number < 0 || how > SOCKETS_SHUT_RDWR)
        return SOCKETS_EINVAL;
    sockets[number].flags |= how == SOCKETS_SHUT_RD   ? NOT_RECEIVING
                             : how == SOCKETS_SHUT_WR ? NOT_SENDING
                                                      : NOT_RECEIVING | NOT_SENDING;
    return SOCKETS_ERROR_NONE;
}
