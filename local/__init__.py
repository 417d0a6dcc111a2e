"""The embedded AWS on this machine. A target like any other: nothing else knows of it."""
