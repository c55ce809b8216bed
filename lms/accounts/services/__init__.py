"""What accounts can do; each module holds the verbs of one noun. They flush and never commit."""
