"""What may be said: reads ``data/``, ``knowledge/`` and ``clinic.yml`` into checked, typed objects."""
