"""The boards' hardware: silicon, radios and the world around them. Knows no engine."""
