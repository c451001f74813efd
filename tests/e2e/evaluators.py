"""A target that evaluates, out of Debian's packages, and one that does not: Postfix, behind it Dovecot; policyd-spf, OpenDKIM and
OpenDMARC ask a validating Unbound, all by the same address."""
import os, shutil, signal
from dovecot import USERS
from knot import DNS, IMAP
from postfix import make_queue
from support import PORTS
from transport import RESOLVER

TARGET, LAZY = 10, 11  # target.test evaluates, two.test does not
SPF_REFUSES = "550 5.7.23"  # RFC 7372 §3.2


def start(stage, certificate):
    nobody = stage.write("nobody", "192.0.2.1\n")  # whose mail is not evaluated: by default that of 127.0.0.1
    start_opendkim(stage, nobody)
    start_opendmarc(stage, nobody)
    start_postfix(stage, certificate)


def start_opendkim(stage, nobody):
    # Its libunbound holds "test" for nobody's (RFC 6761 §6.2), unless it is told otherwise.
    resolver = stage.write("unbound.conf", f"server:\n  do-not-query-localhost: no\n  local-zone: \"test\" nodefault\n"
                                           f"forward-zone:\n  name: \".\"\n  forward-addr: {stage.address(RESOLVER)}\n")
    config = stage.write("opendkim.conf", f"""
Mode v
Socket inet:{PORTS['milter']}@{stage.address(DNS)}
Background no
Syslog no
UserID opendkim
AuthservID mx.target.test
AlwaysAddARHeader yes
MaximumSignaturesToVerify 10
InternalHosts {nobody}
ExternalIgnoreList {nobody}
PeerList {nobody}
ResolverConfiguration {resolver}
""")
    stage.start("opendkim", ["/usr/sbin/opendkim", "-f", "-x", config], signal.SIGKILL)  # it takes four seconds to end else
    stage.wait_for("opendkim", stage.address(DNS), PORTS["milter"])


def start_opendmarc(stage, nobody):
    config = stage.write("opendmarc.conf", f"""
Socket inet:{PORTS['dmarc']}@{stage.address(DNS)}
Background false
Syslog false
UserID opendmarc
AuthservID mx.target.test
TrustedAuthservIDs mx.target.test
IgnoreHosts {nobody}
RejectFailures true
SPFIgnoreResults false
""")
    stage.start("opendmarc", ["/usr/sbin/opendmarc", "-f", "-c", config], signal.SIGKILL)
    stage.wait_for("opendmarc", stage.address(DNS), PORTS["dmarc"])


def start_postfix(stage, certificate):
    spf = stage.write("policyd-spf.conf", "debugLevel = 1\nTestOnly = 1\nHELO_reject = False\nMail_From_reject = Fail\nPermError_reject = False\n"
                                          "TempError_Defer = False\nskip_addresses = 192.0.2.1/32\nHeader_Type = AR\nAuthserv_Id = mx.target.test\n")
    mailboxes = " ".join("{ %s = ok }" % user for user in USERS)
    milters = f"inet:{stage.address(DNS)}:{PORTS['milter']},inet:{stage.address(DNS)}:{PORTS['dmarc']}"
    stage.write("postfix/main.cf", f"""
compatibility_level = 3.6
queue_directory = {stage.path('queue')}
data_directory = {stage.path('data')}
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
maillog_file = {stage.path('postfix.log')}
maillog_file_prefixes = {stage.folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.target.test
mydestination =
mynetworks =
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
virtual_mailbox_domains = target.test two.test
virtual_mailbox_maps = inline:{{ {mailboxes} }}
virtual_transport = lmtp:inet:{stage.address(IMAP)}:{PORTS['lmtp']}
smtpd_tls_security_level = may
smtpd_tls_chain_files = {certificate}
smtpd_relay_restrictions = reject_unauth_destination
policyd-spf_time_limit = 3600
milter_default_action = tempfail
""")
    evaluates = f"  -o smtpd_recipient_restrictions=check_policy_service,unix:private/policyd-spf\n  -o smtpd_milters={milters}\n"
    services = ["cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr", "tlsmgr unix - - n 1000? 1 tlsmgr", "rewrite unix - - n - - trivial-rewrite",
                "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce", "proxymap unix - - n - - proxymap",
                "lmtp unix - - n - - lmtp", "error unix - - n - - error", "retry unix - - n - - error", "anvil unix - - n - 1 anvil",
                "postlog unix-dgram n - n - 1 postlogd",
                f"policyd-spf unix - n n - 0 spawn user=policyd-spf argv=/usr/bin/policyd-spf {spf}"]
    stage.write("postfix/master.cf", f"{stage.address(TARGET)}:25 inet n - n - - smtpd\n{evaluates}"
                                     f"{stage.address(LAZY)}:25 inet n - n - - smtpd\n  -o myhostname=mx.two.test\n" + "\n".join(services) + "\n")
    make_queue(stage.path("queue"))
    os.mkdir(stage.path("data"), 0o700)
    shutil.chown(stage.path("data"), "postfix", "postfix")
    stage.start("postfix", ["/usr/lib/postfix/sbin/master", "-c", stage.path("postfix"), "-s"])
    for number in (TARGET, LAZY):
        stage.wait_for("postfix", stage.address(number), 25)
