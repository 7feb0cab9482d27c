"""How fast the assistant answers, beside Rasa's default pipeline: ``make benchmark`` (see :mod:`tools.benchmark`)."""
