"""How Postfix and Exim, set up in several ways, send to every trap: the table MTA x setting x trap, over what, or not at all.

    outgoing.py BINARY          in a network namespace of its own, where 25, 53 and 443 are the real ports

Knot serves the probe's signed zone with the records that `mailprobe traps` prints, and a zone that does not validate; Unbound
validates; mailprobe receives at each trap; its own record of sessions is what the table is held against."""
import glob, gzip, json, os, smtplib, socket, socketserver, struct, subprocess, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
import senders
from certificates import Certificates, dkim_key
from knot import start_zones
from support import PORTS, Failed, Stage, run
from transport import start_resolver

TRAPS = ["good", "no-starttls", "wrong-name", "dane-right", "dane-wrong", "sts-right", "sts-wrong", "hidden-starttls", "greylist",
         "ipv6-only", "bogus", "tls10-only", "tls13-only"]
FIRST, POLICY, DOOR, DNS = 101, 120, 2, 53
PATIENCE = 90  # seconds, until everything that is to happen has happened

# What the documentation of each says: over what mail arrives; "-": not at all. docs/traps.md tells where it says so.
TLS, OLD, PLAIN, NOT = "TLSv1.3", "TLSv1", "plain", "-"
COMMON = {"good": TLS, "no-starttls": PLAIN, "wrong-name": TLS, "dane-right": TLS, "dane-wrong": TLS, "sts-right": TLS, "sts-wrong": TLS,
          "hidden-starttls": PLAIN, "greylist": TLS, "ipv6-only": TLS, "bogus": NOT, "tls10-only": OLD, "tls13-only": TLS}
EXPECTED = {
    "postfix-may": COMMON,
    "postfix-dane": {**COMMON, "dane-wrong": NOT},
    "postfix-sts": {**COMMON, "sts-wrong": NOT},
    "exim": {**COMMON, "dane-wrong": NOT},
    "exim-no-dane": COMMON,
    "exim-no-ad": COMMON,
}


# Block lists (RFC 5782): both list the address that every list has, one of them ours too. It is a public one, in this namespace.
OURS = "11.0.0.1"
LISTS = {"listing.test": "2.0.0.127 A 127.0.0.2\n1.0.0.11 A 127.0.0.2\n", "other.test": "2.0.0.127 A 127.0.0.2\n"}

IPV6 = "fd00:6d70::1"  # no interface's, or Postfix would take the trap's host for itself


def address_of(stage, trap):
    return IPV6 if trap == "ipv6-only" else stage.address(FIRST + TRAPS.index(trap))


def issue(stage, certificates):
    """For the receiver and the policy host."""
    names = ["*.probe.test", "mta-sts.trap-sts-right.probe.test", "mta-sts.trap-sts-wrong.probe.test"]
    return certificates.issue("traps", names)


def configure(stage, shown, anchors):
    traps = "".join(f"    {trap}: \"{address_of(stage, trap)}\"\n" for trap in TRAPS)
    stubs = ", ".join(f"{zone}: \"{stage.address(DNS)}@{PORTS['dns']}\"" for zone in ("probe.test", "target.test", *LISTS, "\".\""))
    return stage.write("mailprobe.yaml", f"""identities:
  default:
    domain: probe.test
    address: probe@probe.test
    dkim: [{{selector: e1, key: keys/e1.pem}}]
helo: mx.probe.test
contact: postmaster@probe.test
receiver:
  listen: {stage.address(DOOR)}
  certificate: {shown.replace('.pem', '.crt')}
  key: {shown.replace('.pem', '.key')}
  dns: {{host: ns.probe.test}}
  traps:
{traps}  policy_host: {stage.address(POLICY)}
resolver: {{mode: validate, stubs: {{{stubs}}}, trust_anchor_file: {anchors}}}
tls: {{ca_file: {stage.path("tls", "ca.pem")}}}
runs: out/runs
store: out/history.db
limits: {{trap_wait: 20s}}
""", 0o600)


def environment(stage):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAILPROBE_", "XDG_"))}
    return dict(kept, HOME=stage.folder, LC_ALL="C.UTF-8", NO_COLOR="1")


def printed_records(stage, binary, config):
    """The records of the traps, and the zone that does not validate: as `mailprobe traps` prints them."""
    done = subprocess.run([binary, "traps", "--config", config], capture_output=True, text=True, cwd=stage.folder,
                          env=environment(stage))
    if done.returncode != 0:
        raise Failed(f"mailprobe traps: {done.stdout}{done.stderr}")
    records, _, bogus = done.stdout.partition("\n; ")
    return records, bogus.partition("\n")[2]


