"""The hotline log (QR/02): one case per office and day, with a line for each call."""
