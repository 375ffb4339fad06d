"""Packages as programs read them: in full, or by the eight keys of listings."""

from conda_clone.models.records import PackageRecord, PrefixRecord

__all__ = ["full_record", "short_record"]


def short_record(record: PackageRecord) -> dict[str, object]:
    """Return the keys of an installed, linked or unlinked package (spec/commands.md, list)."""
    return {
        "base_url": record.channel.base_url,
        "build_number": record.build_number,
        "build_string": record.build,
        "channel": record.channel.name,
        "dist_name": record.dist_name,
        "name": record.name,
        "platform": record.subdir,
        "version": record.version,
    }


def full_record(record: PackageRecord) -> dict[str, object]:
    """Return all that is known of a package, where it comes from included."""
    from conda_clone.models.record_json import record_to_json  # listings need no records in full

    document = record_to_json(record)
    channel = record.channel
    base_url = channel.base_url
    document["channel"] = f"{base_url}/{record.subdir}" if base_url else channel.canonical_name
    document["url"] = record.url
    if not isinstance(record, PrefixRecord):
        # Scripts find these two empty for packages of channels, whatever the index says: conda
        # takes them from the head of the index, where nobody writes them.
        document["arch"] = document["platform"] = None
        if record.noarch is not None:
            document.setdefault("package_type", f"noarch_{record.noarch}")
    return document
