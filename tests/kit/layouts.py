"""Ways in which people and platforms hand in: what lies in a learner's folder,
or in its place, around the right answer to 1.4.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import warnings
import zipfile
from pathlib import Path

import fresh

FILE = "ch01_parameters/ex04_set_bias.py"
RIGHT, STUB = ((fresh.ROOT / tree / FILE).read_bytes() for tree in ("solutions", "exercises"))
PACKERS = {"tar": bytes, "tar.gz": gzip.compress, "tar.bz2": bz2.compress, "tar.xz": lzma.compress}
Files = list[tuple[str, bytes]]


def zipped(files: Files, **how: int) -> bytes:
    """A zip; names may come twice."""
    data = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(data, "w", **how) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name)
            info.compress_type = archive.compression
            archive.writestr(info, content)
    return data.getvalue()


def tarred(files: Files, kind: str = "tar") -> bytes:
    """A tar, packed as its suffix says."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return PACKERS[kind](data.getvalue())


E, MOODLE = f"exercises/{FILE}", "_123_assignsubmission_file_"
# By the learner who is graded: paths in the class's folder, with their contents.
LAYOUTS: dict[str, dict[str, bytes]] = {
    "zip with a file beside": {"zip with a file beside.zip": zipped([(f"kit-main/{E}", RIGHT), ("desktop.ini", b"")])},
    "deep": {f"deep/Desktop/jax-kata-main/{E}": RIGHT},
    "two zips_123": {f"two zips{MOODLE}/a.zip": zipped([(E, STUB)]), f"two zips{MOODLE}/b.zip": zipped([(E, RIGHT)])},
    "zip and file_123": {f"zip and file{MOODLE}/a.zip": zipped([(E, RIGHT)]), f"zip and file{MOODLE}/notes.txt": b"x"},
    "tar_123": {f"tar{MOODLE}/work.tar.gz": tarred([(E, RIGHT)], "tar.gz")},
    **{kind: {f"{kind}.{kind}": tarred([(E, RIGHT)], kind)} for kind in PACKERS},
    "archives in archives": {"archives in archives/a.zip": zipped([("b.tar.xz", tarred([(E, RIGHT)], "tar.xz"))])},
    "downloaded again": {"downloaded again/ex04_set_bias (1).py": RIGHT},
    "capital": {"capital/Ex04_Set_Bias.py": RIGHT},
    "final": {"final/ex04_set_bias_final.py": RIGHT},
    "loud": {f"loud/{E.upper()}": RIGHT},
    "own folder": {f"own folder/answers/{FILE}": RIGHT},
    "backslashes": {"backslashes.zip": zipped([("C:\\work\\" + E.replace("/", "\\"), RIGHT)])},
    "twice": {"twice.zip": zipped([(E, STUB), (E, RIGHT)])},
    "twice right": {"twice right.zip": zipped([(E, RIGHT + b"#"), (E, RIGHT)])},
    "lovelaceada_1234": {"lovelaceada_1234_567_ex04_set_bias-1.py": RIGHT, "lovelaceada_1234_568_notes.txt": b""},
    "hopper_77": {"hopper_LATE_77_569_work.zip": zipped([(E, RIGHT)])},
    "curie_12": {"canvas.zip": zipped([("curie_12_34_ex04_set_bias.py", RIGHT), ("bohr_13_35_ex04_set_bias.py", STUB)])},
    "submission_12345678": {"export/submission_12345678/ex04_set_bias.py": RIGHT, "export/submission_12345679/a.txt": b""},
    "Emmy Noether": {"Emmy Noether - ex04_set_bias.py": RIGHT},
    "whole kit": {
        f"whole kit/{E}": RIGHT,
        f"whole kit/solutions/{FILE}": STUB,
        f"whole kit/.kata/backup/{FILE}": STUB,
        f"whole kit/__MACOSX/{E}": b"",
        f"whole kit/.nox/tests/lib/site-packages/{FILE}": STUB,
    },
    "absolute": {"absolute.zip": zipped([(f"/home/x/{E}", RIGHT)])},
    "byte order mark": {f"byte order mark/{E}": b"\xef\xbb\xbf" + RIGHT.replace(b"\n", b"\r\n")},
    "latin": {f"latin/{E}": b"# coding: latin-1\n# caf\xe9\n" + RIGHT},
}
STUBS = {"bohr_13"}  # who came with the others
DAMAGED = bytearray(zipped([(E, RIGHT)], compression=zipfile.ZIP_LZMA))
DAMAGED[120:160] = bytes(40)


def _header(size: int) -> bytes:
    """What stands in a tar before a file of that size."""
    info = tarfile.TarInfo("data.bin")
    info.size = size
    return info.tobuf()


# By the learner: a file's suffix and content, and what is said of 1.4.
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "seven": ("7z", b"7z\xbc\xaf\x27\x1c", "seven.7z is a 7z archive, which is not read: send a zip"),
    "rar": ("zip", b"Rar!\x1a\x07", "rar.zip is a rar archive, which is not read: send a zip"),
    "no zip": ("zip", b"PK\3\4 and so on", "no zip.zip cannot be read: File is not a zip file"),
    "cut": ("tar.gz", tarred([(E, RIGHT)], "tar.gz")[:200], "cut.tar.gz cannot be read: Compressed file ended before"),
    "damaged": ("zip", bytes(DAMAGED), "ex04_set_bias.py cannot be read: Corrupt input data"),
    "damaged bz2": ("tar.bz2", tarred([(E, RIGHT)], "tar.bz2")[:-300] + bytes(300), "damaged bz2.tar.bz2 cannot be read: "),
    "nul": ("zip", zipped([("?" + E, RIGHT)]).replace(b"?", b"\0"), "has a NUL character in its name"),
    "leads out": ("zip", zipped([(f"../../{E}", RIGHT)]), "a path that leads out of it"),
    "only dots": ("zip", zipped([("../..", b""), ("a/../..", b"")]), "There is no file"),
    "encrypted": ("zip", zipped([(E, RIGHT)]).replace(b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1"), "is encrypted"),
    "long": ("zip", zipped([(E, b"#" * (2 << 20))], compression=zipfile.ZIP_DEFLATED), "is larger than 1 MB"),
    "bomb": ("zip", zipped([(E, bytes(8 << 20))], compression=zipfile.ZIP_BZIP2), "is larger than 1 MB"),
    "tar bomb": ("tar.gz", gzip.compress(_header(600 << 20)), "more than 512 MB would have to be unpacked"),
}


def hand_in(folder: Path, some: dict[str, bytes]) -> None:
    """Write files below a class's folder."""
    for path, content in some.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def hand_in_all(folder: Path) -> None:
    """All layouts, and all that is refused."""
    for files in LAYOUTS.values():
        hand_in(folder, files)
    hand_in(folder, {f"{name}.{suffix}": content for name, (suffix, content, _) in REFUSED.items()})
