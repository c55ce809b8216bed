"""Courses: catalogue, lessons, enrolment, and the ledger of what each learner completed and why."""
