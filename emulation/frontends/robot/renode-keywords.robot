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
