"""What an office's timer does again and again: declared by plugins, held by one process at a time, done once."""
