"""Asks a metadata service with cloud-init's own data source, and prints what that makes of it. A program."""

import json
import sys
from pathlib import Path
from unittest import mock

from cloudinit import dmi, helpers
from cloudinit.sources import DataSourceAliYun


def main(url: str, folder: str) -> None:
    """Do as a guest does that starts for the first time."""
    settings = {"datasource": {"AliYun": {"metadata_urls": [url], "max_wait": 10, "timeout": 5}}}
    paths = helpers.Paths({"cloud_dir": str(Path(folder, "cloud")), "run_dir": str(Path(folder, "run"))})
    with mock.patch.object(dmi, "read_dmi_data", {"system-product-name": "Alibaba Cloud ECS"}.get):
        source = DataSourceAliYun.DataSourceAliYun(settings, mock.Mock(), paths)
        found = source._get_data()
        told = {
            "found": found,
            "instance": source.get_instance_id(),
            "host name": source.get_hostname().hostname,
            "keys": source.get_public_ssh_keys(),
            "user data": source.userdata_raw.decode(),
        }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
