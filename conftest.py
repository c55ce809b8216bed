"""Every test may use the testing kits that Sauat ships for plugins."""

pytest_plugins = ["lms.testing", "lms.accounts.testing", "lms.courses.testing"]
