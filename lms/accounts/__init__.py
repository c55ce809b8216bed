"""Accounts: people, signing in, roles, regions and organisations; every other plugin may import it."""
