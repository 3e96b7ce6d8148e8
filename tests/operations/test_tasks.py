"""Tasks: listed, shown, canceled."""

import pytest

from tests.operations.made import an_image
from tests.people import Person, Refusal

DISK = {"OSSBucket": "images", "OSSObject": "good.qcow2"}
NOT_THERE = 'The specified "TaskId" is not found.'


def imported(person: Person) -> tuple[str, str]:
    """Begin an import; the image's id and the task's."""
    answer = person.call("ImportImage", DiskDeviceMapping=[DISK])
    return answer["ImageId"], answer["TaskId"]


def exported(person: Person, image: str) -> str:
    """Begin an export; the task's id."""
    task: str = person.call("ExportImage", ImageId=image, OSSBucket="images")["TaskId"]
    return task


def listed(person: Person, **parameters: object) -> list[str]:
    """The ids of the tasks that are listed."""
    tasks = person.call("DescribeTasks", **parameters)["TaskSet"]["Task"]
    return [task["TaskId"] for task in tasks]


def test_all_that_is_asked_for_narrows_the_list(alice: Person, bob: Person) -> None:
    """The list is newest first, and nobody else's."""
    image, first = imported(alice)
    alice.world.later()
    second = exported(alice, image)
    imported(bob)

    assert listed(alice) == [second, first]
    assert listed(alice, TaskIds=f"{first},t-none") == [first]
    assert listed(alice, TaskAction="ExportImage") == [second]
    assert listed(alice, TaskStatus="Finished") == [first]
    assert listed(alice, TaskStatus="Processing") == [second]
    assert listed(alice, **{"ResourceIds": [image]}) == [second, first]
    assert listed(alice, **{"ResourceIds": ["m-none"]}) == []
    assert listed(alice, StartTime="2026-03-01T08:00:30Z") == [second]
    assert listed(alice, EndTime="2026-03-01T08:00:30Z") == [first]
    assert listed(alice, PageNumber=2, PageSize=1) == [first]
    assert listed(alice, RegionId="cn-beijing") == []


def test_a_task_in_the_list_says_when_it_was_over(alice: Person) -> None:
    """Not before that."""
    image, task = imported(alice)
    (begun,) = alice.call("DescribeTasks")["TaskSet"]["Task"]
    alice.world.later()
    (over,) = alice.call("DescribeTasks")["TaskSet"]["Task"]

    assert begun == {
        "CreationTime": "2026-03-01T08:00:00Z",
        "TaskStatus": "Processing",
        "FinishedTime": "",
        "SupportCancel": "true",
        "TaskId": task,
        "TaskAction": "ImportImage",
        "ResourceId": image,
    }
    assert over == {
        **begun,
        "TaskStatus": "Finished",
        "FinishedTime": "2026-03-01T08:00:01Z",
        "SupportCancel": "false",
    }


def test_a_canceled_import_leaves_an_image_that_failed(alice: Person) -> None:
    """Its snapshots are gone; it can be deleted then."""
    image, task = imported(alice)

    alice.call("CancelTask", TaskId=task)
    alice.world.later()

    found = alice.call("DescribeTaskAttribute", TaskId=task)
    (step,) = found["OperationProgressSet"]["OperationProgress"]
    (shown,) = alice.call("DescribeImages", ImageId=image, Status="CreateFailed")["Images"]["Image"]
    assert (found["TaskStatus"], found["FinishedTime"]) == ("Failed", "2026-03-01T08:00:00Z")
    assert (step["ErrorCode"], step["ErrorMsg"]) == ("TaskCanceled", "The task was canceled.")
    assert shown["DiskDeviceMappings"]["DiskDeviceMapping"][0]["SnapshotId"] == ""
    assert alice.call("DescribeSnapshots")["TotalCount"] == 0
    alice.call("DeleteImage", ImageId=image)


def test_of_a_canceled_export_no_object_stays(alice: Person) -> None:
    """What an earlier export wrote elsewhere stays; the image is as it was."""
    image = an_image(alice)
    alice.call("ExportImage", ImageId=image, OSSBucket="images", OSSPrefix="kept")
    alice.world.later()
    task = exported(alice, image)

    alice.call("CancelTask", TaskId=task)
    alice.world.later()

    # Without a folder every object exists: what was exported is known for its size.
    def size(name: str) -> int:
        copy = alice.call("ImportImage", DiskDeviceMapping=[{"OSSBucket": "images", "OSSObject": name}])
        (shown,) = alice.call("DescribeImages", ImageId=copy["ImageId"], Status="ALL")["Images"]["Image"]
        found: int = shown["Size"]
        return found

    assert size(f"kept_{image}_system.raw.tar.gz") == 40
    assert size(f"{image}_system.raw.tar.gz") == 20
    alice.call("DeleteImage", ImageId=image)


@pytest.mark.parametrize("action", ["CancelTask", "DescribeTaskAttribute"])
def test_another_accounts_task_looks_as_if_it_were_not_there(alice: Person, bob: Person, action: str) -> None:
    """One error for both."""
    _, task = imported(bob)

    assert (
        alice.refused(action, TaskId=task)
        == alice.refused(action, TaskId="t-none")
        == Refusal(400, "InvalidTaskId.NotFound", NOT_THERE)
    )


def test_a_task_elsewhere_and_a_finished_one_are_not_canceled(alice: Person) -> None:
    """Each has an error of its own."""
    _, task = imported(alice)
    elsewhere = alice.refused("CancelTask", TaskId=task, RegionId="cn-beijing")
    alice.world.later()

    assert elsewhere == Refusal(403, "InvalidTaskId.NotFound", NOT_THERE)
    assert alice.refused("CancelTask", TaskId=task) == Refusal(
        403, "InvalidTaskId.IncorrectTaskStatus", "The specified task status is invalid."
    )


@pytest.mark.parametrize("action", ["DescribeTasks", "DescribeTaskAttribute", "CancelTask"])
def test_a_region_is_named_and_exists(alice: Person, action: str) -> None:
    """Each of the three says so in the same words."""
    assert alice.refused(action, RegionId=None, TaskId="t-none") == Refusal(
        400,
        "MissingParameter",
        'An input parameter "RegionId" that is mandatory for processing the request is not supplied.',
    )
    assert alice.refused(action, RegionId="cn-nowhere", TaskId="t-none") == Refusal(
        400, "InvalidRegionId.NotFound", "The specified RegionId does not exist."
    )


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"TaskIds": ",".join(["t-1"] * 101)}, "TaskIds"),
        ({"StartTime": "yesterday"}, "StartTime"),
        ({"EndTime": "tomorrow"}, "EndTime"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(alice: Person, given: dict[str, str], named: str) -> None:
    """A hundred ids at most, and times as the provider writes them."""
    assert alice.refused("DescribeTasks", **given) == Refusal(
        400, "InvalidParameter", f'The specified parameter "{named}" is not valid.'
    )
