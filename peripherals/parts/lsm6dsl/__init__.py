"""ST LSM6DSL, accelerometer and gyroscope (data sheet DocID028475, application note AN5040)."""
