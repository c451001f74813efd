"""OpenDKIM and OpenDMARC as milters, each at an address of the stage. What is not the same for all is handed in as lines."""
import signal
from support import PORTS
from transport import RESOLVER


def ask_resolver(stage):
    """A file for OpenDKIM's libunbound, which holds "test" for nobody's (RFC 6761 §6.2) unless it is told otherwise."""
    return stage.write("unbound.conf", f"server:\n  do-not-query-localhost: no\n  local-zone: \"test\" nodefault\n"
                                       f"forward-zone:\n  name: \".\"\n  forward-addr: {stage.address(RESOLVER)}\n")


def start_opendkim(stage, number, name, resolver, settings=""):
    # AutoRestart: libunbound's scanner of that file is not for two threads, and now and then ends the process with "fatal flex scanner internal error".
    config = stage.write("opendkim.conf", f"""
Mode v
Socket inet:{PORTS['milter']}@{stage.address(number)}
Background no
AutoRestart yes
Syslog no
UserID opendkim
AuthservID {name}
AlwaysAddARHeader yes
ResolverConfiguration {resolver}
{settings}""")
    stage.start("opendkim", ["/usr/sbin/opendkim", "-f", "-x", config], signal.SIGKILL)  # it takes four seconds to end else
    stage.wait_for("opendkim", stage.address(number), PORTS["milter"])


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
