"""Rasa custom actions: what the assistant says and whom it calls in."""
