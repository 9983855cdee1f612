"""Where files are kept: ROUNDSMAN_FILES names a folder, or a bucket that speaks S3."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

_FLAT_MEMORY_BYTES = 1 << 20


def file_storage(var: Path) -> tuple[dict[str, Any], Path]:
    """Returns Django's description of the storage, and the folder for bytes that are on their way to it.

    `/srv/files`, or `s3://bucket/prefix?endpoint=https://…&region=…`; the S3 keys come from boto3's usual places.
    """
    given = os.environ.get("ROUNDSMAN_FILES") or str(var / "files")
    if not given.startswith("s3://"):
        folder = Path(given).absolute()
        return {
            "BACKEND": "files.storage.DurableFileSystemStorage",
            "OPTIONS": {"location": folder},
        }, folder / "incoming"
    address = urlsplit(given)
    asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
    options: dict[str, Any] = {
        "bucket_name": address.netloc,
        "location": address.path.strip("/"),
        "endpoint_url": asked.get("endpoint"),
        "region_name": asked.get("region"),
        "addressing_style": asked.get("addressing", "path" if "endpoint" in asked else "auto"),
        "signature_version": "s3v4",
        "file_overwrite": True,
        "default_acl": None,
        "max_memory_size": _FLAT_MEMORY_BYTES,  # of an object being read; the rest lies in a temporary file
        "transfer_config": _one_part_at_a_time(),
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}, var / "incoming"


def _one_part_at_a_time() -> Any:
    """boto3 would send ten parts of 8 MiB at once, all of them in memory."""
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(use_threads=False)
