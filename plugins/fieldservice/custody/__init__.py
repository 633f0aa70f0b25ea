"""Custody (QI/05 3.3, 3.4): what was taken from a customer, from hand to hand, until it is back or destroyed."""
