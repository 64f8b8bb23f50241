"""What the page on using the book says in words is no result."""

GIVEN = ["of some hundreds of megabytes"]
