"""Sofra: the shared table of those who prevent violent extremism in a country."""

__version__ = "0.1.0"
