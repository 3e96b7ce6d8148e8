"""Curves as an SVG picture, on a logarithmic x axis, without a library."""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Point = tuple[float, float]
COLORS = ("#0b6bcb", "#c4421a", "#2f7d32", "#7b3fa0", "#8a6d00", "#00798c", "#b0266a", "#555555")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 420, 60, 300, 46, 48


def curves(
    title: str, x: str, y: str, lines: Mapping[str, Sequence[Point]], *, bound: float | None = None
) -> str:
    """Return a picture of named curves; `bound` is drawn as a dashed line."""
    points = [point for line in lines.values() for point in line]
    low, high = (math.log10(edge(x for x, _ in points)) for edge in (min, max))
    top = 1.1 * max([y for _, y in points] + ([bound] if bound else []))
    inner = WIDTH - LEFT - RIGHT

    def at(point: Point) -> str:
        right = LEFT + (math.log10(point[0]) - low) / ((high - low) or 1) * inner
        return f"{right:.1f},{HEIGHT - BOTTOM - point[1] / top * (HEIGHT - TOP - BOTTOM):.1f}"

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="13" '
        'font-family="sans-serif" fill="none">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(LEFT, 24, title, size=16),
        _text(LEFT + inner / 2, HEIGHT - 10, x, anchor="middle"),
        _text(8, TOP - 6, y),
    ]
    step = _step(top)
    for number in range(int(top / step) + 1):
        left, _, height = at((10**low, number * step)).partition(",")
        drawn.append(f'<path d="M{left},{height}h{inner}" stroke="#ddd"/>')
        drawn.append(_text(LEFT - 8, float(height) + 4, f"{number * step:g}", anchor="end"))
    for power in range(math.ceil(low), math.floor(high) + 1):
        right, _, height = at((10**power, 0)).partition(",")
        drawn.append(_text(float(right), float(height) + 18, f"{10**power:,}", anchor="middle"))
    if bound is not None:
        line = f"M{at((10**low, bound))}L{at((10**high, bound))}"
        drawn.append(f'<path d="{line}" stroke="#000" stroke-dasharray="6 4"/>')
    for number, (name, line) in enumerate(lines.items()):
        color, height = COLORS[number % len(COLORS)], TOP + 10 + 22 * number
        drawn.append(f'<polyline points="{" ".join(map(at, line))}" stroke="{color}" stroke-width="2"/>')
        drawn.append(f'<path d="M{WIDTH - RIGHT + 14},{height}h22" stroke="{color}" stroke-width="3"/>')
        drawn.append(_text(WIDTH - RIGHT + 42, height + 4, name))
    return "\n".join([*drawn, "</svg>", ""])


def _text(right: float, down: float, text: str, *, anchor: str = "start", size: int = 13) -> str:
    place = f'x="{right:.1f}" y="{down:.1f}"'
    return f'<text {place} font-size="{size}" fill="#222" text-anchor="{anchor}">{escape(text)}</text>'


def _step(top: float) -> float:
    """A round distance between some five lines."""
    rough = top / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(nice * power for nice in (1, 2, 5, 10) if nice * power >= rough)
