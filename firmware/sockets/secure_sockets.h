/* Secure Sockets and Wi-Fi of Amazon FreeRTOS as far as this program calls them (aws_secure_sockets.h,
 * aws_wifi.h of v1.4.9), under their own names. */
#ifndef SECURE_SOCKETS_H
#define SECURE_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

typedef void *Socket_t;
typedef uint32_t Socklen_t;

typedef struct {
    uint8_t ucLength, ucSocketDomain;
    uint16_t usPort;
    uint32_t ulAddress;
} SocketsSockaddr_t;

enum {
    SOCKETS_ERROR_NONE = 0,
    SOCKETS_SOCKET_ERROR = -1,
    SOCKETS_EWOULDBLOCK = -11,
    SOCKETS_EINVAL = -22,
    SOCKETS_ENOPROTOOPT = -109,
    SOCKETS_ECLOSED = -128,
    SOCKETS_TLS_HANDSHAKE_ERROR = -1002,
    SOCKETS_PERIPHERAL_RESET = -1006,
};
enum { SOCKETS_AF_INET = 2, SOCKETS_SOCK_STREAM = 1, SOCKETS_IPPROTO_TCP = 6 };
enum { SOCKETS_SHUT_RD, SOCKETS_SHUT_WR, SOCKETS_SHUT_RDWR };
enum { SOCKETS_SO_RCVTIMEO = 0, SOCKETS_SO_SNDTIMEO = 1, SOCKETS_SO_REQUIRE_TLS = 8 };
#define SOCKETS_INVALID_SOCKET ((Socket_t)~0u)

typedef struct {
    const char *pcSSID;
    uint8_t ucSSIDLength;
    const char *pcPassword;
    uint8_t ucPasswordLength;
    uint8_t xSecurity;
    int8_t cChannel;
} WIFINetworkParams_t;

Socket_t SOCKETS_Socket(int32_t lDomain, int32_t lType, int32_t lProtocol);
int32_t SOCKETS_Connect(Socket_t xSocket, SocketsSockaddr_t *pxAddress, Socklen_t xAddressLength);
int32_t SOCKETS_Recv(Socket_t xSocket, void *pvBuffer, size_t xBufferLength, uint32_t ulFlags);
int32_t SOCKETS_Send(Socket_t xSocket, const void *pvBuffer, size_t xDataLength, uint32_t ulFlags);
int32_t SOCKETS_Shutdown(Socket_t xSocket, uint32_t ulHow);
int32_t SOCKETS_Close(Socket_t xSocket);
int32_t SOCKETS_SetSockOpt(Socket_t xSocket, int32_t lLevel, int32_t lOptionName,
                           const void *pvOptionValue, size_t xOptionLength);
uint32_t SOCKETS_GetHostByName(const char *pcHostName);
int32_t WIFI_ConnectAP(const WIFINetworkParams_t *pxNetworkParams);
int32_t WIFI_On(void);

#endif
