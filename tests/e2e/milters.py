"""OpenDKIM and OpenDMARC as milters, each at an address of the stage. What is not the same for all is handed in as lines."""
import os
import signal
import socket
import struct
import subprocess
from support import PORTS
from transport import RESOLVER


def ask_resolver(stage):
    """A file for OpenDKIM's libunbound, which holds "test" for nobody's (RFC 6761 §6.2) unless it is told otherwise."""
    return stage.write("unbound.conf", f"server:\n  do-not-query-localhost: no\n  local-zone: \"test\" nodefault\n"
                                       f"forward-zone:\n  name: \".\"\n  forward-addr: {stage.address(RESOLVER)}\n")


def greet(address, port):
    """A session of one connection, as an MTA begins it: what the milter makes on its first connection is made when this returns."""
    def send(command, data=b""):
        milter.sendall(struct.pack("!I", len(data) + 1) + command + data)

    def reply():
        length, = struct.unpack("!I", milter.recv(4, socket.MSG_WAITALL))
        return milter.recv(length, socket.MSG_WAITALL)[:1]

    with socket.create_connection((address, port), timeout=20) as milter:
        send(b"O", struct.pack("!III", 6, 0x1FF, 0))  # SMFIC_OPTNEG: version 6, every action, no step left out
        if reply() != b"O":
            raise RuntimeError("the milter does not negotiate")
        send(b"C", b"first.test\0" + b"4" + struct.pack("!H", 25) + b"192.0.2.2\0")
        if reply() != b"c":
            raise RuntimeError("the milter does not take a connection")
        send(b"Q")


def start_opendkim(stage, number, name, resolver, settings=""):
    # Of several first connections at once some are served before that file is read: hence a first one by itself.
    config = stage.write("opendkim.conf", f"""
Mode v
Socket inet:{PORTS['milter']}@{stage.address(number)}
Background no
Syslog no
UserID opendkim
AuthservID {name}
AlwaysAddARHeader yes
ResolverConfiguration {resolver}
{settings}""")
    shim = stage.path("one_parser.so")
    subprocess.run(["g++", "-shared", "-fPIC", "-o", shim, os.path.join(os.path.dirname(__file__), "one_parser.cpp")], check=True)
    stage.start("opendkim", ["/usr/bin/env", f"LD_PRELOAD={shim}", "/usr/sbin/opendkim", "-f", "-x", config],
                signal.SIGKILL)  # it takes four seconds to end else
    stage.wait_for("opendkim", stage.address(number), PORTS["milter"])
    greet(stage.address(number), PORTS["milter"])


def start_opendmarc(stage, number, name, settings=""):
    config = stage.write("opendmarc.conf", f"""
Socket inet:{PORTS['dmarc']}@{stage.address(number)}
Background false
Syslog false
UserID opendmarc
AuthservID {name}
RejectFailures true
{settings}""")
    stage.start("opendmarc", ["/usr/sbin/opendmarc", "-f", "-c", config], signal.SIGKILL)
    stage.wait_for("opendmarc", stage.address(number), PORTS["dmarc"])
