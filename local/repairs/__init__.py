"""Places where the emulator underneath answers otherwise than AWS, mended in its own code."""
