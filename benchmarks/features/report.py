"""The results as a table and as a chart."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Row:
    """Medians over the repetitions. `ratio` compares with the first system of the work, within each repetition."""

    work: str
    system: str
    seconds: float
    peak_mb: float
    ratio: float
    ratio_min: float
    ratio_max: float

    def published(self) -> dict:
        return {"work": self.work, "system": self.system, "seconds": round(self.seconds, 3),
                "peak_mb": round(self.peak_mb, 1)}


def works_of(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(row.work for row in rows))


def markdown(rows: list[Row], *, command: str, machine: str, repeat: int) -> str:
    lines = [f"`{command}`", "", f"{machine}.", "",
             f"Medians of {repeat}; in brackets the least and the greatest ratio within a repetition.", "",
             "| work | system | seconds | times the first | peak memory, MB |", "|---|---|--:|--:|--:|"]
    for row in rows:
        first = row.ratio_min == row.ratio_max == 1.0
        ratio = "1" if first else f"{row.ratio:.2f} ({row.ratio_min:.2f}–{row.ratio_max:.2f})"
        lines.append(f"| `{row.work}` | {row.system} | {row.seconds:.2f} | {ratio} | {row.peak_mb:.0f} |")
    return "\n".join(lines) + "\n"


# Of the chart, in pixels.
WIDTH, LABELS, VALUES = 760, 130, 60
BAR, BAR_STEP, WORK_GAP, TITLE = 16, 21, 18, 22
COLOURS = {"asof": "#0b6e4f"}
OTHER_COLOUR = "#8fa3ad"


def svg(rows: list[Row]) -> str:
    """Horizontal bars, works below each other, each on a scale of its own: works are not compared with each other."""
    parts, y = [], 8
    for work in works_of(rows):
        own = [row for row in rows if row.work == work]
        longest = max(row.seconds for row in own)
        y += TITLE
        parts.append(f'<text x="8" y="{y - 7}" font-weight="bold">{escape(work)}, seconds</text>')
        for row in own:
            width = max(1.0, (WIDTH - LABELS - VALUES) * row.seconds / longest)
            parts.append(f'<text x="{LABELS - 8}" y="{y + 12}" text-anchor="end">{escape(row.system)}</text>'
                         f'<rect x="{LABELS}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" '
                         f'fill="{COLOURS.get(row.system, OTHER_COLOUR)}"/>'
                         f'<text x="{LABELS + width + 6:.1f}" y="{y + 12}">{row.seconds:.2f}</text>')
            y += BAR_STEP
        y += WORK_GAP
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}" '
            f'font-family="sans-serif" font-size="12" fill="#1b1f23">\n'
            f'<rect width="{WIDTH}" height="{y}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n")
