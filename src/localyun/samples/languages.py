"""All the languages, in the order in which they are shown."""

from typing import NamedTuple

from localyun.clock import Clock
from localyun.samples import aliyun_cli, curl, go, java, node, python_v1, python_v2, terraform
from localyun.samples.described import Described


class Sample(NamedTuple):
    """A program, a command or a configuration."""

    title: str
    file: str
    """What to call the file."""
    text: str


def written(call: Described, clock: Clock) -> list[Sample]:
    """Return a call in every language that can make it."""
    samples = [
        Sample(language.TITLE, language.FILE, language.write(call))
        for language in (python_v2, python_v1, node, go, java, aliyun_cli, terraform)
    ]
    samples.append(Sample(curl.TITLE, curl.FILE, curl.write(call, clock)))
    return [sample for sample in samples if sample.text]
