"""Run a command in a network namespace that has nothing but loopback (Linux, as root): `unshare --net` comes before."""

import fcntl
import os
import socket
import struct
import sys

# From <linux/sockios.h> and <linux/if.h>.
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1


def main(command: list[str]) -> None:
    """Bring loopback up in this namespace, then become the command."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))
    os.execvp(command[0], command)  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
