"""The safety room: screens every message before anything else reads it, and holds the fixed replies."""

from __future__ import annotations

from safety.language import language_of
from safety.region import Region
from safety.rules import SafetyRulesError
from safety.screen import FIXED, Finding, Screen
from safety.templates import Templates

__all__ = ["FIXED", "Finding", "Region", "SafetyRulesError", "Screen", "Templates", "language_of"]
