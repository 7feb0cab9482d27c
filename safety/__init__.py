"""The safety room: screens every message before anything else reads it, and holds the fixed replies."""

from __future__ import annotations

from safety.rules import SafetyRulesError
from safety.screen import Finding, Screen
from safety.templates import Templates

__all__ = ["Finding", "SafetyRulesError", "Screen", "Templates"]