def start_dns(stage, binary):
    """There are keys to trust when Knot runs, which needs the records first."""
    certificates = Certificates(stage)
    shown = issue(stage, certificates)
    _, key_record = dkim_key(stage, "e1", "ED25519")
    records, bogus = printed_records(stage, binary, configure(stage, shown, "/usr/share/dns/root.key"))
    zones = {"probe.test": f"@ MX 10 mx\nmx A {stage.address(DOOR)}\ne1._domainkey TXT \"{key_record}\"\n{records}",
             "trap-bogus.probe.test": "\n".join(line for line in bogus.splitlines() if " SOA " not in line and " NS " not in line) + "\n",
             "target.test": "".join(f"{name} A {stage.address(number)}\n" for name, number in senders.ADDRESSES.items())
                            + f"mx A {stage.address(senders.TARGET)}\n"
                            + "@ MX 10 mx\n@ TXT \"v=spf1 ip4:127.0.0.0/8 ip6:::1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"\n", **LISTS}
    zones, anchors = start_zones(stage, zones, unsigned=["trap-bogus.probe.test"])
    start_resolver(stage, [zone for zone in zones if zone != "trap-bogus.probe.test"], anchors)
    run("mount", "--bind", stage.path("resolv.conf"), "/etc/resolv.conf")
    return certificates, configure(stage, shown, anchors)


def ask_resolver(stage, name, checking_disabled):
    """RCODE and number of answers to a question for A (RFC 1035 §4.1.1, RFC 4035 §3.2.2)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    query = struct.pack("!6H", 1, 0x0110 if checking_disabled else 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        client.sendto(query, (stage.address(54), 53))
        answer = client.recv(1500)
    return answer[3] & 15, struct.unpack("!H", answer[6:8])[0]


def check_bogus(stage):
    """The trap is there for who does not validate, and for nobody else."""
    name, servfail = "trap-bogus.probe.test", 2
    if ask_resolver(stage, name, True) != (0, 1) or ask_resolver(stage, name, False)[0] != servfail:
        raise Failed(f"{name}: {ask_resolver(stage, name, True)} unchecked, {ask_resolver(stage, name, False)} checked")


def start_receiver(stage, binary, config):
    os.makedirs(stage.path("out"), exist_ok=True)
    os.environ.update(environment(stage))
    stage.start("reflect", [binary, "reflect", "--config", config])
    for trap in TRAPS:
        stage.wait_for("reflect", address_of(stage, trap), 25)
    stage.wait_for("reflect", stage.address(POLICY), 443)


def expect_token(stage, token):
    until = datetime.now(timezone.utc) + timedelta(hours=1)
    stage.write(f"out/receiver/waiting/{token}", until.strftime("%Y-%m-%dT%H:%M:%SZ"), 0o600)


def token_of(sender):
    return "t" + sender.replace("-", "") + "0123456789"


def submit(stage, sender):
    """One message to all traps, as a correspondent would answer."""
    token = token_of(sender)
    expect_token(stage, token)
    address, port = senders.entrance(stage, sender)
    recipients = [f"probe+{token}@trap-{trap}.probe.test" for trap in TRAPS]
    with smtplib.SMTP(address, port, timeout=20) as client:
        refused = client.sendmail(f"{sender}@target.test", recipients, f"From: {sender}@target.test\r\nSubject: Re: {sender}\r\n\r\nHere.\r\n")
    if refused:
        raise Failed(f"{sender} refuses {refused}")


def sessions(stage):
    """mailprobe's record of who called."""
    lines = []
    for path in sorted(glob.glob(stage.path("out", "receiver", "sessions", "*"))):
        with open(path, errors="replace") as file:
            lines += [json.loads(line) for line in file if line.endswith("\n")]
    return lines


def way(session):
    return session["tls"]["version"] if session["tls"] else PLAIN


def seen(stage, sender):
    """By trap: over what mail of this sender came, and what else it did there."""
    arrived, others = {}, {}
    for session in sessions(stage):
        if session["case"] is None or senders.who(stage, session) != sender:
            continue
        if session["recipients"]:
            arrived.setdefault(session["case"], way(session))
        else:
            others.setdefault(session["case"], []).append((way(session), session["mail_from"] is not None))
    return arrived, others


def settled(stage, sender):
    """Everything that is to arrive has, and what is not to has been tried and left."""
    arrived, others = seen(stage, sender)
    for trap, expected in EXPECTED[sender].items():
        if expected != NOT and trap not in arrived:
            return False
        if expected == NOT and not (any(tls != PLAIN and not mail for tls, mail in others.get(trap, [])) or
                                    senders.gave_up_for_now(stage, sender, trap)):
            return False
    return True


def wait(stage):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if all(settled(stage, sender) for sender in EXPECTED):
            return
        time.sleep(0.25)


def table(stage):
    """The table, and where it differs from what is expected."""
    differences = []
    rows = [" ".join(f"{text:16}" for text in ["trap", *EXPECTED])]
    found = {sender: seen(stage, sender) for sender in EXPECTED}
    for trap in TRAPS:
        cells = [found[sender][0].get(trap, NOT) for sender in EXPECTED]
        rows.append(" ".join(f"{text:16}" for text in [trap, *cells]))
        for sender, cell in zip(EXPECTED, cells):
            if cell != EXPECTED[sender][trap]:
                differences.append(f"{sender} and {trap}: {cell}, not {EXPECTED[sender][trap]}; else it did {found[sender][1].get(trap)}")
    return rows, differences


def enforced_by_leaving(stage):
    """Where a policy is enforced, a session came, saw the certificate and left without MAIL: what mailprobe counts on."""
    missing = []
    for sender, expected in EXPECTED.items():
        for trap in ("dane-wrong", "sts-wrong"):
            others = seen(stage, sender)[1].get(trap, [])
            if expected[trap] == NOT and not any(tls != PLAIN and not mail for tls, mail in others):
                missing.append(f"{sender} never showed itself at {trap}: {others}")
    return missing


# Who answers to all addresses, and through which of the senders: curl asks for a certificate that is valid within the handshake, always.
CORRESPONDENTS = {"careful@target.test": "postfix-answers", "careless@target.test": "postfix-may", "strict@target.test": "curl",
                  "reporting@target.test": "itself"}


class Correspondent(socketserver.StreamRequestHandler):
    """Takes one message in plain text, and answers to every address that it asks for."""
    stage = authority = None

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 mx.target.test ESMTP")
        who = None
        for line in self.rfile:
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"RCPT":
                who = line.decode().partition("<")[2].partition(">")[0]
            if verb == b"DATA":
                self.say("354 Go on")
                self.answer(who, list(iter(self.rfile.readline, b".\r\n")))
            self.say("221 Bye" if verb == b"QUIT" else "250 Ok")
            if verb == b"QUIT":
                return

    def answer(self, who, lines):
        name = b"X-Mailprobe-Answer-To:"
        addresses = [line[len(name):].strip().decode() for line in lines if line.startswith(name)]
        mail = f"From: {who}\r\nSubject: Re: a probe\r\n\r\nHere.\r\n"
        if CORRESPONDENTS[who] == "curl":
            return self.answer_by_curl(who, addresses, mail)
        if CORRESPONDENTS[who] == "itself":
            return self.answer_to_controls(who, addresses, mail)
        address, port = senders.entrance(self.stage, CORRESPONDENTS[who])
        with smtplib.SMTP(address, port, timeout=20) as client:
            client.sendmail(who, addresses, mail)

    def answer_to_controls(self, who, addresses, mail):
        """Of the rest its report is to tell."""
        for address in addresses:
            if "@trap-good." in address or "@trap-dane-right." in address:
                with smtplib.SMTP(address.partition("@")[2], 25, local_hostname="mx.target.test",
                                  source_address=(self.stage.address(senders.TARGET), 0), timeout=20) as client:
                    client.starttls()
                    client.sendmail(who, [address], mail)

    def answer_by_curl(self, who, addresses, mail):
        for address in addresses:
            url = f"smtp://{address.partition('@')[2]}:25/curl.target.test"
            subprocess.run(["curl", "-sS", "--max-time", "10", "--ssl-reqd", "--cacert", self.authority, "--mail-from", who,
                            "--mail-rcpt", address, "--upload-file", "-", url], input=mail, text=True, capture_output=True)


# By check and subject. Both are behind a validating resolver and go on in plain text where there is no TLS; the careful one
# obeys DANE and MTA-STS.
PROBE = "probe default"
CARELESS = {
    ("outbound.dane-enforced", PROBE): "warn",
    ("outbound.mta-sts-enforced", PROBE): "warn",
    ("outbound.dnssec-validates", PROBE): "pass",
    ("outbound.downgrade", PROBE): "warn",
    ("outbound.greylist-retry", PROBE): "pass",
    ("outbound.starttls", "trap no-starttls"): "info",
    ("outbound.starttls", "trap wrong-name"): "info",
    ("outbound.tls-version", "trap tls10-only"): "warn",
    ("outbound.tls-version", "trap tls13-only"): "pass",
    ("outbound.ipv6", "trap ipv6-only"): "pass",
}
FINDINGS = {
    "careful@target.test": {**CARELESS, ("outbound.dane-enforced", PROBE): "pass", ("outbound.mta-sts-enforced", PROBE): "pass"},
    "careless@target.test": CARELESS,
    "strict@target.test": {("outbound.mta-sts-enforced", PROBE): "pass", ("outbound.dane-enforced", PROBE): "inconclusive",
                           ("outbound.greylist-retry", PROBE): "fail", ("outbound.starttls", "trap wrong-name"): "info"},
}
SAYS = {("strict@target.test", "outbound.mta-sts-enforced"): "rejected the certificate (alert unknown_ca)"}


ARRIVES = {"careful@target.test": set(TRAPS) - {"dane-wrong", "sts-wrong", "bogus"}, "careless@target.test": set(TRAPS) - {"bogus"},
           "strict@target.test": {"good", "sts-right", "ipv6-only", "tls13-only"}}


def start_correspondents(stage, certificates):
    Correspondent.stage, Correspondent.authority = stage, certificates.ca + ".pem"
    server = socketserver.ThreadingTCPServer((stage.address(senders.TARGET), 25), Correspondent)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()


def send_to(stage, binary, config, who):
    """`send --traps`, from the message to the findings: where they are not what they should be."""
    path = stage.path("out", who.partition("@")[0] + ".json")
    argv = [binary, "send", "--to", who, "--tls", "may", "--traps", "--config", config, "--json", path]
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", cwd=stage.folder, env=environment(stage), timeout=120)
    if not os.path.exists(path):
        return [f"send --traps --to {who}: status {done.returncode}\n{done.stdout}{done.stderr}"]
    with open(path) as file:
        document = json.load(file)
    watch = document["probes"][0]["traps"]
    if not watch["completed"] or len(watch["asked"]) != len(TRAPS) or watch["left_out"]:
        return [f"send --traps --to {who}: {watch}"]
    found = {(each["check"], each["subject"]): each for each in document["findings"]}
    came = {reply["session"]["case"] for reply in document["probes"][0]["replies"]}
    differences = [] if came == ARRIVES[who] else [f"{who}: mail to {sorted(came)} is in the evidence"]
    for key, verdict in FINDINGS[who].items():
        finding = found.get(key, {"verdict": "not there", "summary": ""})
        if finding["verdict"] != verdict:
            differences.append(f"{who}: {' of '.join(key)} is {finding['verdict']}, not {verdict}: {finding['summary']}")
        if SAYS.get((who, key[0]), "") not in finding["summary"]:
            differences.append(f"{who}: {key[0]} says {finding['summary']}")
    return differences


def tls_report(stage):
    """As RFC 8460 §3 and §4 have it: who sends tells that sessions with a trap failed for its TLSA record."""
    now, trap = datetime.now(timezone.utc), "trap-dane-wrong.probe.test"
    begin, end = ((now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ") for hours in (-1, 1))
    failure = {"result-type": "validation-failure", "sending-mta-ip": stage.address(senders.TARGET),
               "receiving-mx-hostname": trap, "failed-session-count": 2}
    report = {"organization-name": "target.test", "date-range": {"start-datetime": begin, "end-datetime": end},
              "contact-info": "tls@target.test", "report-id": "e2e@target.test",
              "policies": [{"policy": {"policy-type": "tlsa", "policy-domain": trap, "mx-host": [trap]},
                            "summary": {"total-successful-session-count": 0, "total-failure-session-count": 2},
                            "failure-details": [failure]}]}
    mail = EmailMessage()
    mail["From"], mail["To"] = "tls@target.test", "tlsrpt@probe.test"
    mail["Subject"] = f"Report Domain: {trap} Submitter: target.test Report-ID: <e2e@target.test>"
    mail["TLS-Report-Domain"], mail["TLS-Report-Submitter"] = trap, "target.test"
    mail.set_content("An aggregate TLS report.")
    mail.add_attachment(gzip.compress(json.dumps(report).encode()), maintype="application", subtype="tlsrpt+gzip",
                        filename=f"target.test!{trap}!1!2.json.gz")
    return mail


def is_evaluated(stage, words):
    """A message that has those words lies in the spool, with what was found of it."""
    for path in glob.glob(stage.path("out", "receiver", "spool", "*.msg")):
        with open(path, "rb") as file:
            if words in file.read() and os.path.exists(path[:-4] + ".json"):
                return True
    return False


def bring_report(stage):
    """By SMTP from the target's MX host, so that SPF and with it DMARC vouches for it."""
    with smtplib.SMTP(stage.address(DOOR), 25, local_hostname="mx.target.test", source_address=(stage.address(senders.TARGET), 0), timeout=20) as client:
        client.send_message(tls_report(stage), "tls@target.test", ["tlsrpt@probe.test"])
    end = time.monotonic() + PATIENCE
    while not is_evaluated(stage, b"TLS-Report-Domain") and time.monotonic() < end:
        time.sleep(0.1)


def reported(stage, binary, config):
    """Nothing is known of DANE before trap_wait is over, until a TLS report comes: then it is."""
    path, later = stage.path("out", "reporting.json"), stage.path("out", "reported.json")
    common = {"capture_output": True, "text": True, "errors": "replace", "cwd": stage.folder, "env": environment(stage), "timeout": 120}
    subprocess.run([binary, "send", "--to", "reporting@target.test", "--tls", "may", "--traps", "--wait", "3s", "--config", config, "--json", path], **common)
    with open(path) as file:
        before = json.load(file)
    bring_report(stage)
    done = subprocess.run([binary, "collect", before["run"]["id"], "--config", config, "--json", later], **common)
    if not os.path.exists(later):
        return [f"collect: {done.stdout}{done.stderr}"]
    with open(later) as file:
        after = json.load(file)
    said = [next(each for each in document["findings"] if each["check"] == "outbound.dane-enforced") for document in (before, after)]
    reports = [(each["kind"], each["domain"], each["mail"]["vouched"]) for each in after["probes"][0]["reports"]]
    held = [said[0]["verdict"] == "inconclusive", said[1]["verdict"] == "pass", "A TLS report tells" in said[1]["summary"],
            reports == [("tls", "trap-dane-wrong.probe.test", True)]]
    return [] if all(held) else [f"the TLS report: {said}, {reports}\n{done.stdout}{done.stderr}"]


def send_and_watch(stage, binary, config, certificates):
    """All at once: each waits for all of trap_wait."""
    start_correspondents(stage, certificates)
    with ThreadPoolExecutor() as beside:
        told = beside.submit(reported, stage, binary, config)
        return sum(beside.map(lambda who: send_to(stage, binary, config, who), FINDINGS), []) + told.result()


def doctored(stage, binary, config):
    """What `doctor` finds of our own address on real block lists, which Knot serves: where that is not what they say."""
    with open(config) as file:
        listed = stage.write("listed.yaml", file.read() + f"source_ips: [{OURS}]\nblocklists: [{', '.join(LISTS)}]\n", 0o600)
    path = stage.path("out", "doctor.json")
    subprocess.run([binary, "doctor", "--config", listed, "--json", path], capture_output=True, cwd=stage.folder, env=environment(stage), timeout=60)
    with open(path) as file:
        found = {each["subject"]: (each["verdict"], each["cause"]) for each in json.load(file)["findings"] if each["check"] == "self.blocklists"}
    expected = {"domain 1.0.0.11.listing.test": ("fail", "blocked"), "domain 1.0.0.11.other.test": ("pass", None)}
    return [] if found == expected else [f"self.blocklists: {found}"]


def set_up_network():
    run("ip", "link", "set", "lo", "up")
    run("ip", "addr", "add", OURS + "/32", "dev", "lo")
    run("ip", "-6", "route", "add", "local", IPV6 + "/64", "dev", "lo")
    with open("/proc/sys/net/ipv6/ip_nonlocal_bind", "w") as setting:
        setting.write("1")


def main(binary):
    set_up_network()
    stage = Stage()
    try:
        certificates, config = start_dns(stage, binary)
        check_bogus(stage)
        start_receiver(stage, binary, config)
        senders.start(stage, certificates)
        for sender in EXPECTED:
            submit(stage, sender)
        wait(stage)
        rows, differences = table(stage)
        differences += enforced_by_leaving(stage)
        differences += doctored(stage, binary, config)
        differences += send_and_watch(stage, binary, config, certificates)
        print("\n".join(rows + differences), flush=True)
        return 1 if differences else 0
    except Failed as failure:
        print(failure)
        return 1
    finally:
        keep = bool(os.environ.get("KEEP"))
        stage.stop(keep)
        if keep:
            print(f"kept: {stage.folder}")


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
