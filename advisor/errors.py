"""Every error of the advisor, drawn as one tree.

    AdvisorError
    ├── UsageError              a wrong value from the caller or the environment
    ├── AccessError             someone may not do this
    │   ├── NotSignedIn         name and password do not belong together
    │   └── TooManyAttempts     too many of them were wrong; later again
    ├── DocumentError           a file cannot be read
    │   ├── UnsupportedFormat   no reader for this kind of file
    │   ├── DamagedDocument     the file is broken or not what its name says
    │   ├── EncryptedDocument   a password is needed
    │   ├── EmptyDocument       the file holds no text (a scan, or zero bytes)
    │   └── OversizedDocument   the file exceeds a limit
    ├── IndexFailure            the index as a whole
    │   ├── IndexMissing        there is none at that place
    │   ├── IndexForeign        made by another encoder, schema or program
    │   ├── IndexDamaged        it cannot be opened or fails its own check
    │   ├── IndexLocked         another process is writing
    │   ├── IndexUnwritable     the disk is full or the folder may not be written
    │   └── VectorServerError   the Chroma server with its vectors does not answer
    ├── BackupDamaged           a file is no backup, or not a whole one
    ├── EncoderError            the encoder cannot be loaded or does not answer
    ├── ClusterError            the Ray cluster cannot be reached, or fails
    └── ModelError              the language model does not answer
        └── ModelMisconfigured  it cannot be used as it is set

A message names the thing, its value, what was expected and what to do next. Errors of dependencies are mapped to these with `from`
in the module that owns the dependency; each surface translates once, at its edge.
"""


class AdvisorError(Exception):
    """Root of every error that the advisor raises on purpose."""


class UsageError(AdvisorError):
    """A value from the caller or the environment is wrong."""


class AccessError(AdvisorError):
    """Someone may not do this."""


class NotSignedIn(AccessError):
    """Name and password do not belong together."""


class TooManyAttempts(AccessError):
    """Too many attempts were wrong; it can be tried later."""


class DocumentError(AdvisorError):
    """A file cannot be read."""


class UnsupportedFormat(DocumentError):
    """No reader exists for this kind of file."""


class DamagedDocument(DocumentError):
    """The file is broken or is not what its name says."""


class EncryptedDocument(DocumentError):
    """The file needs a password."""


class EmptyDocument(DocumentError):
    """The file holds no text."""


class OversizedDocument(DocumentError):
    """The file exceeds a limit."""


class IndexFailure(AdvisorError):
    """Something is wrong with the index as a whole."""


class IndexMissing(IndexFailure):
    """There is no index at that place."""


class IndexForeign(IndexFailure):
    """The index was made by another encoder, schema or program."""


class IndexDamaged(IndexFailure):
    """The index cannot be opened or fails its own check."""


class IndexLocked(IndexFailure):
    """Another process is writing to the index."""


class IndexUnwritable(IndexFailure):
    """The disk is full or the folder may not be written."""


class BackupDamaged(AdvisorError):
    """A file is no backup of a library, or not a whole one."""


class VectorServerError(IndexFailure):
    """The Chroma server that holds the vectors does not answer."""


class EncoderError(AdvisorError):
    """The encoder cannot be loaded or does not answer."""


class ClusterError(AdvisorError):
    """The Ray cluster cannot be reached, or fails."""


class ModelError(AdvisorError):
    """The language model does not answer."""


class ModelMisconfigured(ModelError):
    """The language model cannot be used as it is set."""
