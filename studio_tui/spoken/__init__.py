"""Dates and times as people of a language write them, by the Unicode consortium's data (Babel); nothing else knows it.

Screens in English never load it: it takes longer than their first picture may.
"""
