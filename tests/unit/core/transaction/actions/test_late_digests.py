from hashlib import sha256

from conda_clone.core.transaction.actions.late_digests import LateDigests


def test_digests_of_all_files_are_there_in_the_end() -> None:
    contents = {str(size): bytearray(b"x" * size) for size in (0, 3, 1 << 19, 1 << 20, 5)}
    found: dict[str, str] = {}
    other: dict[str, str] = {}
    digests = LateDigests()
    for target, content in contents.items():
        digests.add(found, target, content)
    digests.add(other, "another package's", contents[str(1 << 20)])
    digests.finish()
    digests.finish()
    assert found == {target: sha256(content).hexdigest() for target, content in contents.items()}
    assert other == {"another package's": found[str(1 << 20)]}
