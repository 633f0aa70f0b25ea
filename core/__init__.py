"""The house: offices, people, customers and plugins. It knows no procedure."""
