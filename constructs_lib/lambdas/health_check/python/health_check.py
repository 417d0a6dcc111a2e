"""Asks the front door of a cell how it is, as anybody on the internet can.

CloudWatch Synthetics counts a run as failed when the handler raises. It takes what the runtime has, nothing else.
"""

import os
from collections.abc import Mapping
from urllib.request import Request, urlopen

_SECONDS = 10


def handler(event: Mapping[str, object], context: object) -> str:
    """Get `HEALTH_URL`. Raises URLError or TimeoutError without an answer, HTTPError or RuntimeError for a wrong one.

    The address is one of ours and begins with https: the template says so.
    """
    url = os.environ["HEALTH_URL"]
    request = Request(url, headers={"User-Agent": "cell-canary", "Cache-Control": "no-cache"})  # noqa: S310
    with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
        if answer.status != 200 or answer.url != url:
            raise RuntimeError(f"{url} answered {answer.status} from {answer.url}")
    return f"{url} is well"
