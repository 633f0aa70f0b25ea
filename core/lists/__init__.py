"""Lists: what can be asked of them, which columns they show, and the filters that people keep."""
