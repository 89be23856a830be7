"""The few contracts between models, and between models and the engine that runs them."""
