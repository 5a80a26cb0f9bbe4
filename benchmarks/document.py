"""Sections of documents that a benchmark writes."""

from pathlib import Path


def write_section(document: Path, name: str, text: str) -> None:
    """Replaces what stands between the two markers of `name`."""
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    before, _, rest = document.read_text().partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{document} has no section between `{begin.strip()}` and `{end}`")
    document.write_text(f"{before}{begin}{text}{end}{after}")
