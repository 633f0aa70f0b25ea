"""The day's dispatch sheet (QR/04): one case per office and day, with a line for each request that was dispatched."""
