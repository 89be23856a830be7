"""The registers of the LSM6DSL (data sheet, sections 8 to 11): three banks, chosen by
FUNC_CFG_ACCESS, and the bits that mean something to the model."""

from __future__ import annotations

from renode_wifi.peripherals.parts.registers import ByteRegister

IDENTITY = 0x6A

ACCESS, FUNC_CFG_ACCESS = "FUNC_CFG_ACCESS", 0x01
BANK_A, BANK_B = 0x80, 0xA0
"""Values of FUNC_CFG_ACCESS: FUNC_CFG_EN, and that with FUNC_CFG_EN_B."""

FIFO2_TIMER_PEDO_EN, FIFO2_TEMP_EN = 1 << 7, 1 << 3
FIFO4_STOP_ON_FTH, FIFO4_ONLY_HIGH = 1 << 7, 1 << 6
DRDY_PULSED = 1 << 7
INT1_DRDY_XL, INT1_DRDY_G, INT1_BOOT, INT1_FTH = 1, 1 << 1, 1 << 2, 1 << 3
INT1_FIFO_OVR, INT1_FULL, INT1_SIGN_MOT, INT1_STEP = 1 << 4, 1 << 5, 1 << 6, 1 << 7
INT2_DRDY_XL, INT2_DRDY_G, INT2_DRDY_TEMP, INT2_FTH = 1, 1 << 1, 1 << 2, 1 << 3
INT2_FIFO_OVR, INT2_FULL, INT2_STEP_OV, INT2_STEP_DELTA = 1 << 4, 1 << 5, 1 << 6, 1 << 7
CTRL3_BOOT, CTRL3_BDU, CTRL3_H_LACTIVE = 1 << 7, 1 << 6, 1 << 5
CTRL3_IF_INC, CTRL3_BLE, CTRL3_SW_RESET = 1 << 2, 1 << 1, 1 << 0
CTRL4_SLEEP, CTRL4_INT2_ON_INT1 = 1 << 6, 1 << 5
CTRL6_XL_HM_MODE, CTRL6_USR_OFF_W = 1 << 4, 1 << 3
CTRL8_HP_SLOPE_XL_EN = 1 << 2
CTRL10_TIMER_EN, CTRL10_PEDO_EN, CTRL10_TILT_EN = 1 << 5, 1 << 4, 1 << 3
CTRL10_FUNC_EN, CTRL10_PEDO_RST, CTRL10_SIGN_MOTION_EN = 1 << 2, 1 << 1, 1 << 0
STATUS_TDA, STATUS_GDA, STATUS_XLDA = 1 << 2, 1 << 1, 1 << 0
WAKE_FF_IA, WAKE_SLEEP_STATE, WAKE_WU_IA = 1 << 5, 1 << 4, 1 << 3
TAP_IA, TAP_SINGLE, TAP_DOUBLE, TAP_SIGN = 1 << 6, 1 << 5, 1 << 4, 1 << 3
D6D_IA = 1 << 6
FUNC_SIGN_MOTION, FUNC_TILT, FUNC_STEP, FUNC_STEP_OVERFLOW = 1 << 6, 1 << 5, 1 << 4, 1 << 3
FUNC_STEP_DELTA = 1 << 7
TAP_CFG_ENABLE, TAP_CFG_SLOPE_FDS, TAP_CFG_LIR = 1 << 7, 1 << 4, 1 << 0
THS_6D_D4D = 1 << 7
WAKE_THS_DOUBLE_TAP = 1 << 7
WAKE_DUR_TIMER_HR, WAKE_DUR_FF_DUR5 = 1 << 4, 1 << 7
MD_TIMER, MD_TILT, MD_6D, MD_DOUBLE_TAP = 1, 1 << 1, 1 << 2, 1 << 3
MD_FF, MD_WU, MD_SINGLE_TAP, MD_INACT = 1 << 4, 1 << 5, 1 << 6, 1 << 7

OUT_TEMP, OUT_G, OUT_XL, OUT_XL_END = 0x20, 0x22, 0x28, 0x2D
FIFO_DATA_OUT_L, FIFO_DATA_OUT_H = 0x3E, 0x3F
TIMESTAMP2 = 0x42
TIMESTAMP_RESET = 0xAA

_ACCESS = ByteRegister(ACCESS, FUNC_CFG_ACCESS, 0, 0xA0, on_write="_choose_bank")

