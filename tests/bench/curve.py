"""Draws `docs/taste.svg`: what votes gain, and the taste's weight, by day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

SMOOTHED = 10
"""Days of which a point is the mean."""

VOTERS = {
    "honest": ("honest votes", "#2a7d4f"),
    "noisy": ("three in ten turned round", "#c77d0a"),
    "random": ("votes by a coin", "#aa3333"),
}
"""Name -> what the line is called, and its colour."""

LEFT, RIGHT, WIDTH, HEIGHT = 60, 550, 720, 420
GREY, LINE = "#555", "#ddd"


@dataclass(frozen=True)
class Point:
    """One voter's day: mean over channels. `gain` in NDCG@10, `weight` 0 to 1."""

    voter: str
    day: int
    gain: float
    weight: float


@dataclass(frozen=True)
class _Panel:
    top: float
    bottom: float
    low: float
    high: float

    def y(self, value: float) -> float:
        """Where a value stands."""
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)


def drawn(points: Sequence[Point]) -> str:
    """The picture, as SVG."""
    days = sorted({p.day for p in points})
    smooth = {v: _smoothed([p for p in points if p.voter == v]) for v in VOTERS}
    gains = [p.gain for line in smooth.values() for p in line]
    low, high = min(-1, int(min(gains) * 10 - 1)), max(1, int(max(gains) * 10 + 1))
    gain, weight = _Panel(64, 254, low / 10, high / 10), _Panel(300, 380, 0, 1)

    def x(day: int) -> float:
        return LEFT + (day - days[0]) / max(1, days[-1] - days[0]) * (RIGHT - LEFT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(
            LEFT, 22, f"What votes gain, and the weight that the taste has earned (mean of {SMOOTHED} days)", size=15
        ),
        _text(LEFT, 46, "NDCG@10 beside the same choice without votes"),
        *_grid(gain, [n / 10 for n in range(low, high + 1)]),
        *_lines(smooth, gain, x, lambda p: p.gain),
        _text(LEFT, 288, "weight (0, 1/4, 1/2, 1; mean of the channels)"),
        *_grid(weight, [0, 0.5, 1]),
        *_lines(smooth, weight, x, lambda p: p.weight),
        *(_text(x(d), 402, f"day {d}", anchor="middle") for d in days if d == days[0] or d % 20 == 0),
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _smoothed(line: Sequence[Point]) -> list[Point]:
    """Each day as the mean of it and the days just before."""
    found = []
    for n, point in enumerate(line):
        span = line[max(0, n + 1 - SMOOTHED) : n + 1]
        gain, weight = (sum(values) / len(span) for values in zip(*((p.gain, p.weight) for p in span), strict=True))
        found.append(Point(point.voter, point.day, gain, weight))
    return found


def _grid(panel: _Panel, values: Sequence[float]) -> list[str]:
    return [
        f'<path d="M{LEFT} {panel.y(v):.1f}H{RIGHT}" stroke="{LINE}"/>'
        + _text(LEFT - 8, panel.y(v) + 4, f"{v:g}", anchor="end")
        for v in values
    ]


def _lines(
    smooth: Mapping[str, Sequence[Point]], panel: _Panel, x: Callable[[int], float], of: Callable[[Point], float]
) -> list[str]:
    """A line for each voter, with its name at the end; names keep clear of each other."""
    found, below = [], 0.0
    for voter in sorted(smooth, key=lambda v: -of(smooth[v][-1])):
        name, colour = VOTERS[voter]
        points = " ".join(f"{x(p.day):.1f},{panel.y(of(p)):.1f}" for p in smooth[voter])
        below = max(below + 14, panel.y(of(smooth[voter][-1])) + 4)
        found.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>')
        found.append(_text(RIGHT + 8, below, name, colour=colour))
    return found


def _text(x: float, y: float, text: str, colour: str = GREY, anchor: str = "start", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" font-size="{size}">{text}</text>'
