"""Invents a clinic's two months: who wrote when, what was answered, and what the staff did."""
