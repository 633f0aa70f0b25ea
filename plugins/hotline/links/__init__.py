"""Which calls and cases belong together: doubles, several problems of one call, and what follows on what."""
