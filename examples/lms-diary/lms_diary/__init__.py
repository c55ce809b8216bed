"""After a module, the one thing the learner will do: written down, kept, found again."""
