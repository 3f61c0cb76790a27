"""How much memory this process holds."""

import resource
import sys
from pathlib import Path

_NOW = Path("/proc/self/statm")
MEGABYTE = 1024 * 1024


def held_mb() -> int:
    """Megabytes of memory held now; where the system does not tell, the most that was ever held."""
    try:
        pages = int(_NOW.read_text().split()[1])
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most // MEGABYTE if sys.platform == "darwin" else most // 1024
    return pages * resource.getpagesize() // MEGABYTE
