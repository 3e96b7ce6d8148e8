"""A peer: OpenStack's Glance, whose image members are what shares are here.

It is set up without a keystone: whoever calls says who he is, in the headers that a keystone would add. It is
served by waitress, with a SQLite database and images that have no data.
"""

import itertools
import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.servers import PEERS, Server
from bench.world import CONNECTIONS, OTHERS, SHARES, Requests, http

OWNER, VIEWER = "owner", "viewer"
PAGE = 50
WHEN = "2026-01-01 00:00:00.000000"
CONFIGURATION = """
[DEFAULT]
enabled_backends = here:file
worker_self_reference_url = http://127.0.0.1
log_file = {folder}/log
[database]
connection = sqlite:///{folder}/glance.db
[glance_store]
default_backend = here
[here]
filesystem_store_datadir = {folder}/images
[os_glance_tasks_store]
filesystem_store_datadir = {folder}/tasks
[os_glance_staging_store]
filesystem_store_datadir = {folder}/staging
"""


def environment(folder: Path) -> dict[str, str]:
    """Return what tells Glance where its configuration is."""
    return {"OS_GLANCE_CONFIG_DIR": str(folder)}


def set_up(folder: Path, images: int) -> None:
    """Make a database of so many images, all of which one viewer may see, and some of which others do."""
    folder.mkdir()
    (folder / "glance-api.conf").write_text(CONFIGURATION.format(folder=folder))
    shipped = (PEERS.parent / "etc" / "glance" / "glance-api-paste.ini").read_text()
    # Take who calls from the headers, as behind a keystone, instead of taking everybody for an administrator.
    trusting = shipped.replace(" unauthenticated-context ", " context ")
    (folder / "glance-api-paste.ini").write_text(trusting)
    subprocess.run(
        [PEERS / "glance-manage", "--config-file", folder / "glance-api.conf", "db", "sync"],
        env={**os.environ, **environment(folder)},
        check=True,
        capture_output=True,
        timeout=120,
    )
    with sqlite3.connect(folder / "glance.db") as connection:
        connection.executemany(
            "INSERT INTO images (id, name, status, created_at, updated_at, deleted, disk_format, "
            "container_format, owner, min_disk, min_ram, protected, visibility, os_hidden, size) "
            "VALUES (?, ?, 'active', ?, ?, 0, 'raw', 'bare', ?, 0, 0, 0, 'shared', 0, 20)",
            ((image_id(number), f"image-{number}", WHEN, WHEN, OWNER) for number in range(images)),
        )
        connection.executemany(
            "INSERT INTO image_members "
            "(image_id, member, can_share, created_at, updated_at, deleted, status) "
            "VALUES (?, ?, 0, ?, ?, 0, 'accepted')",
            ((image, member, WHEN, WHEN) for image, member in _members(images)),
        )
    connection.close()


def _members(images: int) -> Iterator[tuple[str, str]]:
    for number in range(images):
        yield image_id(number), VIEWER
        if number <= CONNECTIONS:
            yield from ((image_id(number), member) for member in OTHERS[: SHARES - 1])


def image_id(number: int) -> str:
    """The id of an image."""
    return f"00000000-0000-4000-8000-{number:012}"


def glance(folder: Path) -> Server:
    """Start it on what was set up in a folder."""
    return Server(
        "glance",
        str(PEERS / "waitress-serve"),
        "--listen=127.0.0.1:{port}",
        "--threads=1",  # with several, SQLite is locked under changes, which are answered 500 then
        "glance.wsgi.api:application",
        environment=environment(folder),
    )


class Glance:
    """Makes the calls of the peer that mean the same. It checks no signature, so one serves for all."""

    def describe_share_permission(self, _: int) -> Requests:
        """Ask, on any connection, with whom an image is shared that nobody changes."""
        request = _request("GET", f"/v2/images/{image_id(CONNECTIONS)}/members")
        return lambda count: [request] * count

    def modify_share_permission(self, connection: int) -> Requests:
        """Let a member take an image, one for each connection, and decline it, in turn.

        Members that come and go would be refused where the call before was prepared and not sent.
        """
        member = f"/v2/images/{image_id(connection)}/members/{OTHERS[0]}"
        changes = itertools.cycle(
            [
                _request("PUT", member, json.dumps({"status": status}).encode(), who=OTHERS[0])
                for status in ("rejected", "accepted")
            ]
        )
        return lambda count: list(itertools.islice(changes, count))

    def describe_images(self, _: int) -> Requests:
        """Ask for the first page of 50 of what is shared with the viewer."""
        request = _request("GET", f"/v2/images?limit={PAGE}", who=VIEWER)
        return lambda count: [request] * count


def _request(method: str, target: str, body: bytes = b"", who: str = OWNER) -> bytes:
    headers = {
        "host": "127.0.0.1",
        "content-type": "application/json",
        "x-identity-status": "Confirmed",
        "x-user-id": who,
        "x-tenant-id": who,
        "x-roles": "member,reader",
    }
    return http(method, target, headers, body)
