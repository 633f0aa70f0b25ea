"""What becomes of a call besides being answered: who owns it, who arranges it, and how it ends otherwise."""
