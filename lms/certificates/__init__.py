"""Proof that somebody finished a course, and a page where anyone can check it."""
