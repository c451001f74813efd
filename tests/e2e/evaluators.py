"""A target that evaluates, out of Debian's packages, and one that does not: Postfix, behind it Dovecot; policyd-spf, OpenDKIM and
OpenDMARC ask a validating Unbound, all by the same address."""
import milters
from dovecot import USERS
from knot import DNS, IMAP
from postfix import common, start_master
from support import PORTS

TARGET, LAZY = 10, 11  # target.test evaluates, two.test does not
SPF_REFUSES = "550 5.7.23"  # RFC 7372 §3.2


def start(stage, certificate):
    nobody = stage.write("nobody", "192.0.2.1\n")  # whose mail is not evaluated: by default that of 127.0.0.1
    milters.start_opendkim(stage, DNS, "mx.target.test", milters.ask_resolver(stage), f"MaximumSignaturesToVerify 10\nInternalHosts {nobody}\n"
                           f"ExternalIgnoreList {nobody}\nPeerList {nobody}\n")
    milters.start_opendmarc(stage, DNS, "mx.target.test", f"TrustedAuthservIDs mx.target.test\nIgnoreHosts {nobody}\nSPFIgnoreResults false\n")
    start_postfix(stage, certificate)


def start_postfix(stage, certificate):
    spf = stage.write("policyd-spf.conf", "debugLevel = 1\nTestOnly = 1\nHELO_reject = False\nMail_From_reject = Fail\nPermError_reject = False\n"
                                          "TempError_Defer = False\nskip_addresses = 192.0.2.1/32\nHeader_Type = AR\nAuthserv_Id = mx.target.test\n")
    mailboxes = " ".join("{ %s = ok }" % user for user in USERS)
    milters = f"inet:{stage.address(DNS)}:{PORTS['milter']},inet:{stage.address(DNS)}:{PORTS['dmarc']}"
    stage.write("postfix/main.cf", f"""
{common(stage)}myhostname = mx.target.test
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
    start_master(stage)
    for number in (TARGET, LAZY):
        stage.wait_for("postfix", stage.address(number), 25)
