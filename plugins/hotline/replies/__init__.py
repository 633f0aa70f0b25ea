"""The reply catalogue: what is asked, answered and promised in each situation (QI/02)."""
