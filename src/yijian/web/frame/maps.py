"""A map of divisions as SVG, drawn here: it prints, and needs neither a script nor the internet.

The area ships its borders as GeoJSON (`HOME/area.geojson`, WGS 84), a feature a division with `properties.adcode` (six digits)
and `properties.name`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import cos, radians
from pathlib import Path
from typing import Any

from yijian.vocabulary.errors import UserError

WIDTH = 600.0
CLASSES = 5
"""Shades from little to much."""

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Place:
    """A division on the map: the outline, where its name stands, its figure in words, its shade (0 = nothing), where it leads."""

    code: str
    name: str
    path: str
    x: float
    y: float
    said: str
    shade: int
    link: str


@dataclass(frozen=True)
class Map:
    """A picture `WIDTH` wide."""

    width: float
    height: float
    places: list[Place]


def draw(
    file: Path, figures: Mapping[str, float], words: Mapping[str, str], link: Callable[[str], str], most: float | None = None
) -> Map | None:
    """Divisions shaded by a figure; None where the area ships no borders. UserError where the file cannot be read.

    figures, words: six digits → amount, what is said of it; link: six digits → address; most: the amount of the darkest
    shade, the greatest of the figures unless given (a share is measured against the whole, not against the best).
    """
    if not file.is_file():
        return None
    try:
        features = [_feature(f) for f in json.loads(file.read_text(encoding="utf-8"))["features"]]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError("地图文件看不懂", where=str(file), do="请使用 GeoJSON，每个区划带 adcode 与 name 属性") from error
    points = [point for _, _, rings in features for ring in rings for point in ring]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    stretch = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * stretch, 1e-9)

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return (point[0] - west) * stretch * scale, (north - point[1]) * scale

    darkest = max(figures.values(), default=0.0) if most is None else most
    places: list[Place] = []
    for code, name, rings in features:
        shown = [[at(point) for point in ring] for ring in rings]
        path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in shown)
        biggest = max(shown, key=len)
        x, y = (sum(p[i] for p in biggest) / len(biggest) for i in (0, 1))
        places.append(Place(code, name, path, x, y, words.get(code, "—"), _shade(figures.get(code, 0.0), darkest), link(code)))
    return Map(WIDTH, (north - south) * scale, places)


def _feature(feature: Any) -> tuple[str, str, list[Ring]]:
    said = feature["properties"]
    return str(said["adcode"]), str(said["name"]), list(_rings(feature["geometry"]))


def _rings(geometry: Any) -> Iterator[Ring]:
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for part in parts:
        for ring in part:
            yield [(float(x), float(y)) for x, y, *_ in ring]


def _shade(figure: float, most: float) -> int:
    return min(CLASSES, 1 + int(CLASSES * figure / most)) if figure > 0 and most > 0 else 0
