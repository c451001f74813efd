"""Dovecot: LMTP in, Sieve in between, IMAP out, and the passwords that Postfix asks for."""
import os, shutil
from knot import IMAP, TARGETS
from support import PORTS

# Who has a mailbox, and what becomes of it.
USERS = ["reflector@target.test", "junk@target.test", "greylisted@target.test", "lost@target.test",
         "reflector@two.test", "reflector@unknown-ca.test", "reflector@no-tls.test",
         "reflector@dane.test", "reflector@sts.test"]
AWAY = "away@target.test"  # whose Sieve script answers (RFC 5230)
USERS.append(AWAY)
SIEVE = """require ["envelope", "fileinto"];
if envelope :localpart "to" "junk" { fileinto "Junk"; }
"""


VACATION = """require ["vacation"];
vacation :days 1 :subject "On holiday" "Back on Monday.";
"""


def start_dovecot(stage, certificate, password, users=USERS, sieve=SIEVE):
    for folder in ("dovecot", "mail", "sieve"):
        os.mkdir(stage.path(folder), 0o755)
    for folder in ("mail", "sieve"):  # Pigeonhole keeps the compiled script beside the script
        shutil.chown(stage.path(folder), "mail", "mail")
    stage.write("sieve/junk.sieve", sieve)
    home = stage.path("mail", AWAY)
    os.mkdir(home)
    stage.write(f"mail/{AWAY}/own.sieve", VACATION)
    for path in (home, os.path.join(home, "own.sieve")):
        shutil.chown(path, "mail", "mail")
    stage.write("passwd", "".join(f"{user}:{{PLAIN}}{password}\n" for user in users), 0o640)
    shutil.chown(stage.path("passwd"), "root", "dovecot")
    config = stage.write("dovecot.conf", dovecot_config(stage, certificate))
    stage.start("dovecot", ["/usr/sbin/dovecot", "-F", "-c", config])
    for port in ("imaps", "imap", "lmtp"):
        stage.wait_for("dovecot", stage.address(IMAP), PORTS[port])


def dovecot_config(stage, certificate):
    return f"""
base_dir = {stage.path('dovecot')}
state_dir = {stage.path('dovecot')}
log_path = {stage.path('dovecot.log')}
protocols = imap lmtp
submission_host = {stage.address(TARGETS["target.test"][0][1])}:{PORTS['smtp']}
hostname = imap.target.test
listen = {stage.address(IMAP)}
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
auth_mechanisms = plain login scram-sha-256
auth_failure_delay = 0
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
mail_location = maildir:{stage.path('mail')}/%u
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {stage.path('passwd')}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={stage.path('mail')}/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve_before = {stage.path('sieve/junk.sieve')}
  sieve = {stage.path('mail')}/%u/own.sieve
}}
service imap-login {{
  inet_listener imap {{
    port = {PORTS['imap']}
  }}
  inet_listener imaps {{
    port = {PORTS['imaps']}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = {stage.address(IMAP)}
    port = {PORTS['lmtp']}
  }}
}}
service auth {{
  unix_listener postfix-auth {{
    mode = 0666
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""
