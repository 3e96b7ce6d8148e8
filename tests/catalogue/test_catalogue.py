"""The catalogue: complete, consistent with itself, and read only when asked for."""

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from localyun import catalogue

FILES = sorted(Path(catalogue.__file__).parent.glob("*.json"))

WATCH_WHAT_AN_IMPORT_OPENS = """
import sys
sys.addaudithook(lambda event, args: event == "open" and str(args[0]).endswith(".json") and print(args[0]))
from localyun import catalogue
print("imported")
catalogue.disk_categories()
catalogue.disk_category("cloud")
"""


def test_importing_the_catalogue_reads_no_data():
    """A file is opened when it is asked for, and once only."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH_WHAT_AN_IMPORT_OPENS],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert [Path(line).name for line in done.stdout.splitlines()] == ["imported", "disk_categories.json"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_file_says_where_its_facts_come_from(file):
    """Source and month stand at the top of each file."""
    content = json.loads(file.read_bytes())

    assert list(content)[:2] == ["source", "date"]
    assert content["source"].endswith(".")
    assert re.fullmatch(r"20\d\d-\d\d", content["date"])


@pytest.mark.parametrize(
    ("list_all", "find"),
    [
        (catalogue.regions, catalogue.region),
        (catalogue.instance_types, catalogue.instance_type),
        (catalogue.system_images, catalogue.system_image),
        (catalogue.disk_categories, catalogue.disk_category),
        (lambda: [zone for region in catalogue.regions() for zone in region.zones], catalogue.zone),
    ],
    ids=["regions", "instance types", "system images", "disk categories", "zones"],
)
def test_everything_is_found_by_its_own_id(list_all, find):
    """Ids are unique, so that each entry is found by its id; an id that isn't there finds nothing."""
    entries = list_all()

    assert entries
    assert [find(entry.id) for entry in entries] == list(entries)
    assert find("nowhere") is None


def test_a_mark_in_an_id_names_one_region():
    """Marks have three characters, are unique, and lead back to their region."""
    regions = catalogue.regions()

    assert all(re.fullmatch("[a-z0-9]{3}", region.id_mark) for region in regions)
    assert [catalogue.region_for_mark(region.id_mark) for region in regions] == list(regions)
    assert catalogue.region_for_mark("???") is None


@pytest.mark.parametrize(
    ("region", "mark"),
    [("cn-hangzhou", "bp1"), ("cn-beijing", "2ze"), ("ap-northeast-1", "6we"), ("ap-southeast-1", "t4n")],
)
def test_known_marks_are_the_providers_own(region, mark):
    """Where public ids show a region's mark, it is that one."""
    found = catalogue.region(region)

    assert found
    assert found.id_mark == mark
    assert "id_mark" not in found.invented


def test_what_is_invented_is_a_field():
    """`invented` names fields of the region."""
    named = {name for region in catalogue.regions() for name in region.invented}

    assert named <= set(catalogue.Region.__struct_fields__)


def test_each_region_has_zones_that_begin_with_its_id():
    """No region is without a zone; a zone's id is the region's and a letter."""
    for region in catalogue.regions():
        assert region.zones
        assert all(re.fullmatch(rf"{region.id}-?[a-z]", zone.id) for zone in region.zones)
        assert {zone.region for zone in region.zones} == {region.id}


@pytest.mark.parametrize(
    ("zone", "local_name", "local_name_en"),
    [
        ("cn-hangzhou-h", "杭州 可用区H", "Hangzhou Zone H"),
        ("cn-hangzhou-k", "杭州 可用区K", "Hangzhou Zone K"),
        ("ap-southeast-1a", "新加坡 可用区A", "Singapore Zone A"),
    ],
)
def test_zones_are_named_as_the_provider_names_them(zone, local_name, local_name_en):
    """After a digit the letter follows at once, else after a dash."""
    found = catalogue.zone(zone)

    assert found
    assert (found.local_name, found.local_name_en) == (local_name, local_name_en)


def test_the_regions_are_those_with_an_ecs_endpoint():
    """A region is one by having an address for ECS, and knows it."""
    published = [catalogue.endpoint("ecs", region.id) for region in catalogue.regions()]

    assert [region.endpoint for region in catalogue.regions()] == published


@pytest.mark.parametrize(
    ("product", "count"),
    [("ecs", 38), ("vpc", 36), ("sts", 32), ("ram", 22), ("kms", 36), ("quotas", 22), ("actiontrail", 26)],
)
def test_every_published_endpoint_is_there(product, count):
    """As many regions have the product as the public metadata lists, all of them known to us."""
    found = [region.id for region in catalogue.regions() if catalogue.endpoint(product, region.id)]

    assert len(found) == count


