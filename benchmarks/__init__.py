"""Measurements of answer quality and speed; the figures in ``docs/`` come from here."""
