"""People who log in to real machines with a key, as anybody would: by SSH."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.people import REGION, Person

SECONDS = 90


def wait_for(what: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.2)


def seen(person: Person, instance: str) -> dict[str, Any]:
    """What is shown of an instance."""
    (found,) = person.call("DescribeInstances", InstanceIds=f'["{instance}"]')["Instances"]["Instance"]
    return dict(found)


def status(person: Person, instance: str) -> str:
    """An instance's status."""
    return str(seen(person, instance)["Status"])


class Login:
    """A person who can log in to instances of his own."""

    def __init__(self, person: Person, folder: Path) -> None:
        """Make a key, and a security group that lets it in."""
        self.person = person
        self.key = folder / f"{person.credentials.name}.pem"
        made = person.call("CreateKeyPair", KeyPairName="mine")
        self.key.write_text(made["PrivateKeyBody"])
        self.key.chmod(0o600)
        vpc = person.call("CreateVpc", version="2016-04-28", CidrBlock="172.16.0.0/16")["VpcId"]
        time.sleep(0.3)
        self.vswitch = person.call(
            "CreateVSwitch", version="2016-04-28", VpcId=vpc, CidrBlock="172.16.0.0/24", ZoneId=f"{REGION}-h"
        )["VSwitchId"]
        self.group = person.call("CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"]
        time.sleep(0.3)
        person.call(
            "AuthorizeSecurityGroup",
            SecurityGroupId=self.group,
            IpProtocol="tcp",
            PortRange="22/22",
            SourceCidrIp="0.0.0.0/0",
        )

    def run(self, image: str) -> str:
        """Run an instance and wait until it lets one in."""
        asked: dict[str, Any] = {
            "ImageId": image,
            "InstanceType": "ecs.t5-lc2m1.nano",
            "SecurityGroupId": self.group,
            "VSwitchId": self.vswitch,
            "InternetMaxBandwidthOut": 1,
            "KeyPairName": "mine",
        }
        (instance,) = self.person.call("RunInstances", **asked)["InstanceIdSets"]["InstanceIdSet"]
        self.wait(instance)
        return str(instance)

    def wait(self, instance: str) -> None:
        """Wait until an instance runs and lets one in."""
        wait_for(lambda: status(self.person, instance) == "Running")
        wait_for(lambda: self.says(instance, "echo in") == "in")

    def says(self, instance: str, command: str) -> str:
        """What a command in an instance prints."""
        (address,) = seen(self.person, instance)["PublicIpAddress"]["IpAddress"]
        options = [
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "ConnectTimeout=5",
            "LogLevel=ERROR",
        ]
        done = subprocess.run(
            ["ssh", "-i", self.key, *(f"-o{one}" for one in options), f"root@{address}", command],
            check=False,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def stop(self, instance: str) -> None:
        """Stop an instance by its power button."""
        self.person.call("StopInstance", InstanceId=instance)
        wait_for(lambda: status(self.person, instance) == "Stopped")
