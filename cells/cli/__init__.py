"""The `cells` command line, one file per verb."""
