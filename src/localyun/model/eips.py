"""Elastic addresses: kept by an account, and put on one of its instances."""

from localyun.model.record import Phase, Resource, stored

AVAILABLE, INUSE = "Available", "InUse"
ASSOCIATING, UNASSOCIATING = "Associating", "Unassociating"
ECS_INSTANCE = "EcsInstance"
BANDWIDTHS = range(1, 501)
"""In Mbit/s. Source: AllocateEipAddress (2025), for what is paid for as it is used."""


@stored("eip", key=("id",), indexes=(("owner", "region", "created_at"), ("instance",)))
class Eip(Resource, frozen=True):
    """An address in the internet, on an instance or on none."""

    ip_address: str
    phase: Phase = Phase(AVAILABLE)
    instance: str = ""
    isp: str = "BGP"
    bandwidth: int = 5
    internet_charge_type: str = "PayByBandwidth"
