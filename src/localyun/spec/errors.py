"""The error catalogue: one row an error, status · code · message, the provider's text letter for letter.

The provider's misspellings are kept and marked (sic). Two rows may share a code where the provider words it
differently from operation to operation. Source: API metadata of 2025-12 and the pages named in the rows.
"""

from localyun.spec.faults import ErrorSpec as Row

# fmt: off

# --- The gateway: any call can meet these -------------------------------------------------------------------
MISSING_ACTION = Row(400, "MissingParameter", 'The input parameter "Action" that is mandatory for processing this request is not supplied')
MISSING_VERSION = Row(400, "MissingParameter", 'The input parameter "Version" that is mandatory for processing this request is not supplied')
MISSING_ACCESS_KEY_ID = Row(400, "MissingParameter", 'The input parameter "AccessKeyId" that is mandatory for processing this request is not supplied')
MISSING_SIGNATURE = Row(400, "MissingParameter", 'An input parameter "Signature" that is mandatory for processing the request is not supplied.')
MISSING_PARAMETER = Row(400, "MissingParameter", 'The input parameter "%s" that is mandatory for processing this request is not supplied.')
MISSING_TIMESTAMP = Row(400, "IllegalTimestamp", 'The input parameter "Timestamp" that is mandatory for processing this request is not supplied.')
INVALID_PARAMETER = Row(400, "InvalidParameter", 'The specified parameter "%s" is not valid.')
INVALID_FORMAT = Row(400, "InvalidParameter.Format", "Specified parameter format is not valid.")
INVALID_VERSION = Row(400, "InvalidVersion", "Specified parameter Version is not valid.")
INVALID_SIGNATURE_METHOD = Row(400, "InvalidSignatureMethod", "Specified signature method is not valid.")
INVALID_SIGNATURE_VERSION = Row(400, "InvalidParamater", 'The specified parameter "SignatureVersion" is not valid.')  # sic
SIGNATURE_V1_MISMATCH = Row(400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation. server string to sign is:%s")
SIGNATURE_V3_MISMATCH = Row(400, "SignatureDoesNotMatch", "Specified signature does not match our calculation. server StringToSign is [%s] server CanonicalRequest is [%s]")
INCOMPLETE_SIGNATURE = Row(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards.")
NONCE_USED = Row(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
TIMESTAMP_EXPIRED = Row(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
TIMESTAMP_MALFORMED = Row(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
ACCESS_KEY_NOT_FOUND = Row(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
ACCESS_KEY_DISABLED = Row(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
MISSING_SECURITY_TOKEN = Row(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.")
SECURITY_TOKEN_MALFORMED = Row(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
SECURITY_TOKEN_MISMATCH = Row(400, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatch with the AccessKey.")
UNSUPPORTED_METHOD = Row(400, "UnsupportedHTTPMethod", "This http method is not supported.")
ACTION_NOT_FOUND = Row(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
REGION_NOT_FOUND = Row(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.")
TOKEN_REUSED = Row(400, "IdempotentParameterMismatch", "The request is retried with updated parameters.")
DRY_RUN = Row(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.")
INTERNAL_ERROR = Row(500, "InternalError", "The request processing has failed due to some unknown error, exception or failure.")
SERVICE_UNAVAILABLE = Row(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")

# --- Ours: what the provider does and we don't, refused by name ---------------------------------------------
UNSUPPORTED_OPERATION = Row(400, "UnsupportedOperation.%s", "localyun does not emulate the operation %s.")
UNSUPPORTED_PARAMETER = Row(400, "UnsupportedParameter.%s", 'localyun does not emulate the parameter "%s".')
REQUEST_TOO_LARGE = Row(413, "RequestTooLarge", "The request is larger than %s bytes.")
HEADERS_TOO_LARGE = Row(431, "RequestHeaderFieldsTooLarge", "The request's line and headers are larger than %s bytes.")
MALFORMED_REQUEST = Row(400, "MalformedRequest", "The request is not well-formed HTTP.")

# --- Sharing an image ---------------------------------------------------------------------------------------
IMAGE_NOT_FOUND = Row(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")
IMAGE_NAMED_NOT_FOUND = Row(404, "InvalidImageId.NotFound", "The specified image %s does not exist.")
ACCOUNT_NOT_FOUND = Row(404, "InvalidAccount.NotFound", 'The specified account %s in parameter "AddAccount.n" or "RemoveAccount.n" does not exist.')
SHARED_WITH_SELF = Row(404, "InvalidAccount.Forbbiden", "The specified Account does not yourself.")  # sic
GROUP_MALFORMED = Row(400, "InvalidGroup.Malformed", "The specified Group is wrongly formed.")
SHARE_QUOTA = Row(403, "QuotaExceed.ShareImageUser", "The shared Image user Quota exceeds.")
SHARED_IMAGES_QUOTA = Row(403, "QuotaExceed.ShareImage", "The shared Image Quota exceeds.")
SHARE_ENCRYPTED_SNAPSHOT = Row(403, "OperationDeined.EncryptedSnapshot", "The image contains encrypted snapshots, which do not support share.")  # sic
SHARE_DEPRECATED = Row(403, "OperationDenied.InvalidImageStatus", "The specified image cannot be shared when it is deprecated.")
DESCRIBE_SHARE_NO_REGION = Row(400, "MissingParameter", 'The input parameter  "RegionId "that is mandatory for processing this request is not supplied.')  # sic
DESCRIBE_SHARE_NO_IMAGE = Row(400, "MissingParameter", 'The input parameter "ImageId "that is mandatory for processing this request is not supplied.')  # sic
