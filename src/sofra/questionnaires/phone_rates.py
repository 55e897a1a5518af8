"""How often one address may be sent to: a limit against floods, far above what teams of phones need."""

import time
from collections import defaultdict, deque
from threading import Lock

from django.conf import settings

_MINUTE = 60.0
_sent: defaultdict[int, deque[float]] = defaultdict(deque)
_lock = Lock()


def seconds_to_wait(collector: int) -> int:
    """0 where the address may send now (which counts), otherwise seconds. Each process of the server counts alone."""
    now = time.monotonic()
    with _lock:
        times = _sent[collector]
        while times and times[0] <= now - _MINUTE:
            times.popleft()
        if len(times) >= settings.PHONE_RATE:
            return max(1, round(times[0] + _MINUTE - now))
        times.append(now)
    return 0
