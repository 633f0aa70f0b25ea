"""Incoming e-mail: every message of an office's mailbox becomes a call that waits for somebody (QP/2-04 5.2)."""
