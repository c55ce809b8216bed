"""Quizzes: questions written as task lists, attempts that lose no answer, fair marking."""
