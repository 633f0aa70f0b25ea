"""A plugin's life in a house: what it holds, what a release of it changes, and how it goes."""
