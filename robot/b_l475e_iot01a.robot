*** Settings ***
Documentation     What the ST board and its Wi-Fi module promise to the port that drives them.
Resource          boards.resource
Suite Setup       Choose Keywords
Suite Teardown    Release Keywords

*** Variables ***
${BOARD}          b_l475e_iot01a
${UART}           usart1
${ECHO}           10.10.0.1 7
${SILENT}         10.10.0.1 9

*** Test Cases ***
The Probe Passes
    Start Board    ${BOARD}    probe    ${UART}
    Wait For Line On Uart    probe: PASSED

Four Sockets And No Fifth
    Start Joined
    FOR    ${number}    IN RANGE    4
        Type Well    open tcp ${ECHO}
    END
    Type Badly    open tcp ${ECHO}
    ${server}=    Server    echo
    Should Be Equal As Integers    ${server}[open]    4

A Module That Stops Responding Is Cured By A Reset And A Join
    [Tags]    long-wait
    Start Joined
    Type Well    open tcp ${ECHO}
    Execute Command    wifi_fault "hang"
    ${line}=    Type Badly    send 0 lost
    ${duration}=    Milliseconds Of    ${line}
    Should Be True    ${duration} >= 30000
    Type Well    start
    Type Well    join renode-wifi no-board-farm
    Type Well    close 0
    Type Well    open tcp ${ECHO}
    Type Well    send 0 found
    ${line}=    Type Well    receive 0 100 1000
    Should Contain    ${{str($line)}}    found

A Module Out Of Step Is Cured By A Reset And A Join
    Start Joined
    Type Well    open tcp ${ECHO}
    Execute Command    wifi_fault "out-of-step"
    Type Badly    send 0 lost
    Type Badly    send 0 lost
    Type Well    start
    Type Well    join renode-wifi no-board-farm
    Type Well    close 0
    Type Well    open tcp ${ECHO}
    Type Well    send 0 found

A Connection To A Closed Port Fails And One Over UDP Proves Nothing
    Start Joined
    Type Badly    open tcp 10.10.0.1 4
    Type Well    open udp 10.10.0.1 4

Nothing Connects Before The Join
    Start Board    ${BOARD}    shell    ${UART}
    Type Well    start
    Type Badly    open tcp ${ECHO}

A Receive Waits Thirty Seconds Of Silence Exactly
    [Tags]    long-wait
    Start Joined
    Type Well    open tcp ${SILENT}
    ${line}=    Type Well    receive 0 100 30000
    ${duration}=    Milliseconds Of    ${line}
    Should Be True    30000 <= ${duration} <= 30250

A Receive That Does Not Wait Returns At Once
    Start Joined
    Type Well    open tcp ${SILENT}
    ${line}=    Type Well    receive 0 100 0
    ${duration}=    Milliseconds Of    ${line}
    Should Be True    ${duration} <= 250

The Peer Learns Of The End From Close Alone
    Start Joined
    Type Well    open tcp ${ECHO}
    Type Well    send 0 hello
    ${server}=    Server    echo
    Should Be Equal    ${server}[connections][0][closed]    ${NONE}
    Type Well    close 0
    Type Well    resolve echo.home.test
    ${server}=    Server    echo
    Should Not Be Equal    ${server}[connections][0][closed]    ${NONE}

A Server That Another Root Signed Is Refused
    Start Joined
    Type Badly    open tls 10.10.0.2 9000
    Type Well    open tls 10.10.0.1 9012

A Join Fails Without The Right Name Or Passphrase
    Start Board    ${BOARD}    shell    ${UART}
    Type Well    start
    Type Badly    join nobody no-board-farm
    Type Badly    join renode-wifi wrong-wrong
    Type Well    join renode-wifi no-board-farm

*** Keywords ***
Start Joined
    Start Board    ${BOARD}    shell    ${UART}
    Type Well    start
    Type Well    join renode-wifi no-board-farm
