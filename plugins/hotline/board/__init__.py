"""The live board of the duty manager: what waits, whose it is, and until when."""
