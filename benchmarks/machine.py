"""What every benchmark here runs on."""

import os
import platform
from pathlib import Path


def use_cores(count: int) -> None:
    """For this process and all it starts: nothing that is measured can use more, whatever it does in the background."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < count:
        raise SystemExit(f"{count} cores are needed, this process may use {len(cores)}")
    os.sched_setaffinity(0, cores[:count])


def description(cores: int) -> str:
    """Processor, memory and kernel, for the page."""
    facts = dict(line.split(":", 1) for line in Path("/proc/cpuinfo").read_text().splitlines() if ":" in line)
    model = next((value.strip() for key, value in facts.items() if key.strip() == "model name"), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{model}, {os.cpu_count()} cores of which {cores} are used, {memory:.0f} GiB, "
            f"{platform.system()} {platform.release().split('-')[0]}")


def pins(*locks: Path) -> dict[str, str]:
    """Versions by name; where files differ, the last one's."""
    return dict(line.split(" ")[0].split("==") for lock in locks for line in lock.read_text().splitlines() if "==" in line)
