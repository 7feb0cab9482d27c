"""Brings in a person: what a case is, who is told and by when, and what the visitor hears meanwhile."""
