"""What people say around a case: notes, files, and the notices that tell them what concerns them."""