REGISTERS = (
    _ACCESS,
    ByteRegister("SENSOR_SYNC_TIME_FRAME", 0x04, 0, 0x0F),
    ByteRegister("SENSOR_SYNC_RES_RATIO", 0x05, 0, 0x03),
    ByteRegister("FIFO_CTRL1", 0x06, on_write="_configure_fifo"),
    ByteRegister("FIFO_CTRL2", 0x07, 0, 0x8F, on_write="_configure_fifo"),
    ByteRegister("FIFO_CTRL3", 0x08, 0, 0x3F, on_write="_configure_fifo"),
    ByteRegister("FIFO_CTRL4", 0x09, on_write="_configure_fifo"),
    ByteRegister("FIFO_CTRL5", 0x0A, 0, 0x7F, on_write="_configure_fifo"),
    ByteRegister("DRDY_PULSE_CFG_G", 0x0B, 0, 0x81, on_write="_wire"),
    ByteRegister("INT1_CTRL", 0x0D, on_write="_wire"),
    ByteRegister("INT2_CTRL", 0x0E, on_write="_wire"),
    ByteRegister("WHO_AM_I", 0x0F, IDENTITY, 0),
    ByteRegister("CTRL1_XL", 0x10, on_write="_configure"),
    ByteRegister("CTRL2_G", 0x11, 0, 0xFE, on_write="_configure"),
    ByteRegister("CTRL3_C", 0x12, 0x04, 0x7E, on_write="_command"),
    ByteRegister("CTRL4_C", 0x13, 0, 0xFE, on_write="_configure"),
    ByteRegister("CTRL5_C", 0x14),
    ByteRegister("CTRL6_C", 0x15, 0, 0xFB, on_write="_configure"),
    ByteRegister("CTRL7_G", 0x16, 0, 0xF4),
    ByteRegister("CTRL8_XL", 0x17, 0, 0xFD),
    ByteRegister("CTRL9_XL", 0x18, 0xE0, 0xF4),
    ByteRegister("CTRL10_C", 0x19, 0, 0xBF, on_write="_configure_functions"),
    ByteRegister("MASTER_CONFIG", 0x1A, 0, 0xDF),
    ByteRegister("WAKE_UP_SRC", 0x1B, 0, 0, on_read="_read_wake_up"),
    ByteRegister("TAP_SRC", 0x1C, 0, 0, on_read="_read_tap"),
    ByteRegister("D6D_SRC", 0x1D, 0, 0, on_read="_read_6d"),
    ByteRegister("STATUS_REG", 0x1E, 0, 0),
    ByteRegister("OUT_TEMP", OUT_TEMP, 0, 0, count=2, on_read="_read_temperature"),
    ByteRegister("OUT_G", OUT_G, 0, 0, count=6, on_read="_read_rotation"),
    ByteRegister("OUT_XL", OUT_XL, 0, 0, count=6, on_read="_read_acceleration"),
    ByteRegister("SENSORHUB1_12", 0x2E, 0, 0, count=12),
    ByteRegister("FIFO_STATUS", 0x3A, 0, 0, count=4, on_read="_read_fifo_status"),
    ByteRegister("FIFO_DATA_OUT", FIFO_DATA_OUT_L, 0, 0, count=2, on_read="_read_fifo"),
    ByteRegister("TIMESTAMP0_1", 0x40, 0, 0, count=2, on_read="_read_timestamp"),
    ByteRegister("TIMESTAMP2", TIMESTAMP2, on_read="_read_timestamp2", on_write="_timestamp"),
    ByteRegister("STEP_TIMESTAMP", 0x49, 0, 0, count=2),
    ByteRegister("STEP_COUNTER", 0x4B, 0, 0, count=2),
    ByteRegister("SENSORHUB13_18", 0x4D, 0, 0, count=6),
    ByteRegister("FUNC_SRC1", 0x53, 0, 0, on_read="_read_functions"),
    ByteRegister("FUNC_SRC2", 0x54, 0, 0),
    ByteRegister("WRIST_TILT_IA", 0x55, 0, 0),
    ByteRegister("TAP_CFG", 0x58, on_write="_configure_functions"),
    ByteRegister("TAP_THS_6D", 0x59),
    ByteRegister("INT_DUR2", 0x5A),
    ByteRegister("WAKE_UP_THS", 0x5B, 0, 0xBF),
    ByteRegister("WAKE_UP_DUR", 0x5C, on_write="_timestamp"),
    ByteRegister("FREE_FALL", 0x5D),
    ByteRegister("MD1_CFG", 0x5E, on_write="_wire"),
    ByteRegister("MD2_CFG", 0x5F, on_write="_wire"),
    ByteRegister("MASTER_CMD_CODE", 0x60),
    ByteRegister("SENS_SYNC_SPI_ERROR_CODE", 0x61),
    ByteRegister("OUT_MAG_RAW", 0x66, 0, 0, count=6),
    ByteRegister("X_OFS_USR", 0x73),
    ByteRegister("Y_OFS_USR", 0x74),
    ByteRegister("Z_OFS_USR", 0x75),
)

REGISTERS_A = (
    _ACCESS,
    ByteRegister("SLV0_ADD", 0x02, count=12),
    ByteRegister("DATAWRITE_SRC_MODE_SUB_SLV0", 0x0E),
    ByteRegister("CONFIG_PEDO_THS_MIN", 0x0F, 0x10, 0x9F),
    ByteRegister("SM_THS", 0x13, 0x06),
    ByteRegister("PEDO_DEB_REG", 0x14, 0x6E),
    ByteRegister("STEP_COUNT_DELTA", 0x15),
    ByteRegister("MAG_SI_XX", 0x24, 0x08),
    ByteRegister("MAG_SI_XY", 0x25, count=3),
    ByteRegister("MAG_SI_YY", 0x28, 0x08),
    ByteRegister("MAG_SI_YZ", 0x29, count=3),
    ByteRegister("MAG_SI_ZZ", 0x2C, 0x08),
    ByteRegister("MAG_OFF", 0x2D, count=6),
)

REGISTERS_B = (
    _ACCESS,
    ByteRegister("A_WRIST_TILT_LAT", 0x50, 0x0F),
    ByteRegister("A_WRIST_TILT_THS", 0x54, 0x20),
    ByteRegister("A_WRIST_TILT_MASK", 0x59, 0xC0, 0xFC),
)
