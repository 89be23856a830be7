*** Settings ***
Library           renode_wifi.RenodeWifi
Test Setup        Start The Node

*** Test Cases ***
The Node Publishes Temperatures
    Wait For Line On Uart    published 21.5    timeout=5

The Node Finds A Lost Access Point Again
    Execute Command    wifi_fault "ap-vanishes" "for: 20 s"
    Wait For Line On Uart    connection lost    timeout=60
    Wait For Line On Uart    MQTT connected    timeout=120

*** Keywords ***
Start The Node
    Create Board    b_l475e_iot01a    image=<node>    world=${CURDIR}/world.yaml
    Wait For Line On Uart    MQTT connected    timeout=30
