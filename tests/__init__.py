"""The tests, a folder for each package and a file for each module; `support` holds what they share."""
