"""The figures of the hotline: how many calls, how many solved by phone, how many answered in time."""
