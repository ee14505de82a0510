"""One file for each step of the schema; a step that has been released is never changed."""