@pytest.mark.parametrize(
    ("product", "region", "address"),
    [
        ("ecs", "cn-hangzhou", "ecs.cn-hangzhou.aliyuncs.com"),
        ("ecs", "cn-shenzhen-finance-1", "ecs-cn-hangzhou.aliyuncs.com"),
        ("ram", "ap-northeast-1", "ram.aliyuncs.com"),
        ("ram", "cn-fuzhou", None),
        ("oss", "cn-hangzhou", None),
    ],
)
def test_endpoints_are_the_published_ones(product, region, address):
    """An address where there is one, nothing where there is none."""
    assert catalogue.endpoint(product, region) == address


def test_a_small_machine_is_for_sale():
    """Terraform's own test of image sharing starts an x86 image on one core and 2 GiB."""
    small = [it for it in catalogue.instance_types() if (it.cpu_core_count, it.memory_size) == (1, 2.0)]

    assert small[0].cpu_architecture == "X86"


@pytest.mark.parametrize(
    "type_id",
    [
        "ecs.t5-lc1m1.small",
        "ecs.t6-c1m1.large",
        "ecs.n4.small",
        "ecs.g6.large",
        "ecs.c6.large",
        "ecs.r6.large",
        "ecs.g7.large",
        "ecs.g8i.large",
    ],
)
def test_the_types_that_examples_use_are_for_sale(type_id):
    """What public examples ask for is there, on x86 and without a GPU."""
    found = catalogue.instance_type(type_id)

    assert found
    assert (found.cpu_architecture, found.gpu_amount) == ("X86", 0)


def test_arm_machines_have_arm_images():
    """Types for ARM exist, and images to boot on them."""
    arm_types = {it.id for it in catalogue.instance_types() if it.cpu_architecture == "ARM"}
    arm_images = [image for image in catalogue.system_images() if image.architecture == "arm64"]

    assert {"ecs.g8y.small", "ecs.g8y.large", "ecs.c8y.large"} <= arm_types
    assert arm_images
    assert {image.boot_mode for image in arm_images} == {"UEFI"}


def test_each_type_belongs_to_the_family_in_its_id():
    """`ecs.t6-c1m1.large` is an `ecs.t6`."""
    for entry in catalogue.instance_types():
        assert entry.family == re.match(r"ecs\.[a-z0-9]+", entry.id)[0]


def test_ubuntu_is_published():
    """Terraform's own test of image sharing looks for a system image whose name begins with ubuntu."""
    ubuntu = [image for image in catalogue.system_images() if image.name.startswith("ubuntu")]

    assert ubuntu[0].architecture == "x86_64"


def test_an_images_name_agrees_with_its_fields():
    """Size, architecture and system stand in the name and in the fields alike."""
    for image in catalogue.system_images():
        assert f"_{image.size}G_" in image.name
        assert ("_arm64_" in image.name) == (image.architecture == "arm64")
        assert image.name.startswith("win") == (image.os_type == "windows")
        assert image.family.startswith("acs:")


def test_an_image_dates_from_the_day_in_its_name():
    """`…_20250113.vhd` was made on 2025-01-13, and every image's day is one in the calendar."""
    image = catalogue.system_image("ubuntu_22_04_x64_20G_alibase_20250113.vhd")

    assert image
    assert image.created_at == "2025-01-13T00:00:00Z"
    assert all(datetime.fromisoformat(image.created_at) for image in catalogue.system_images())


@pytest.mark.parametrize(
    ("category", "system", "data"),
    [
        ("cloud", (20, 500), (5, 2000)),
        ("cloud_efficiency", (20, 2048), (20, 32768)),
        ("cloud_ssd", (20, 2048), (20, 32768)),
        ("cloud_essd", (20, 2048), (1, 65536)),
        ("cloud_auto", (20, 2048), (1, 65536)),
        ("cloud_essd_entry", (20, 2048), (10, 32768)),
    ],
)
def test_disks_have_the_published_sizes(category, system, data):
    """Both ends belong to the range, their neighbours don't."""
    found = catalogue.disk_category(category)

    assert found
    for (low, high), sizes in ((system, found.system), (data, found.data)):
        assert low in sizes
        assert high in sizes
        assert low - 1 not in sizes
        assert high + 1 not in sizes


def test_faster_essds_must_be_larger():
    """Each performance level has the smallest size that the provider asks for."""
    found = catalogue.disk_category("cloud_essd")

    assert found
    assert found.performance_levels == {"PL0": 1, "PL1": 20, "PL2": 461, "PL3": 1261}
