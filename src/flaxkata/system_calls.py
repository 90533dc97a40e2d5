"""The system calls that confined code may make, by name and number.

On x86_64 the list says what is allowed, so that a new kernel's new calls are
refused: what JAX, Flax, Optax, Orbax, NumPy and Python's own library were seen
to call in all solutions and alternatives, and what their relatives and newer C
libraries call that harms nobody. On aarch64, where nothing was measured, it
says what is refused. Sources: the tables of Linux 6.18.
"""

import errno

X86_64, AARCH64 = 0, 1

ALLOWED = """
read 0 write 1 close 3 stat 4 fstat 5 lstat 6 poll 7 lseek 8 mprotect 10 munmap 11 brk 12 rt_sigaction 13 rt_sigprocmask 14
rt_sigreturn 15 pread64 17 pwrite64 18 readv 19 writev 20 access 21 pipe 22 select 23 sched_yield 24 mremap 25 msync 26
mincore 27 madvise 28 dup 32 dup2 33 pause 34 nanosleep 35 getitimer 36 alarm 37 setitimer 38 getpid 39 sendfile 40
sendto 44 recvfrom 45 recvmsg 47 shutdown 48 getsockname 51 getpeername 52 setsockopt 54 getsockopt 55 exit 60 wait4 61
uname 63 flock 73 fsync 74 fdatasync 75 ftruncate 77 getdents 78 getcwd 79 chdir 80 fchdir 81 rename 82 mkdir 83 rmdir 84
creat 85 link 86 unlink 87 symlink 88 readlink 89 umask 95 gettimeofday 96 getrlimit 97 getrusage 98 sysinfo 99 times 100
getuid 102 getgid 104 geteuid 107 getegid 108 getppid 110 getpgrp 111 getgroups 115 getresuid 118 getresgid 120 getpgid 121
getsid 124 rt_sigpending 127 rt_sigtimedwait 128 rt_sigsuspend 130 sigaltstack 131 statfs 137 fstatfs 138 getpriority 140
sched_getparam 143 sched_getscheduler 145 sched_get_priority_max 146 sched_get_priority_min 147 sched_rr_get_interval 148
arch_prctl 158 gettid 186 readahead 187 getxattr 191 lgetxattr 192 fgetxattr 193 listxattr 194 llistxattr 195 flistxattr 196
time 201 futex 202 sched_getaffinity 204 epoll_create 213 getdents64 217 set_tid_address 218 restart_syscall 219
fadvise64 221 clock_gettime 228 clock_getres 229 clock_nanosleep 230 exit_group 231 epoll_wait 232 epoll_ctl 233 mbind 237
set_mempolicy 238 get_mempolicy 239 waitid 247 mkdirat 258 newfstatat 262 unlinkat 263 renameat 264 linkat 265 symlinkat 266
readlinkat 267 faccessat 269 pselect6 270 ppoll 271 set_robust_list 273 splice 275 sync_file_range 277 epoll_pwait 281
signalfd 282 timerfd_create 283 eventfd 284 fallocate 285 timerfd_settime 286 timerfd_gettime 287 signalfd4 289 eventfd2 290
epoll_create1 291 dup3 292 pipe2 293 preadv 295 pwritev 296 getcpu 309 sched_getattr 315 renameat2 316 getrandom 318
membarrier 324 copy_file_range 326 preadv2 327 pwritev2 328 pkey_mprotect 329 pkey_alloc 330 pkey_free 331 statx 332
rseq 334 faccessat2 439 epoll_pwait2 441 futex_waitv 449 cachestat 451 map_shadow_stack 453 futex_wake 454 futex_wait 455
futex_requeue 456 mseal 462 getxattrat 464 listxattrat 465
"""  # on x86_64, whatever the arguments

# Allowed with some arguments only (`sandbox.seccomp` has them): the number on x86_64, and on aarch64 (-1: there is none).
CONDITIONAL = {
    "open": (2, -1), "openat": (257, 56), "mmap": (9, 222), "fcntl": (72, 25), "ioctl": (16, 29), "prctl": (157, 167),
    "close_range": (436, 436), "clone": (56, 220), "kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261),
    "socketpair": (53, 199),
}  # fmt: skip

# Refused with EPERM, as if their privileges were missing. On x86_64, what is in none of the tables gets ENOSYS, as on a kernel
# that does not have it: C libraries then do without.
REFUSED = {
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, -1), "vfork": (58, -1),
    "setsid": (112, 157), "setpgid": (109, 154), "unshare": (272, 97), "setns": (308, 268),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "io_uring_setup": (425, 425),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, -1), "fchown": (93, 55), "lchown": (94, -1), "fchownat": (260, 54),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "utime": (132, -1), "utimes": (235, -1), "futimesat": (261, -1), "utimensat": (280, 88),
    "setrlimit": (160, 164), "setpriority": (141, 140), "sched_setscheduler": (144, 119),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "fsopen": (430, 430),
    "open_tree": (428, 428), "move_mount": (429, 429), "bpf": (321, 280), "perf_event_open": (298, 241),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "userfaultfd": (323, 282),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "personality": (135, 92),
    "reboot": (169, 142), "kexec_load": (246, 104), "init_module": (175, 105), "finit_module": (313, 273),
    "clock_settime": (227, 112), "settimeofday": (164, 170), "sethostname": (170, 161), "acct": (163, 89),
    # Memory that is in no process's resident size and in no folder, or cannot be swapped out; files held by a message.
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "mlock": (149, 228), "mlockall": (151, 230), "mlock2": (325, 284),
    "vmsplice": (278, 75), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    # How fast others run, and what is still to be written of theirs.
    "sched_setparam": (142, 118), "sched_setaffinity": (203, 122), "sched_setattr": (314, 274), "ioprio_set": (251, 30),
    "migrate_pages": (256, 238), "move_pages": (279, 239), "process_madvise": (440, 440), "process_mrelease": (448, 448),
    "sync": (162, 81), "syncfs": (306, 267), "swapon": (167, 224), "swapoff": (168, 225), "quotactl": (179, 60),
    # What others own, make or see, around Landlock: before its third version it lets pass `truncate`.
    "shmctl": (31, 195), "semctl": (66, 191), "msgctl": (71, 187), "truncate": (76, 45),
    "mknod": (133, -1), "mknodat": (259, 33), "removexattrat": (466, 466), "file_setattr": (469, 469),
    "inotify_init": (253, -1), "inotify_init1": (294, 26), "inotify_add_watch": (254, 27), "fanotify_init": (300, 262),
    "kcmp": (312, 272), "syslog": (103, 116), "timer_create": (222, 107),
    "capset": (126, 91), "landlock_create_ruleset": (444, 444), "seccomp": (317, 277),
}  # fmt: skip

# Their flags are in memory, out of the filter's sight. Who calls them takes clone and openat where they do not exist.
ABSENT = {"clone3": (435, 435), "openat2": (437, 437)}


def allowed() -> list[int]:
    """The numbers of what x86_64 allows."""
    return [int(word) for word in ALLOWED.split()[1::2]]


def name(number: int, machine: int) -> str:
    """What a call is called, or its number."""
    named = {numbers[machine]: name for name, numbers in (CONDITIONAL | REFUSED).items()}
    return named.get(number, f"system call {number}")


def error(number: int, machine: int) -> int:
    """What a refused call returns."""
    known = number in {numbers[machine] for numbers in (CONDITIONAL | REFUSED).values()}
    return errno.EPERM if known else errno.ENOSYS
