"""The house: offices, people, customers and plugins. It knows no procedure."""

__version__ = "0.1.0"
