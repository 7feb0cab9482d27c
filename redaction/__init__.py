"""The redacted copy of what visitors write: personal identifiers replaced by marks, everything else as it was."""

from redaction.finding import KINDS

__all__ = ["KINDS", "redact"]


def redact(text: str) -> str:
    """Return ``text`` with ``[name]``, ``[phone]``, ``[e-mail]`` and so on (see `KINDS`) in place of identifiers.

    Never raises for any text, and goes nowhere: no network, no file but the model's. The first call loads the model,
    which takes some seconds and stays in memory.
    """
    from redaction.redactor import redactor  # not before it is needed

    return redactor().redact(text)
