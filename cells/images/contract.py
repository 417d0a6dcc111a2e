"""What a cell expects of every image, the placeholder's and a product's own. `docs/images.md` tells the products."""

ARCHITECTURE = "arm64"
"""Fargate runs the cells on Graviton."""

PORT = 8443
"""Where an API container serves HTTPS, TLS 1.2 and newer. It is given as the environment variable `PORT`."""

HEALTH_PATH = "/health"
"""Answers 200 without touching a database, so that a paused database stays paused."""

USER = "65532:65532"
"""The user and group that containers run as."""

API_COMMAND: tuple[str, ...] = ()
WORKER_COMMAND: tuple[str, ...] = ("worker",)
MIGRATIONS_COMMAND: tuple[str, ...] = ("migrate",)
PERMISSIONS_COMMAND: tuple[str, ...] = ()
"""The arguments that the entry point of each image is started with."""

API_HEALTH_COMMAND: tuple[str, ...] = ("CMD", "healthcheck")
WORKER_HEALTH_COMMAND: tuple[str, ...] = ("CMD", "healthcheck", "worker")
"""The ECS container health checks. `healthcheck` is a program in the image's PATH: there may be no shell."""
