"""One-day seminars: the programme of the day, and where it is to be held."""
