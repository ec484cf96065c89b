"""Deciding again under scenarios of the settings, with capital for everything and with a book's."""
