"""Customers: what core knows of them, and how their files come in."""
