"""mailprobe as its user has it: a configuration, one `send` at a time, and what came of it."""
import json, os, secrets, subprocess
from dovecot import USERS
from knot import DNS, IMAP, PROBE
from postfix import BOUNCED
from support import PORTS, Failed

# Addresses without a mailbox of their own: a probe to them looks into the first one.
ELSEWHERE = ["nobody@target.test", "reflector@fake.test", BOUNCED]
WAIT = "20s"


def new_password():
    """Searched for in everything that mailprobe puts out."""
    return "canary-" + secrets.token_hex(12)


class Probe:
    def __init__(self, stage, zones, anchors, certificates, password):
        self.stage, self.zones, self.anchors, self.password = stage, zones, anchors, password
        self.certificates = certificates
        self.token = new_password()  # of scenarios
        self.ca_file = certificates.ca + ".pem"
        stage.write("password", password + "\n", 0o600)
        stage.write("wrong-password", "not-it\n", 0o600)
        os.mkdir(stage.path("out"))
        self.config = self.configure("mailprobe.yaml")
        self.binary = None
        self.count = 0

    def configure(self, name, scheme="imaps", mailbox_password="password", relay_password="password"):
        boxes = {user.replace("@", "-").replace(".", "-"): (user, user) for user in USERS}
        boxes.update({f"elsewhere{i}": (USERS[0], address) for i, address in enumerate(ELSEWHERE)})
        text = f"""identities:
  default:
    domain: probe.test
    address: probe@probe.test
    dkim:
      - {{selector: r1, key: keys/r1.pem, canonicalization: [relaxed/relaxed, simple/simple]}}
      - {{selector: e1, key: keys/e1.pem}}
helo: mx.probe.test
source_ips: [{self.stage.address(PROBE)}]
contact: postmaster@probe.test
ports: {{25: {PORTS['smtp']}, 443: {PORTS['https']}}}
resolver:
  mode: validate
  trust_anchor_file: {self.anchors}
  stubs:
"""
        text += "".join(f"    {zone}: {self.stage.address(DNS)}@{PORTS['dns']}\n" for zone in self.zones)
        text += f"tls: {{ca_file: {self.ca_file}}}\nstore: out/history.db\nruns: out/runs\nsubmission:\n"
        for name_of, port, file in (("relay", "submission", relay_password), ("wrong", "submission", "wrong-password"),
                                    ("plain", "plain", relay_password), ("login", "login", relay_password)):
            text += (f"  {name_of}: {{url: \"smtp://relay.probe.test:{PORTS[port]}\", user: {USERS[0]}, "
                     f"password_file: {file}}}\n")
        text += "mailboxes:\n"
        for key, (user, address) in boxes.items():
            text += (f"  {key}: {{url: \"{scheme}://imap.target.test:{PORTS[scheme]}\", user: {user}, address: {address}, "
                     f"password_file: {mailbox_password}}}\n")
        return self.stage.write(name, text, 0o600)

    def environment(self):
        home = self.stage.path("out", "home")
        os.makedirs(home, exist_ok=True)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAILPROBE_", "XDG_"))}
        return dict(kept, HOME=home, LC_ALL="C.UTF-8", NO_COLOR="1", SCENARIO_TOKEN=self.token)

    def start(self, to, *options, config=None):
        """`send`, under way; config "--lab" is the embedded lab instead of a file."""
        return self.launch(["send", "--to", to, *([] if "--wait" in options else ["--wait", WAIT]), *options], config)

    def collect(self, run, *options):
        return self.launch(["collect", run, *options], None).end()

    def launch(self, words, config):
        self.count += 1
        prefix = self.stage.path("out", f"{self.count:02}")
        settings = ["--lab"] if config == "--lab" else ["--config", config or self.config]
        argv = [self.binary, *words, *settings, "--json", prefix + ".json", "--html", prefix + ".html", "--junit",
                prefix + ".xml"]
        out, err = open(prefix + ".stdout", "wb"), open(prefix + ".stderr", "wb")
        return Sending(prefix, argv, subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                                      cwd=self.stage.folder, env=self.environment()))

    def send(self, to, *options, config=None):
        return self.start(to, *options, config=config).end()

    def report(self, run):
        done = subprocess.run([self.binary, "report", run, "--config", self.config], stdin=subprocess.DEVNULL,
                              capture_output=True, cwd=self.stage.folder, env=self.environment())
        return (done.stdout + done.stderr).decode(errors="replace")

    def accepted_by_postfix(self):
        """How many messages Postfix has taken over so far."""
        with open(self.stage.path("postfix.log"), errors="replace") as log:
            return sum("/qmgr[" in line and "from=<probe" in line and "nrcpt=" in line for line in log)


class Sending:
    def __init__(self, prefix, argv, process):
        self.prefix, self.argv, self.process = prefix, argv, process

    def end(self, timeout=90):
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed(f"{' '.join(self.argv)}\ndid not end within {timeout} s")
        return Outcome(self.prefix, self.argv, status)


class Outcome:
    """What a `send` came to, and what must hold of it."""

    def __init__(self, prefix, argv, status):
        self.prefix, self.argv, self.status = prefix, argv, status
        self.document = None
        if os.path.exists(prefix + ".json"):
            with open(prefix + ".json") as file:
                self.document = json.load(file)

    def text(self, kind):
        with open(self.prefix + "." + kind, errors="replace") as file:
            return file.read()

    def explain(self, what):
        raise Failed(f"{what}\n$ {' '.join(self.argv)}\nstatus {self.status}\n{self.text('stdout')}{self.text('stderr')}")

    def check(self, holds, what):
        if not holds:
            self.explain(what)

    def exits(self, status):
        self.check(self.status == status, f"the exit status should be {status}")
        if self.document:
            self.check(self.document["run"]["exit"] == status, f"run.exit is {self.document['run']['exit']}, not {status}")
        return self

    def has_evidence(self):
        self.check(self.document and self.document["schema"] == "mailprobe/1", "there is no evidence document")
        for kind, start in (("html", "<!doctype html"), ("xml", "<?xml")):
            self.check(self.text(kind).lower().startswith(start), f"the {kind} file does not begin with {start}")
        return self

    def findings(self, check):
        found = [each for each in self.document["findings"] if each["check"] == check]
        self.check(found, f"there is no finding of {check}")
        return found

    def finds(self, check, verdict, cause=None):
        for each in self.findings(check):
            self.check(each["verdict"] == verdict, f"{check} is {each['verdict']} ({each['cause']}: {each['summary']}), not {verdict}")
            if cause:
                self.check(each["cause"] == cause, f"the cause of {check} is {each['cause']}, not {cause}")
        return self

    def probe(self):
        return self.document["probes"][0]

    def outcome_is(self, outcome):
        self.check(self.probe()["smtp"]["outcome"] == outcome, f"the outcome is {self.probe()['smtp']['outcome']}, not {outcome}")
        return self
