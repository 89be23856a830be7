*** Comments ***
In place of Renode's renode-keywords.robot: suites that are written for renode-test run with
    robot --variable RENODEKEYWORDS:<this file> suite.robot
(`python -m renode_wifi.emulation.frontends.robot` prints its path).

*** Settings ***
Library    renode_wifi.RenodeWifi
Library    String
Library    Process
Library    Collections
Library    OperatingSystem
Library    DateTime

*** Variables ***
${DEFAULT_UART_TIMEOUT}    8

*** Keywords ***
Setup
    Set Default Uart Timeout    ${DEFAULT_UART_TIMEOUT}
    Enable Logging To Cache
    Reset Emulation

Teardown
    Stop Remote Server

Test Setup
    Reset Emulation

Test Teardown
    Reset Emulation

Hot Spot
    Handle Hot Spot    None

Start Emulation
    [Documentation]    Lets 10 ms of virtual time pass, as some do in Renode until the next keyword.
    renode_wifi.RenodeWifi.Start Emulation
    Run For    0.01

Sleep
    [Documentation]    Lets virtual time pass: in Renode the emulation goes on meanwhile.
    [Arguments]    ${time}    ${reason}=${EMPTY}
    ${seconds}=    Convert Time    ${time}
    Run For    ${seconds}
