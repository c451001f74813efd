"""Three receiving stacks out of Debian's packages, and two Postfixes that alter what they pass on; behind all of them Dovecot.

One Postfix has a listener for each domain but Exim's. All that evaluates asks the validating Unbound of the stage, by /etc/resolv.conf or told so."""
import os, shutil
import exim, milters, rows
from certificates import read
from knot import IMAP
from postfix import common, start_master
from support import PORTS
from transport import RESOLVER

# Domain: the last number of its MX's address.
STACKS = {"opendmarc.test": 10, "rspamd.test": 11, "exim.test": 12, "seven.test": 13, "footer.test": 14}
MILTERS, RELAY_7BIT, AFTER_FILTER = 30, 31, 32
FOOTER = "-- \nThis message was scanned by footer.test.\n"

# What altermime(1) is called by, as content filter of Postfix (FILTER_README, "Simple content filter"); it speaks SMTP to hand the message back.
FILTER = """import smtplib, subprocess, sys, tempfile
sender, recipient, host, port, footer = sys.argv[1:]
with tempfile.NamedTemporaryFile() as file:
    file.write(sys.stdin.buffer.read())
    file.flush()
    subprocess.run(["/usr/bin/altermime", "--input=" + file.name, "--disclaimer=" + footer], check=True)
    with open(file.name, "rb") as altered:
        lines = altered.read().split(b"\\n")
with smtplib.SMTP(host, int(port), timeout=20) as client:
    client.sendmail(sender, [recipient], b"\\r\\n".join(lines), mail_options=["BODY=8BITMIME"])
"""


def start(stage, certificate):
    stage.write("suffixes", "test\n")  # below which organisational domains lie: the public list knows no "test"
    milters.start_opendkim(stage, MILTERS, "mx.opendmarc.test", milters.ask_resolver(stage))
    milters.start_opendmarc(stage, MILTERS, "mx.opendmarc.test", f"SPFIgnoreResults true\nSPFSelfValidate true\nPublicSuffixList {stage.path('suffixes')}\n")
    start_rspamd(stage)
    start_postfix(stage, certificate)
    start_exim(stage, certificate)


RSPAMD_MODULES = ["spf", "dmarc", "arc", "milter_headers"]  # dkim is built in


def start_rspamd(stage):
    os.makedirs(stage.path("rspamd"))
    shutil.chown(stage.path("rspamd"), "_rspamd", "_rspamd")
    modules = "".join(f"  path = \"${{PLUGINSDIR}}/{name}.lua\";\n" for name in RSPAMD_MODULES)
    config = stage.write("rspamd.conf", f"""
options {{
  filters = "dkim";
  dns {{ nameserver = ["{stage.address(RESOLVER)}:53"]; timeout = 2s; }}
  pidfile = "{stage.path('rspamd/pid')}";
  control_socket = "{stage.path('rspamd/control')} mode=0600";
  disable_hyperscan = true;
  hs_cache_dir = "{stage.path('rspamd')}";
  url_tld = "{stage.path('suffixes')}";
}}
logging {{ type = "console"; level = "info"; }}
worker "rspamd_proxy" {{
  bind_socket = "{stage.address(MILTERS)}:{PORTS['rspamd']}";
  milter = yes;
  timeout = 60s;
  count = 1;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
modules {{
{modules}}}
actions {{ reject = 15; add_header = 6; }}
group "policies" {{
  symbols {{
    R_SPF_FAIL {{ weight = 1.0; }}
    R_DKIM_REJECT {{ weight = 1.0; }}
    DMARC_POLICY_QUARANTINE {{ weight = 1.5; }}
    DMARC_POLICY_REJECT {{ weight = 2.0; }}
  }}
}}
dkim {{ }}
spf {{ }}
arc {{ }}
dmarc {{ actions {{ quarantine = "add_header"; reject = "reject"; }} }}
milter_headers {{
  use = ["authentication-results"];
}}
""")
    stage.start("rspamd", ["/usr/bin/rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", "-c", config, f"--var=DBDIR={stage.path('rspamd')}"])
    stage.wait_for("rspamd", stage.address(MILTERS), PORTS["rspamd"])


