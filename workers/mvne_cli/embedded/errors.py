"""Refusals of the launcher: each names the cause and the way out."""

import errno


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot be started or used; `code` is stable, the message names the way out."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def from_os_error(error: OSError, doing: str) -> EmbeddedPostgresError:
    """Translate a failed file operation into a refusal."""
    path = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return EmbeddedPostgresError(
            "DISK_FULL", f"Could not {doing}{path}: the disk is full. Free some space and start again."
        )
    return EmbeddedPostgresError(
        "POSTGRES_FILES",
        f"Could not {doing}{path}: {error.strerror}. "
        "Check the free space and who owns the folder, or choose another folder for the data.",
    )


def from_server_output(doing: str, output: str) -> EmbeddedPostgresError:
    """Translate what a PostgreSQL program printed before it gave up."""
    tail = "\n".join(output.strip().splitlines()[-12:])
    if "No space left on device" in output:
        return EmbeddedPostgresError(
            "DISK_FULL", f"Could not {doing}: the disk is full. Free some space and start again.\n{tail}"
        )
    return EmbeddedPostgresError("POSTGRES_FAILED", f"Could not {doing}. PostgreSQL said:\n{tail}")
