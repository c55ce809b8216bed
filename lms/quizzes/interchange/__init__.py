"""Questions from and to other systems: GIFT, Moodle XML, Aiken, and Markdown like ours."""
