"""What a guest can ask about itself, as the file that `metadata_service` answers from."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from localyun.model import Instance, Vpc, VSwitch

SERVICE = "100.100.100.200"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The paths below `/latest/` and what lies there, and whether the service answers."""

    enabled: bool
    token_required: bool
    tree: dict[str, bytes]

    @classmethod
    def of(
        cls,
        instance: Instance,
        *,
        public_keys: Sequence[str] = (),
        public_address: str = "",
        vpc: Vpc | None = None,
        vswitch: VSwitch | None = None,
        password_hash: str = "",
    ) -> "Metadata":
        """Tell what is known of an instance. Source: "Instance metadata items" (2025)."""
        items = {
            f"meta-data/{path}": text for path, text in _items(instance, public_address, vpc, vswitch) if text
        }
        keys = {
            f"meta-data/public-keys/{number}/openssh-key": key.strip()
            for number, key in enumerate(public_keys)
        }
        identity = {"dynamic/instance-identity/document": json.dumps(_identity(instance))}
        vendor = {"vendor-data": _vendor_data(password_hash)} if password_hash else {}
        tree = {path: text.encode() for path, text in (items | keys | identity | vendor).items()}
        if instance.user_data:
            tree["user-data"] = base64.b64decode(instance.user_data)
        return cls(instance.http_endpoint == "enabled", instance.http_tokens == "required", tree)

    def document(self, secret: bytes) -> bytes:
        """Return the file; tokens are proven with the secret."""
        return json.dumps(
            {
                "enabled": self.enabled,
                "token_required": self.token_required,
                "secret": base64.b64encode(secret).decode(),
                "tree": {path: base64.b64encode(content).decode() for path, content in self.tree.items()},
            }
        ).encode()


def _items(
    instance: Instance, public_address: str, vpc: Vpc | None, vswitch: VSwitch | None
) -> Iterator[tuple[str, str]]:
    yield "hostname", instance.host_name
    yield "image-id", instance.image
    yield "instance-id", instance.id
    yield "instance/instance-name", instance.name
    yield "instance/instance-type", instance.instance_type
    yield "mac", instance.mac_address
    yield "network-type", "vpc" if instance.vpc else "classic"
    yield "owner-account-id", instance.owner
    yield "private-ipv4", instance.private_ip
    yield "public-ipv4", instance.public_ip
    if public_address != instance.public_ip:
        yield "eipv4", public_address
    yield "region-id", instance.region
    yield "serial-number", instance.serial_number
    yield "zone-id", instance.zone
    card = f"network/interfaces/macs/{instance.mac_address}"
    yield f"{card}/network-interface-id", instance.network_interface
    yield f"{card}/primary-ip-address", instance.private_ip
    yield f"{card}/private-ipv4s", json.dumps([instance.private_ip])
    for below in ("", f"{card}/"):
        yield f"{below}vpc-id", instance.vpc
        yield f"{below}vswitch-id", instance.vswitch
        yield f"{below}vpc-cidr-block", vpc.cidr_block if vpc else ""
        yield f"{below}vswitch-cidr-block", vswitch.cidr_block if vswitch else ""
    for tag in instance.tags:
        yield f"tags/instance/{tag.key}", tag.value


def _identity(instance: Instance) -> dict[str, str]:
    return {
        "image-id": instance.image,
        "instance-id": instance.id,
        "instance-type": instance.instance_type,
        "mac": instance.mac_address,
        "owner-account-id": instance.owner,
        "private-ipv4": instance.private_ip,
        "region-id": instance.region,
        "serial-number": instance.serial_number,
        "zone-id": instance.zone,
    }


def _vendor_data(password_hash: str) -> str:
    """What makes a password take effect that was given with the instance: cloud-init is told its hash."""
    return (
        "#cloud-config\n"
        "disable_root: false\n"
        "ssh_pwauth: true\n"
        "chpasswd:\n"
        "  expire: false\n"
        "  list:\n"
        f'    - "root:{password_hash}"\n'
    )
