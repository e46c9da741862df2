"""A map of divisions: shaded by a figure, drawn without a script."""

import json

import pytest

from yijian.vocabulary.errors import UserError
from yijian.web.frame.maps import draw


def square(code, west, south):
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]
    return {
        "type": "Feature",
        "properties": {"adcode": code, "name": f"区{code}"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def borders(folder, *features):
    file = folder / "area.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return file


def test_the_more_the_darker_and_nothing_is_pale(tmp_path):
    file = borders(tmp_path, square("999901", 110, 30), square("999902", 111, 30), square("999903", 112, 30))
    drawn = draw(file, {"999901": 10.0, "999902": 100.0}, {"999901": "一点"}, lambda code: f"/x/{code}")
    assert [(p.code, p.shade, p.said, p.link) for p in drawn.places] == [
        ("999901", 1, "一点", "/x/999901"), ("999902", 5, "—", "/x/999902"), ("999903", 0, "—", "/x/999903"),
    ]  # fmt: skip


def test_a_share_is_measured_against_the_whole(tmp_path):
    file = borders(tmp_path, square("999901", 110, 30), square("999902", 111, 30))
    drawn = draw(file, {"999901": 0.06, "999902": 1.0}, {}, str, most=1.0)
    assert [p.shade for p in drawn.places] == [1, 5]


def test_north_is_up_and_the_whole_width_is_used(tmp_path):
    drawn = draw(borders(tmp_path, square("1", 110, 30), square("2", 110, 31)), {}, {}, str)
    south, north = drawn.places
    assert north.y < south.y
    assert drawn.width == pytest.approx(600)


def test_an_area_without_borders_has_no_map(tmp_path):
    assert draw(tmp_path / "none.geojson", {}, {}, str) is None


@pytest.mark.parametrize("content", ["no json", "{}", '{"features": [{"properties": {}}]}', "[]"])
def test_a_file_that_is_no_map_is_a_sentence(tmp_path, content):
    file = tmp_path / "area.geojson"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match="地图文件看不懂"):
        draw(file, {}, {}, str)
