"""Exim as Debian builds it, with GnuTLS: one daemon, whose TLS depends on the address that it is called at.

It runs where its users exist and nothing else of the system is changed: in a mount namespace with a passwd of its own."""
import os, shutil
import rows
from support import PORTS

UID = 61525
USER = f"Debian-exim:x:{UID}:{UID}::/nonexistent:/usr/sbin/nologin\n"
GROUP = f"Debian-exim:x:{UID}:\n"

# GnuTLS priorities (gnutls-cli --list --priority …).
TLS12 = ("NONE:+VERS-TLS1.2:+AEAD:+AES-256-GCM:+AES-128-GCM:+ECDHE-RSA:+GROUP-SECP256R1:+SIGN-ALL:+COMP-NULL:+CTYPE-X509:"
         "%SERVER_PRECEDENCE")
TLS13 = ("NONE:+VERS-TLS1.3:+AEAD:+AES-256-GCM:+CHACHA20-POLY1305:+ECDHE-ECDSA:+GROUP-SECP384R1:+GROUP-X25519:+SIGN-ALL:+COMP-NULL:"
         "+CTYPE-X509")


def with_its_user(stage):
    """Mounts, so that the user exists whose name is compiled in."""
    mounts = []
    for file, more in (("passwd", USER), ("group", GROUP)):
        with open("/etc/" + file) as theirs:
            mounts.append(f"mount --bind {stage.write(f'exim/{file}', theirs.read() + more)} /etc/{file}")
    return " && ".join(mounts)


def by_address(stage, first, second):
    """One value for the first address, another for the second."""
    address = stage.address(rows.BY_DOMAIN["exim.test"].number)
    return "${if eq{$received_ip_address}{%s}{%s}{%s}}" % (address, first, second)


def config(stage):
    first, second = rows.BY_DOMAIN["exim.test"], rows.BY_DOMAIN["exim13.test"]
    files = [list(row.keys.values())[0] for row in (first, second)]
    return f"""
exim_path = {rows.EXIM}
primary_hostname = {first.host}
spool_directory = {stage.path('exim/spool')}
log_file_path = {stage.path('exim/%slog')}
pid_file_path = {stage.path('exim/pid')}
local_interfaces = <; {stage.address(first.number)} ; {stage.address(second.number)}
daemon_smtp_ports = {PORTS['smtp']}
smtp_active_hostname = {by_address(stage, first.host, second.host)}
tls_advertise_hosts = *
tls_certificate = {by_address(stage, *files)}
tls_privatekey = {by_address(stage, *files)}
tls_require_ciphers = {by_address(stage, TLS12, TLS13)}
acl_smtp_rcpt = refuse_all
keep_environment =
host_lookup =
begin acl
refuse_all:
  deny message = this Exim is looked at only
"""


def start_exim(stage):
    path = stage.write("exim/exim.conf", config(stage))
    for row in (rows.BY_DOMAIN["exim.test"], rows.BY_DOMAIN["exim13.test"]):
        for file in row.keys.values():
            os.chown(file, UID, UID)
    os.makedirs(stage.path("exim/spool"))
    for folder in ("exim", "exim/spool"):
        shutil.chown(stage.path(folder), UID, UID)
    stage.start("exim", ["unshare", "-m", "sh", "-c", f"{with_its_user(stage)} && exec {rows.EXIM} -C {path} -bdf -q1h"])
    for row in (rows.BY_DOMAIN["exim.test"], rows.BY_DOMAIN["exim13.test"]):
        stage.wait_for("exim", stage.address(row.number), PORTS["smtp"])
