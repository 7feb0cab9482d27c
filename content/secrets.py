"""Secrets come from the environment, or from a file that it names, and from nowhere else.

``NAME_FILE`` holds the path of a file with the value of ``NAME``: what Docker, Kubernetes and systemd make of a secret.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


class SecretError(ValueError):
    """A secret cannot be read; the message says which, and what to do."""


def value_of(name: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the value of a variable, or what the file named by ``<name>_FILE`` holds; None when neither is set.

    Raises:
        SecretError: Both are set, or the file cannot be read. Never quotes the value.
    """
    path = environment.get(f"{name}_FILE")
    if not path:
        return environment.get(name)
    if environment.get(name):
        raise SecretError(f"{name} and {name}_FILE are both set: keep one of them.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(
            f"{name}_FILE names a file that cannot be read ({type(error).__name__}): let it name a text file that the "
            "user of this process may read."
        ) from error
