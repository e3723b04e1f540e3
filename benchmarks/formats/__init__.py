"""docs/formats.md: what is read, with an example of each, and how much of labelled real logs comes out exactly."""
