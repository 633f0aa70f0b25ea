"""The shift: who is on the seat, who is away by whose permission, and what one duty manager hands to the next."""
