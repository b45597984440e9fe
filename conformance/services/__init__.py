"""Services as data: a folder for each, by its type, and the schema of such a description."""
