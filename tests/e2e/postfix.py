"""Postfix with a listener for each kind of target, OpenDKIM as its milter, and a policy server that greylists."""
import os, shutil, socketserver, threading
import downgrade, milters, receiving, reflecting, rows, running
from dovecot import USERS
from knot import DNS, IMAP, RELAY, TARGETS
from support import PORTS, run

GREYLISTED = "greylisted@target.test"
LOST = "lost@target.test"  # accepted, and never delivered
BOUNCED = "bounced@target.test"  # accepted, and sent back: Dovecot knows no such user


AUTOMATIC = "automatic@target.test"  # a program of Postfix's pipe(8) answers

# RFC 3834: to the reverse-path, says that it is automatic and what it answers; from an address of its own (section 3.3).
AUTORESPONDER = """import email, smtplib, sys
sender, recipient, host, port = sys.argv[1:]
asked = email.message_from_binary_file(sys.stdin.buffer)
if sender and asked.get("Auto-Submitted", "no") == "no":
    answer = f"From: {recipient}\\r\\nTo: {sender}\\r\\nSubject: Auto: {asked['Subject']}\\r\\nAuto-Submitted: auto-replied\\r\\n"
    answer += f"Message-ID: <answer-to-{asked['Message-ID'][1:-1]}>\\r\\nDate: {asked['Date']}\\r\\nIn-Reply-To: {asked['Message-ID']}\\r\\n\\r\\nThis is a program.\\r\\n"
    with smtplib.SMTP(host, int(port), timeout=10) as client:
        client.sendmail(recipient, [sender], answer)
"""


class Policy(socketserver.StreamRequestHandler):
    """Postfix's policy delegation: name=value lines, an empty line, an action. That one recipient is never let in."""

    def handle(self):
        asked = {}
        for line in self.rfile:
            name, _, value = line.decode(errors="replace").strip().partition("=")
            if name:
                asked[name] = value
                continue
            late = asked.get("recipient") == GREYLISTED
            answer = "DEFER_IF_PERMIT 4.2.0 Greylisted, see http://postgrey.schweikert.ch/help/" if late else "DUNNO"
            self.wfile.write(f"action={answer}\n\n".encode())
            asked = {}


def start_policy(stage):
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    server = socketserver.ThreadingTCPServer((stage.address(DNS), PORTS["policy"]), Policy)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()


def start_opendkim(stage, zones, anchors):
    stubs = "".join(f'stub-zone:\n  name: "{zone}"\n  stub-addr: {stage.address(DNS)}@{PORTS["dns"]}\n' for zone in zones)
    local = "".join(f'  local-zone: "{zone}" nodefault\n' for zone in ["test", "127.in-addr.arpa"])
    resolver = stage.write("unbound.conf", f"server:\n  do-not-query-localhost: no\n  trust-anchor-file: {anchors}\n{local}{stubs}")
    nobody = stage.write("no-hosts", "192.0.2.1\n")
    milters.start_opendkim(stage, DNS, "mx.target.test", resolver, f"InternalHosts {nobody}\nExternalIgnoreList {nobody}\nPeerList {nobody}\n")


def start_postfix(stage, certificates, transport):
    good = certificates.issue("mx", ["mx.target.test", "mx1.two.test", "mx2.two.test", "relay.probe.test"])
    unknown = certificates.issue("unknown", ["mx.unknown-ca.test"], certificates.other_ca)
    stage.write("postfix/main.cf", main_cf(stage, good))
    stage.write("postfix/master.cf", master_cf(stage, unknown, transport))
    stage.write("autoresponder.py", AUTORESPONDER)
    start_master(stage)
    for number in (10, 11, 12, 13, 14, 16, 17, 18, 19, *(row.number for row in rows.ROWS if row.postfix), downgrade.RELAY_8BIT, downgrade.HOP_7BIT):
        stage.wait_for("postfix", stage.address(number), PORTS["smtp"])
    stage.wait_for("postfix", stage.address(RELAY), PORTS["submission"])


def make_queue(queue):
    """What `postfix check` would make: that one wants the system's own configuration as well."""
    os.makedirs(queue, mode=0o755)
    for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved",
                 "trace"):
        os.makedirs(os.path.join(queue, name), mode=0o700)
        shutil.chown(os.path.join(queue, name), "postfix")
    for name, mode in (("maildrop", 0o730), ("public", 0o710)):
        os.makedirs(os.path.join(queue, name))
        shutil.chown(os.path.join(queue, name), "postfix", "postdrop")
        os.chmod(os.path.join(queue, name), mode)
    os.makedirs(os.path.join(queue, "pid"), mode=0o755)


