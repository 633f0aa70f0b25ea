"""The visit with a phone in one hand: what is kept in a dead spot, and what QI/04 asks on the way."""
