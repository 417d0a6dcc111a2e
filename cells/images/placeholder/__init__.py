"""The placeholder: the image that a container runs until its product has built one."""

from pathlib import Path

PLACEHOLDER_DIGEST = "sha256:d8581883569d8b95b28a1cb9a37e85e97b5060baeb105fa9c10a6e5b29dd3280"
"""The pinned digest. `build.py` refuses an image that has another one."""

PLACEHOLDER_TAG = f"placeholder-{PLACEHOLDER_DIGEST.removeprefix('sha256:')[:12]}"
"""Its tag in ECR, where tags cannot be moved. Nothing refers to it; it tells a person what the image is."""

PLACEHOLDER_LAYOUT = Path(__file__).parent / "layout"
"""The image itself, as an OCI image layout."""
