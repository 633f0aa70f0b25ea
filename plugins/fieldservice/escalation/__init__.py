"""Escalations (QI/05 3.5-3.7): what the office cannot solve, before head office and back with a remedy."""
