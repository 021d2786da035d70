"""A small system call filter: the doors of the kernel that no tool server needs are shut."""

import platform
import struct
from collections.abc import Iterable, Mapping

# Classic BPF, as <linux/filter.h> and <linux/seccomp.h> spell it.
_LOAD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_PRETEND = _REFUSE  # with no error at all: the call returns, and nothing was done
_EPERM, _ENOSYS, _EOPNOTSUPP, _EAFNOSUPPORT = 1, 38, 95, 97
_NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW* flag that clone(2) takes
_X32 = 0x40000000
#: AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK. A network namespace shuts in no other family for sure: virtual machines
#: talk to their host through AF_VSOCK from every namespace.
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
#: FS_IOC_SETFLAGS in two widths, FS_IOC_FSSETXATTR.
_ATTRIBUTES = (0x40086602, 0x40046602, 0x401C5820)

#: AUDIT_ARCH_*, in the order in which the numbers below stand.
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

#: Refused: other namespaces, mounts, tracing, keys, modules, what few programs use and many attacks.
_SHUT = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "open_by_handle_at": (304, 265),
    "io_uring_setup": (425, 425),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "mount_setattr": (442, 442),
}
#: What the owner of a file may do to it wherever it lies, though it can neither be read nor written. A program that does it
#: to files of its own goes on as if it had been done.
_OWNERS = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
}
#: The same, but every program reckons with files that have none of these.
_EXTENDED = {
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
_ASKED = {
    "clone": (56, 220),
    "clone3": (435, 435),
    "socket": (41, 198),
    "prlimit64": (302, 261),
    "ioctl": (16, 29),
}


def program(*, shared: bool = False) -> bytes | None:
    """The filter for this machine's architecture, ready for the kernel; `None` where its numbers are not known here.

    *shared* is for a run that has the machine's own files and network before it, and is to have nothing of them: it
    changes nothing of any file but what is in it, and speaks to nobody.
    """
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return None
    place = list(_ARCHITECTURES).index(machine)
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_JUMP_EQUAL, _ARCHITECTURES[machine], 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        # The x32 numbers name the same calls once more.
        _step(_JUMP_SET, _X32, 0, 1),
        _step(_RETURN, _REFUSE | _ENOSYS),
        # Its flags lie in memory, where a filter cannot look; the C library falls back to clone.
        *_answer(_ASKED["clone3"][place], _REFUSE | _ENOSYS),
        *_all(_SHUT, place, _REFUSE | _EPERM),
    ]
    if shared:
        steps += _all(_OWNERS, place, _PRETEND)
        steps += _all(_EXTENDED, place, _REFUSE | _EOPNOTSUPP)
        steps += _unless(_ASKED["ioctl"][place], _SECOND_ARGUMENT, _ATTRIBUTES, _ALLOW, _REFUSE | _EPERM)
    families = (_UNIX, _NETLINK) if shared else (_UNIX, _INET, _INET6, _NETLINK)
    steps += _unless(_ASKED["socket"][place], _FIRST_ARGUMENT, families, _REFUSE | _EAFNOSUPPORT, _ALLOW)
    # Zero is the process itself; whoever bounds others ends them, or keeps them from seeing anything.
    steps += _unless(_ASKED["prlimit64"][place], _FIRST_ARGUMENT, (0,), _REFUSE | _EPERM, _ALLOW)
    return b"".join(
        [
            *steps,
            _step(_JUMP_EQUAL, _ASKED["clone"][place], 0, 3),
            _step(_LOAD, _FIRST_ARGUMENT),
            _step(_JUMP_SET, _NEW_NAMESPACES, 0, 1),
            _step(_RETURN, _REFUSE | _EPERM),
            _step(_RETURN, _ALLOW),
        ]
    )


def _all(calls: Mapping[str, tuple[int | None, int | None]], place: int, verdict: int) -> list[bytes]:
    numbers = [call[place] for call in calls.values()]
    return [step for number in numbers if number is not None for step in _answer(number, verdict)]


def _answer(number: int, verdict: int) -> list[bytes]:
    return [_step(_JUMP_EQUAL, number, 0, 1), _step(_RETURN, verdict)]


def _unless(number: int, argument: int, values: Iterable[int], otherwise: int, verdict: int) -> list[bytes]:
    """One call: *verdict* where the low half of its argument is one of the values, else *otherwise*."""
    answers = [step for value in values for step in _answer(value, verdict)]
    inner = [_step(_LOAD, argument), *answers, _step(_RETURN, otherwise)]
    return [_step(_JUMP_EQUAL, number, 0, len(inner)), *inner]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
