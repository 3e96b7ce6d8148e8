"""Where a new instance runs, beyond its zone: hosts, sets, pools and clusters.

None of these can be made here, so that no id is the id of one: a call that names one is answered as if it
had been given away.
"""

import re

from localyun.operations.ecs.launch_fields import Launch, NewDisk
from localyun.operations.ecs.launch_rows import Rows
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

_POOL = re.compile(r"[a-z]+-[0-9a-z]+")


def misplaced(rows: Rows) -> tuple[ErrorSpec, ...]:
    """Return what `check_placement` raises."""
    return (
        errors.TENANCY_INVALID,
        errors.AFFINITY_INVALID,
        errors.POOL_CRITERIA,
        errors.POOL_WITHOUT_ID,
        errors.POOL_AND_CLASSIC,
        errors.POOL_AND_HOST,
        errors.POOL_AND_SPOT,
        errors.POOL_ID_INVALID,
        errors.POOL_NOT_FOUND,
        errors.HOST_AND_DEPLOYMENT_SET,
        errors.HOST_IN_CLASSIC,
        errors.HOST_NOT_FOUND,
        rows.no_host,
        errors.DEPLOYMENT_SET_INVALID,
        errors.DEPLOYMENT_SET_NOT_FOUND,
        errors.HPC_CLUSTER_NOT_FOUND,
        errors.HPC_CLUSTER_UNNECESSARY,
        errors.STORAGE_SET_ZONE,
        errors.STORAGE_SET_MALFORMED,
        errors.STORAGE_SET_PARTITION,
        errors.STORAGE_CLUSTER_WITHOUT_ZONE,
        errors.STORAGE_CLUSTER_WITHOUT_SIZE,
        errors.STORAGE_CLUSTER_NOT_FOUND,
        errors.ARNS_INVALID,
    )


def check_placement(request: Launch, rows: Rows) -> None:
    """Raise one of `misplaced(rows)` when the call names something to run on, or contradicts itself."""
    _check_pool(request)
    _check_host(request, rows)
    if request.deployment_set_id:
        if not request.deployment_set_id.startswith("ds-"):
            raise errors.DEPLOYMENT_SET_INVALID()
        raise errors.DEPLOYMENT_SET_NOT_FOUND()
    if request.hpc_cluster_id:
        is_id = request.hpc_cluster_id.startswith("hpc-")
        raise (errors.HPC_CLUSTER_UNNECESSARY if is_id else errors.HPC_CLUSTER_NOT_FOUND)()
    if request.storage_set_id:
        raise (errors.STORAGE_SET_MALFORMED if request.zone_id else errors.STORAGE_SET_ZONE)()
    if request.storage_set_partition_number is not None:
        raise errors.STORAGE_SET_PARTITION()
    for disk in (request.system_disk, *request.data_disk):
        _check_storage_cluster(request, disk)
    if any(arn.role_type or arn.rolearn or arn.assume_role_for for arn in request.arn):
        raise errors.ARNS_INVALID()


def _check_pool(request: Launch) -> None:
    pool = request.private_pool_options
    if pool is None or pool.match_criteria != "Target":
        return
    if not pool.id:
        raise errors.POOL_WITHOUT_ID()
    if not request.vswitch_id:
        raise errors.POOL_AND_CLASSIC()
    if request.dedicated_host_id:
        raise errors.POOL_AND_HOST()
    if request.is_spot:
        raise errors.POOL_AND_SPOT()
    raise (errors.POOL_NOT_FOUND if _POOL.fullmatch(pool.id) else errors.POOL_ID_INVALID)()


def _check_host(request: Launch, rows: Rows) -> None:
    if request.dedicated_host_id:
        if request.deployment_set_id:
            raise errors.HOST_AND_DEPLOYMENT_SET(
                "DedicatedHostId and DeploymentSetId cannot be specified at the same time."
            )
        if not request.vswitch_id:
            raise errors.HOST_IN_CLASSIC()
        raise errors.HOST_NOT_FOUND()
    if "host" in (request.tenancy, request.affinity):
        raise rows.no_host()


def _check_storage_cluster(request: Launch, disk: NewDisk) -> None:
    if disk.storage_cluster_id is None:
        return
    if not request.zone_id:
        raise errors.STORAGE_CLUSTER_WITHOUT_ZONE()
    if not disk.gib:
        raise errors.STORAGE_CLUSTER_WITHOUT_SIZE()
    raise errors.STORAGE_CLUSTER_NOT_FOUND()
