"""The month's duty roster (QP/2-04 5.1): who is on duty when, who is away, who swaps with whom."""
