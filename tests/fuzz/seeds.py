"""Where fuzzing starts from: texts that channels and users really write.

Those of the shared recordings are added where they are at hand; they change which inputs a seed
gives, so a run says whether it had them.
"""

import json
from pathlib import Path

__all__ = ["CHANNELS", "CONSTRAINTS", "FILES", "INDEX_ENTRY", "INSTALLED", "SPECS", "VERSIONS"]

_RECORDED = Path(__file__).resolve().parents[3] / "shared" / "golden" / "models"

INDEX_ENTRY: dict[str, object] = {
    "build": "py312h8a5da7c_0",
    "build_number": 0,
    "constrains": ["numpy >=1.19", "pytz ==2024.1|>2024.2"],
    "depends": ["__glibc >=2.17,<3.0.a0", "python >=3.12,<3.13.0a0", "python_abi 3.12.* *_cp312"],
    "features": "mkl",
    "indexed_timestamp": 1735689600000,
    "legacy_bz2_md5": "0b1b0a0d5b6f0e2f3c4d5e6f708192a3",
    "legacy_bz2_size": 12345,
    "license": "BSD-3-Clause",
    "license_family": "BSD",
    "md5": "d41d8cd98f00b204e9800998ecf8427e",
    "name": "pandas",
    "noarch": "python",
    "purls": ["pkg:pypi/pandas"],
    "python_site_packages_path": "lib/python3.12/site-packages",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "size": 14958450,
    "subdir": "linux-64",
    "timestamp": 1752082000,
    "track_features": "a, b",
    "version": "2.3.1",
}
INSTALLED: dict[str, object] = {
    **INDEX_ENTRY,
    "channel": "https://conda.anaconda.org/t/tk-secret/conda-forge/linux-64",
    "fn": "pandas-2.3.1-py312h8a5da7c_0.conda",
    "url": "https://u:pw@conda.anaconda.org/conda-forge/linux-64/pandas-2.3.1-py312h8a5da7c_0.conda",
    "requested_spec": "pandas=2",
    "requested_specs": ["pandas=2"],
    "package_tarball_full_path": "/pkgs/pandas-2.3.1-py312h8a5da7c_0.conda",
    "extracted_package_dir": "/pkgs/pandas-2.3.1-py312h8a5da7c_0",
    "files": ["lib/python3.12/site-packages/pandas/__init__.py"],
    "link": {"source": "/pkgs/pandas-2.3.1-py312h8a5da7c_0", "type": 1},
    "package_type": "noarch_python",
    "paths_data": {
        "paths_version": 1,
        "paths": [
            {
                "_path": "lib/python3.12/site-packages/pandas/__init__.py",
                "path_type": "hardlink",
                "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256_in_prefix": "e3b0c44298fc1c149afbf4c8996fb924",
                "size_in_bytes": 0,
                "file_mode": "text",
                "prefix_placeholder": "/opt/anaconda1anaconda2anaconda3",
                "no_link": True,
                "inode_paths": [],
            }
        ],
    },
}


def _recorded(name: str) -> list[str]:
    """Return the texts that a recording is about, or nothing where there is none."""
    path = _RECORDED / f"{name}.json"
    if not path.is_file():
        return []
    data = json.loads(path.read_bytes())
    if name == "version_order":
        classes = data["classes, lowest first, equal versions together"]
        return [*(text for texts in classes for text in texts), *data["invalid"]]
    return sorted(data) if isinstance(data, dict) else [item[0] for item in data]


VERSIONS = [
    "0.4", "1.0.1post.a", "1.1dev1", "1.1_", "1.1.0rc1", "1996.07.12", "1!0.4.1", "2.0.0-1",
    "1.0+a.1", "1.1.1w", "2022b", "9e", "20240116.2", "0.1.dev1+g1234567", "3.10.0b4", "1_2_3",
    *_recorded("version_order"),
]  # fmt: skip
CONSTRAINTS = [
    "1.2", "==1.2", "=1.2", "1.2.*", "1.2*", ">=1.2,<2", "1.2|1.3", "(1.2|1.3),!=1.2.5", "~=1.2.3",
    "!=1.2.*", "^1\\.[23]$", "*", "1.*.3", ">=1.8|1.7.*", ">=3.12,<3.13.0a0", "!=3.0,!=3.0.1,<4",
    *_recorded("version_match"),
]  # fmt: skip
SPECS = [
    "numpy", "numpy=1.26", "numpy 1.26.* py312*", "conda-forge::numpy", "c/linux-64:ns:numpy>=1.2",
    "numpy[version='>=1.8,<2',build=py39_0]", "*[track_features=feat]", "feat@",
    "conda-forge/linux-64::foo=1[subdir=osx-64]", "https://h.org/c/linux-64/foo-1-0.conda#md5",
    "^num(py|ba)$", "mkl-*", "foo[extras=[a,b]]", 'foo[when="python >=3.8 and __unix"]',
    "foo[flags=[cuda, blas:*]]", "foo[license=MIT, build_number='>=2']", "foo (>=1)  # remark",
    *_recorded("spec_parse"),
    *_recorded("spec_match"),
]  # fmt: skip
CHANNELS = [
    "conda-forge", "conda-forge/linux-64", "conda-forge/label/dev", "defaults", "local",
    "pkgs/main", "https://conda.anaconda.org/t/tk-secret/conda-forge/noarch",
    "https://u:pw@h.org:8080/a/b",
    "file:///srv/channel/linux-64/foo-1-0.conda", "C:\\Users\\me\\channel", "file:///C:/channel",
    "\\\\server\\share\\channel", "./channel", "~/channel", "s3://bucket/channel",
    "https://[::1]:8080/channel", "https://h.org/t/tk-secret/a/win-64/repodata.json.zst",
    "<unknown>", "h.org:80/conda/x",
    *_recorded("channel"),
]  # fmt: skip
FILES = [
    "scikit-learn-1.2-py39_0.conda", "foo-1-0.tar.bz2", "lib/python3.12/x/__init__.py",
    "/usr/lib/x", "..\\up", "a/../../b", "C:\\x", "conda-meta/history", "app = my.cli:main",
    "app = my.cli:main [extra]", "/opt/anaconda1anaconda2anaconda3 text bin/foo",
    "'/opt/with space' binary 'lib/x y.so'", "bin/foo",
]  # fmt: skip
