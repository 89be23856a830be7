*** Settings ***
Documentation     What the port of Secure Sockets for the STM32 IoT Discovery Kit promises, sentence by
...               sentence: Amazon FreeRTOS user guide, Secure Sockets Ports. Each is seen at the API, at
...               the radio, and at the server.
Resource          sockets.resource
Suite Setup       Choose Keywords
Suite Teardown    Release Keywords
Test Setup        Start Sockets

*** Variables ***
${BOARD}          b_l475e_iot01a
${UART}           usart1
${RESET}          -1006

*** Test Cases ***
The Port Supports Up To Four Sockets
    FOR    ${number}    IN RANGE    4
        Returns    ${number}    socket
        Returns    0    connect ${number} ${ECHO}
    END
    Radio Did    4    P6=1 -> .*OK
    Open Connections    ${ECHO_SERVER}    4
    Returns    ${ERROR}    socket
    Radio Did Nothing
    FOR    ${number}    IN RANGE    4
        Echoes    ${number}    from ${number}
    END

A Module That Is Out Of Step Is Reset And Says So
    Connect To Echo
    Execute Command    wifi_fault "out-of-step"
    Radio
    Returns    ${RESET}    send 0 lost
    Radio Did    1    fault out-of-step

A Module That Stops Responding Is Reset And Says So
    [Tags]    long-wait
    Connect To Echo
    Execute Command    wifi_fault "hang"
    ${result}=    Returns    ${RESET}    send 0 lost
    Should Be True    ${result}[2] >= 30000

After A Reset The Network Is Joined Again
    Connect To Echo
    Execute Command    wifi_fault "out-of-step"
    Returns    ${RESET}    send 0 lost
    Returns    0    socket
    Returns    ${ERROR}    connect 0 ${ECHO}
    Returns    0    close 0
    Radio
    Returns    0    join ${NETWORK}
    Connect To Echo
    Echoes    0    found
    Radio Did    1    C0 -> .*OK
    # The server is not notified that the first one is gone.
    ${seen}=    Server    ${ECHO_SERVER}
    Should Be Equal As Integers    ${seen}[connections][1][received]    5

An Address Counts By Its Port And Address Only
    Returns    0    socket
    Radio
    Returns    0    connect 0 ${ECHO} 99 77
    Radio Did    1    P3=${HOST} -> OK    P4=\\d+ -> OK    P6=1 ->
    Open Connections    ${ECHO_SERVER}    1
    Echoes    0    hello

Connect Supports IPv4 Only
    Returns    0    socket
    Radio
    # SOCKETS_AF_INET6 is not looked at: the address is one of IPv4.
    Returns    0    connect 0 ${ECHO} 28 10
    Radio Did    1    P3=\\d+\\.\\d+\\.\\d+\\.\\d+ -> OK
    Open Connections    ${ECHO_SERVER}    1

A Successful Connect Does Not Prove That Anybody Is There
    Execute Command    wifi_fault "server-hangs" "server: ${ECHO_SERVER}"
    Connect To Echo
    Radio Did    1    P6=1 -> .*OK
    Returns    5    send 0 hello
    Returns    0    option 0 ${OPTION_RECEIVE} 1000
    Returns    0    receive 0 5
    ${seen}=    Server    ${ECHO_SERVER}
    Should Be Equal As Integers    ${seen}[connections][0][received]    0

Time Outs Are Taken Below Thirty Seconds
    Connect To Echo
    FOR    ${option}    IN    ${OPTION_RECEIVE}    ${OPTION_SEND}
        Returns    0    option 0 ${option} 0
        Returns    0    option 0 ${option} 29999
        # The document has 30,000 ms, the port's code has what is less.
        Returns    ${INVALID}    option 0 ${option} 30000
    END
    Radio
    Returns    5    send 0 hello
    Radio Did    1    S2=29999 -> OK

A Receive Ends With Its Time Out
    Returns    0    socket
    Returns    0    connect 0 ${SILENT}
    Returns    0    option 0 ${OPTION_RECEIVE} 2000
    ${result}=    Takes    2000    2250    receive 0 10
    Should Be Equal As Integers    ${result}[0]    0
    Returns    0    option 0 ${OPTION_RECEIVE} 0
    Takes    0    250    receive 0 10

Shutdown Sends No Fin And Ends Send And Receive
    Connect To Echo
    Echoes    0    hello
    Radio
    Returns    0    shutdown 0 ${SHUT_BOTH}
    Radio Did Nothing
    Open Connections    ${ECHO_SERVER}    1
    Returns    ${ENDED}    send 0 more
    Returns    ${ENDED}    receive 0 5
    Radio Did Nothing
    Returns    0    close 0
    Radio Did    1    P6=0 -> .*OK
    # Time for the segment to arrive.
    Returns    0    socket
    Returns    0    connect 0 ${SILENT}
    Open Connections    ${ECHO_SERVER}    0

*** Keywords ***
Connect To Echo
    Returns    0    socket
    Returns    0    connect 0 ${ECHO}
