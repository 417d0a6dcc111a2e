"""The image `permissions`: OpenFGA behind the program that is beside this file."""
