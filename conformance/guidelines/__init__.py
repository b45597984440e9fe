"""Guidelines as data: each file holds what one programme requires of a cloud, by documented requirements."""
