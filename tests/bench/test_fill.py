"""The worlds that growth is measured in are those that calls would have made."""

from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.fill import REGION, World, account_id, fill, image_id, key_of, viewer_id
from bench.plot import curves
from localyun.model import AccessKey, Account, Image, Share
from localyun.store.sqlite import SqliteStore

WORLD = World(images=40, viewers=(25,))


def written(directory: Path, world: World = WORLD) -> list[str]:
    """All that is in a filled store, after another one has opened it."""
    with closing(SqliteStore(directory)) as store:
        assert fill(store, world).keys() == {"account", "access_key", "image", "share"}
    with closing(SqliteStore(directory)) as store:
        return sorted(map(repr, store.dump()))


def test_a_seed_gives_the_same_world(tmp_path: Path) -> None:
    """And another one another world."""
    one = written(tmp_path / "one")

    assert written(tmp_path / "again") == one
    assert written(tmp_path / "other", World(images=40, viewers=(25,), seed=8)) != one


def test_a_filled_world_is_found_and_counted_as_any_other(tmp_path: Path) -> None:
    """By key, by index, and by the counts that are kept."""
    with closing(SqliteStore(tmp_path)) as store:
        assert fill(store, WORLD)["image"] == 40
        with store.reading(0) as tx:
            viewer, owner = viewer_id(25), account_id(3)
            assert tx.get(Account, owner) == Account(id=owner, name=owner)
            assert tx.get(AccessKey, key_of(viewer).id) == key_of(viewer)
            mine = tx.find(Image, owner=owner, region=REGION)
            seen = tx.images_listed_for(viewer, REGION, limit=50, offset=0)
            assert [image.id for image in mine] == [image_id(number) for number in WORLD.images_of(3)]
            assert {image.id for image, _ in seen} == {image_id(number) for number in range(25)}
            assert tx.count(Share, account=viewer, region=REGION, listed=True) == 25
            assert tx.count(Image, owner=owner, region=REGION, status="Available") == len(mine)
            assert all(share.account != owner for share in tx.find(Share, image=mine[0].id))


def test_curves_are_drawn_to_scale() -> None:
    """Twice as high is half as far from the top, and every decade is as wide as the next."""
    picture = ElementTree.fromstring(curves("t", "x", "y", {"a & b": [(1, 1), (10, 2), (100, 0)]}, bound=2))

    (line,) = [node for node in picture if node.tag.endswith("polyline")]
    (x1, y1), (x2, y2), (x3, y3) = (map(float, point.split(",")) for point in line.attrib["points"].split())
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)
    assert y3 - y2 == pytest.approx(2 * (y3 - y1), abs=0.2)
    assert any(node.text == "a & b" for node in picture)
