"""MTAs that send: one Postfix with a transport for each setting, three Exims. Each setting has an address to send from, a name to say
in EHLO, and a door to hand mail in."""
import os, shutil
import exim, rows
from postfix import common, start_master
from transport import resolv_conf

ADDRESSES = {"postfix-may": 31, "postfix-dane": 32, "postfix-sts": 33, "exim": 34, "exim-no-dane": 35, "postfix-answers": 36, "exim-no-ad": 38}
TARGET = 37  # where target.test takes mail
PORT = 2600  # mail is handed in there, each sender at its own address
STS = 8461

POSTFIX = {
    "postfix-may": ["smtp_tls_security_level=may"],
    "postfix-dane": ["smtp_tls_security_level=dane", "smtp_dns_support_level=dnssec"],
    "postfix-sts": ["smtp_tls_security_level=may", f"smtp_tls_policy_maps=socketmap:inet:127.0.0.1:{STS}:postfix"],
    # That of a correspondent who does all of it, and has not been at the traps before.
    "postfix-answers": ["smtp_tls_security_level=dane", "smtp_dns_support_level=dnssec", f"smtp_tls_policy_maps=socketmap:inet:127.0.0.1:{STS}:postfix"],
}


def entrance(stage, sender):
    return stage.address(ADDRESSES[sender]), PORT


def who(stage, session):
    """The address tells the setting; over IPv6, the name in EHLO."""
    for name, number in ADDRESSES.items():
        if session["address"] == stage.address(number):
            return name
    return (session["helo"] or "").removesuffix(".target.test")


def gave_up_for_now(stage, sender, trap):
    """Its own log says that mail to the trap is deferred."""
    name = "postfix.log" if sender in POSTFIX else f"{sender}/mainlog"
    domain = f"@trap-{trap}.probe.test"
    if not os.path.exists(stage.path(name)):
        return False
    with open(stage.path(name), errors="replace") as log:
        return any(domain in line and is_deferral(line, sender) for line in log)


def is_deferral(line, sender):
    if sender in POSTFIX:
        return "status=deferred" in line and f" {sender}/smtp[" in line
    return " == " in line


def start(stage, certificates):
    start_policies(stage, certificates)
    start_postfix(stage, certificates)
    for name in ("exim", "exim-no-dane", "exim-no-ad"):
        start_exim(stage, certificates, name)


def start_policies(stage, certificates):
    """MTA-STS for Postfix, by postfix-mta-sts-resolver."""
    config = stage.write("mta-sts.yml", f"host: 127.0.0.1\nport: {STS}\ncache: {{type: internal}}\ndefault_zone: {{strict_testing: false, timeout: 4}}\n")
    os.environ["SSL_CERT_FILE"] = certificates.ca + ".pem"
    stage.start("mta-sts", ["/usr/bin/mta-sts-daemon", "-c", config])
    del os.environ["SSL_CERT_FILE"]
    stage.wait_for("mta-sts", "127.0.0.1", STS)


def start_postfix(stage, certificates):
    stage.write("postfix/main.cf", f"""
{common(stage)}syslog_name = postfix
myhostname = postfix-may.target.test
mydestination =
mynetworks = 127.0.0.0/8
inet_protocols = all
smtpd_peername_lookup = no
alias_maps =
alias_database =
smtp_tls_CAfile = {certificates.ca}.pem
# Mail that is deferred goes again at once.
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
smtp_connection_cache_on_demand = no
""")
    entrances = "".join(f"{stage.address(ADDRESSES[name])}:{PORT} inet n - n - - smtpd\n  -o content_filter={name}:\n" for name in POSTFIX)
    transports = "".join(f"{name} unix - - n - - smtp\n  -o syslog_name={name}\n  -o smtp_helo_name={name}.target.test\n"
                         f"  -o smtp_bind_address={stage.address(ADDRESSES[name])}\n" + "".join(f"  -o {each}\n" for each in options)
                         for name, options in POSTFIX.items())
    services = ["cleanup unix n - n - 0 cleanup", "qmgr unix n - n 1 1 qmgr", "tlsmgr unix - - n 1000? 1 tlsmgr",
                "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce",
                "trace unix - - n - 0 bounce", "proxymap unix - - n - - proxymap", "smtp unix - - n - - smtp", "error unix - - n - - error",
                "retry unix - - n - - error", "anvil unix - - n - 1 anvil", "scache unix - - n - 1 scache",
                "postlog unix-dgram n - n - 1 postlogd"]
    stage.write("postfix/master.cf", entrances + transports + "\n".join(services) + "\n")
    start_master(stage)
    for name in POSTFIX:
        stage.wait_for("postfix", stage.address(ADDRESSES[name]), PORT)


def start_exim(stage, certificates, name):
    """As Debian's configuration sends, with DANE (Exim's default, where it learns that the resolver has validated) or without, or where glibc keeps that from it."""
    dane = "  hosts_try_dane =\n" if name == "exim-no-dane" else ""
    hidden = stage.write(f"{name}/resolv.conf", resolv_conf(stage, trusted=name != "exim-no-ad"))
    config = stage.write(f"{name}/exim.conf", f"""
exim_path = {rows.EXIM}
primary_hostname = {name}.target.test
spool_directory = {stage.path(name, 'spool')}
log_file_path = {stage.path(name)}/%slog
pid_file_path = {stage.path(name, 'pid')}
local_interfaces = {stage.address(ADDRESSES[name])}
daemon_smtp_ports = {PORT}
tls_advertise_hosts =
acl_smtp_rcpt = take_all
keep_environment =
host_lookup =
dns_dnssec_ok = 1
queue_run_max = 5
remote_max_parallel = 8
retry_interval_max = 1s
tls_require_ciphers =
begin acl
take_all:
  accept
begin routers
out:
  driver = dnslookup
  domains = *
  transport = smtp
  dnssec_request_domains = *
  ignore_target_hosts = 0.0.0.0
  self = send
begin transports
smtp:
  driver = smtp
  helo_data = {name}.target.test
  interface = <; {stage.address(ADDRESSES[name])} ; ::1
  tls_verify_certificates = {certificates.ca}.pem
  tls_try_verify_hosts = *
{dane}begin retry
* * F,1h,1s
""")
    os.makedirs(stage.path(name, "spool"))
    for folder in (name, name + "/spool"):
        shutil.chown(stage.path(folder), exim.UID, exim.UID)
    stage.start(name, ["unshare", "-m", "sh", "-c", f"mount --bind {hidden} /etc/resolv.conf && {exim.with_its_user(stage)} && exec {rows.EXIM} -C {config} -bdf -q1s"])
    stage.wait_for(name, stage.address(ADDRESSES[name]), PORT)
