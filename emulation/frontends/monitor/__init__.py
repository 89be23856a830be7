"""The monitor as a person uses it: prompt, history, completion, and time that passes on request."""
