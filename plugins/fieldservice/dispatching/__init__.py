"""Dispatching (QP/2-04 5.4): who goes where and when, by whose judgement, and the day's sheet of it (QR/04)."""