def start_postfix(stage, certificate):
    domains = [domain for domain in STACKS if domain != "exim.test"]
    boxes = " ".join("{ reflector@%s = ok }" % domain for domain in domains)
    stage.write("postfix/main.cf", f"""
{common(stage)}myhostname = mx.opendmarc.test
mydestination =
mynetworks =
inet_protocols = ipv4
# 192.0.2.2, where bounces go to, is none of its own; where it listens master.cf says.
inet_interfaces = loopback-only
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
virtual_mailbox_domains = {' '.join(domains)}
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_transport = lmtp:inet:{stage.address(IMAP)}:{PORTS['lmtp']}
smtpd_tls_security_level = may
smtpd_tls_chain_files = {certificate}
# Our own address is one of this host: Postfix would add a From to what has none.
local_header_rewrite_clients =
in_flow_delay = 0
smtpd_relay_restrictions = reject_unauth_destination
milter_default_action = tempfail
""")
    stage.write("filter.py", FILTER)
    stage.write("footer.txt", FOOTER)
    stage.write("postfix/master.cf", master_cf(stage))
    start_master(stage)
    for domain in domains:
        stage.wait_for("postfix", stage.address(STACKS[domain]), 25)


def master_cf(stage):
    def smtpd(number, *options):
        return f"{stage.address(number)}:25 inet n - n - - smtpd\n" + "".join(f"  -o {each}\n" for each in options)

    def milters(*ports):
        return "smtpd_milters=" + ",".join(f"inet:{stage.address(MILTERS)}:{PORTS[port]}" for port in ports)

    services = [
        smtpd(STACKS["opendmarc.test"], milters("milter", "dmarc")),
        smtpd(STACKS["rspamd.test"], "myhostname=mx.rspamd.test", milters("rspamd")),
        # The next hop offers neither 8BITMIME nor SMTPUTF8, which alone would count as 8BITMIME too.
        smtpd(STACKS["seven.test"], "myhostname=mx.seven.test", f"content_filter=smtp:[{stage.address(RELAY_7BIT)}]:25"),
        smtpd(RELAY_7BIT, "myhostname=seven.seven.test", "smtpd_discard_ehlo_keywords=8bitmime,smtputf8"),
        smtpd(STACKS["footer.test"], "myhostname=mx.footer.test", "content_filter=footer:"),
        smtpd(AFTER_FILTER, "myhostname=after.footer.test"),
        f"footer unix - n n - 4 pipe\n  user=nobody argv=/usr/bin/python3 {stage.path('filter.py')} ${{sender}} ${{recipient}} "
        f"{stage.address(AFTER_FILTER)} 25 {stage.path('footer.txt')}\n"]
    return "".join(services) + """
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def start_exim(stage, certificate):
    """exim4-daemon-heavy has SPF and DKIM, and no DMARC."""
    shown = stage.write("exim/mx.pem", read(certificate), 0o600)
    config = stage.write("exim/exim.conf", f"""
exim_path = {rows.EXIM}
primary_hostname = mx.exim.test
spool_directory = {stage.path('exim/spool')}
log_file_path = {stage.path('exim/%slog')}
pid_file_path = {stage.path('exim/pid')}
local_interfaces = {stage.address(STACKS['exim.test'])}
daemon_smtp_ports = 25
tls_advertise_hosts = *
tls_certificate = {shown}
tls_privatekey = {shown}
acl_smtp_rcpt = check_rcpt
acl_smtp_dkim = check_dkim
acl_smtp_data = check_data
keep_environment =
host_lookup =
domainlist ours = exim.test

begin acl
check_rcpt:
  require domains = +ours
  deny spf = fail
    message = 550 5.7.23 $sender_host_address is not allowed to send mail from $sender_address_domain
  accept

check_dkim:
  deny dkim_status = fail
    message = 550 5.7.20 the signature of $dkim_cur_signer fails: $dkim_verify_reason
  accept

check_data:
  warn add_header = :at_start:${{authresults {{mx.exim.test}}}}
  accept

begin routers
boxes:
  driver = manualroute
  domains = +ours
  route_list = * {stage.address(IMAP)}
  self = send
  transport = dovecot

begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  port = {PORTS['lmtp']}
  allow_localhost
  hosts_try_auth =
  tls_tempfail_tryclear

begin retry
* * F,1h,1s
""")
    os.makedirs(stage.path("exim/spool"))
    for path in ("exim", "exim/spool", "exim/mx.pem"):
        shutil.chown(stage.path(path), exim.UID, exim.UID)
    stage.start("exim", ["unshare", "-m", "sh", "-c", f"{exim.with_its_user(stage)} && exec {rows.EXIM} -C {config} -bdf -q1h"])
    stage.wait_for("exim", stage.address(STACKS["exim.test"]), 25)