def common(stage):
    """Lines of main.cf: where everything is."""
    return f"""\
compatibility_level = 3.6
queue_directory = {stage.path('queue')}
data_directory = {stage.path('data')}
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
maillog_file = {stage.path('postfix.log')}
maillog_file_prefixes = {stage.folder}
mail_owner = postfix
setgid_group = postdrop
"""


def start_master(stage):
    """By the main.cf and master.cf that were written."""
    make_queue(stage.path("queue"))
    os.mkdir(stage.path("data"), 0o700)
    shutil.chown(stage.path("data"), "postfix", "postfix")
    run("/usr/sbin/postconf", "-c", stage.path("postfix"), "-n")  # a wrong file is told here, not in a log
    stage.start("postfix", ["/usr/lib/postfix/sbin/master", "-c", stage.path("postfix"), "-s"])


def main_cf(stage, certificate):
    mailboxes = " ".join("{ %s = ok }" % user for user in USERS)
    return f"""
{common(stage)}myhostname = mx.target.test
mydestination =
mynetworks =
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
default_transport = error:this Postfix sends nothing on
relay_transport = error:this Postfix sends nothing on
virtual_mailbox_domains = {' '.join(domain for domain in TARGETS if domain not in ('fake.test', reflecting.DOMAIN))}
virtual_mailbox_maps = inline:{{ {mailboxes} {{ {BOUNCED} = ok }} {{ {AUTOMATIC} = ok }} }}
# The probe's own mail, bounces that is, comes to the first mailbox.
virtual_alias_domains = probe.test
virtual_alias_maps = inline:{{ {{ probe@probe.test = {USERS[0]} }} }}
recipient_delimiter = +
propagate_unmatched_extensions =
transport_maps = inline:{{ {{ {LOST} = discard: }} {{ {AUTOMATIC} = automatic: }} {receiving.way(stage)} {reflecting.way(stage)} }}
relay_domains = {receiving.DOMAIN} {reflecting.DOMAIN}
relay_recipient_maps =
virtual_transport = lmtp:inet:{stage.address(IMAP)}:{PORTS['lmtp']}
smtpd_tls_security_level = may
smtpd_tls_chain_files = {certificate}
smtpd_tls_received_header = yes
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {stage.path('dovecot/postfix-auth')}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_policy_service inet:{stage.address(DNS)}:{PORTS['policy']}
smtpd_milters = inet:{stage.address(DNS)}:{PORTS['milter']}
milter_default_action = tempfail
smtpd_client_connection_rate_limit = 0
"""


def master_cf(stage, unknown_certificate, transport):
    def smtpd(number, port, *options):
        return f"{stage.address(number)}:{PORTS[port]} inet n - n - - smtpd\n" + "".join(f"  -o {each}\n" for each in options)

    def submission(port, *options):
        # The probe's own relay: its way out leads to the target's front door, whatever the recipient.
        return smtpd(RELAY, port, "myhostname=relay.probe.test", "smtpd_tls_security_level=encrypt",
                     "smtpd_sasl_auth_enable=yes", "smtpd_milters=", "smtpd_recipient_restrictions=",
                     "smtpd_relay_restrictions=permit_sasl_authenticated,reject",
                     f"content_filter=outbound:[{stage.address(10)}]:{PORTS['smtp']}", *options)

    services = [smtpd(10, "smtp"), smtpd(11, "smtp", "myhostname=mx1.two.test"), smtpd(12, "smtp", "myhostname=mx2.two.test", running.SERVICE),
                smtpd(13, "smtp", f"smtpd_tls_chain_files={unknown_certificate}", "myhostname=mx.unknown-ca.test"),
                smtpd(14, "smtp", "smtpd_tls_security_level=none", "myhostname=mx.no-tls.test"),
                *downgrade.services(stage, smtpd), *rows.services(smtpd),
                *(smtpd(number, "smtp", f"smtpd_tls_chain_files={transport[host]}", f"myhostname={host}")
                  for hosts in TARGETS.values() for host, number in hosts if host in transport),
                submission("submission"), submission("plain", "smtpd_sasl_mechanism_filter=plain"),
                submission("login", "smtpd_sasl_mechanism_filter=login"),
                receiving.service(stage), f"outbound unix - - n - - smtp\n  -o myhostname=relay.probe.test\n"
                f"  -o smtp_bind_address={stage.address(RELAY)}\n  -o smtp_tls_security_level=may\n"]
    services.append("automatic unix - n n - - pipe\n  flags=R user=nobody argv=/usr/bin/python3 "
                    f"{stage.path('autoresponder.py')} ${{sender}} ${{recipient}} {stage.address(10)} {PORTS['smtp']}\n")
    return "".join(services) + """
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
