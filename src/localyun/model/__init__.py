"""What the world holds, and the rules that need no database, no clock and no network.

Every record type is imported here, so that whoever imports the model knows them all.
"""

from localyun.model.accounts import AccessKey, Account, Caller, KeyUse
from localyun.model.audit import AuditEntry
from localyun.model.copying import CopyTask
from localyun.model.eips import Eip
from localyun.model.identity import Attachment, Policy, Role, User
from localyun.model.images import Backing, Image, Share
from localyun.model.instances import Disk, Instance, SharedAttachment, Snapshot
from localyun.model.jobs import Job
from localyun.model.key_pairs import KeyPair
from localyun.model.keys import Alias, Key
from localyun.model.networks import SecurityGroup, Vpc, VSwitch
from localyun.model.quotas import Grant, QuotaApplication
from localyun.model.record import LAYOUTS, Phase, Record, Resource, Tag
from localyun.model.sessions import Session
from localyun.model.tasks import ExportedObject, Task
from localyun.model.tokens import AnsweredCall

__all__ = [
    "LAYOUTS",
    "AccessKey",
    "Account",
    "Alias",
    "AnsweredCall",
    "Attachment",
    "AuditEntry",
    "Backing",
    "Caller",
    "CopyTask",
    "Disk",
    "Eip",
    "ExportedObject",
    "Grant",
    "Image",
    "Instance",
    "Job",
    "Key",
    "KeyPair",
    "KeyUse",
    "Phase",
    "Policy",
    "QuotaApplication",
    "Record",
    "Resource",
    "Role",
    "SecurityGroup",
    "Session",
    "Share",
    "SharedAttachment",
    "Snapshot",
    "Tag",
    "Task",
    "User",
    "VSwitch",
    "Vpc",
]
