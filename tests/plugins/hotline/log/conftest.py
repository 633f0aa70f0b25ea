"""What these tests share with those of core: the means to count statements."""

from tests.core.conftest import queries_of

__all__ = ["queries_of"]
