"""Password recovery (QI/03 3.1.14): never a visit, never told; certificate and back-up to the duty manager."""
