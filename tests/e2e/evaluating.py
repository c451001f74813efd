"""What a target evaluates, seen by our DNS: policyd-spf, OpenDKIM and OpenDMARC behind a validating Unbound, and a target that does nothing.

    evaluating.py BINARY [STEP...]      in namespaces of its own, where 25 and 53 are the real ports

`mailprobe reflect` serves probe.test, signed, and the names of its probes below it; Knot serves tap.test and the names of its probes, and
writes what it is asked to a dnstap file."""
import json, os, subprocess, sys, time, traceback
import evaluators, knot
from certificates import Certificates, dkim_key
from dovecot import start_dovecot
from knot import DNS, IMAP
from support import PORTS, Failed, Stage, apart, run
from transport import RESOLVER, start_resolver

PROBE, TAP, STRANGER, WITNESS = 2, 3, 4, 60
METHODS = ["spf", "dkim", "dmarc"]


def pieces(record):
    return " ".join(f'"{record[i:i + 250]}"' for i in range(0, len(record), 250))


def own_zone(stage, domain, number, key):
    """Of TTL 1: who evaluates one probe after the other asks again."""
    return (f"@ MX 10 mx\nmx A {stage.address(number)}\n_dmarc 1 TXT \"v=DMARC1; p=reject\"\nr1._domainkey 1 TXT {pieces(key)}\n"
            f"@ 1 TXT \"v=spf1 exists:%{{i}}.%{{v}}._spf.%{{l1+}}.w.{domain} ip4:{stage.address(number)} -all\"\n")


def start_knot(stage, key):
    reverse = f"{stage.net[1]}.{stage.net[0]}.127.in-addr.arpa"
    zones = {
        "tap.test": own_zone(stage, "tap.test", TAP, key) + "w NS ns\n",
        "w.tap.test": f"* 1 TXT {pieces(key)}\n",
        "target.test": f"@ MX 10 mx\nmx A {stage.address(evaluators.TARGET)}\nimap A {stage.address(IMAP)}\n",
        "two.test": f"@ MX 10 mx\nmx A {stage.address(evaluators.LAZY)}\n",
        reverse: f"{PROBE} PTR mx.probe.test.\n{TAP} PTR mx.tap.test.\n",
    }
    tap = f"mod-dnstap:\n  - id: witness\n    sink: {stage.path('knot', 'tap')}\n    log-queries: on\n    log-responses: off\n"
    zones, anchors = knot.start_zones(stage, zones, unsigned=["w.tap.test"], sections=tap, template="    global-module: mod-dnstap/witness\n")
    return [zone for zone in zones if zone != "w.tap.test"], anchors


def start_witness(stage, binary, config, anchors):
    """The key that it makes for its zone is to be trusted as well."""
    os.environ.update(environment(stage))
    stage.start("reflect", [binary, "reflect", "--config", config])
    stage.wait_for("reflect", stage.address(WITNESS), 53)
    said = "to publish in the zone above: "
    published = [line.partition(said)[2] for line in stage.logs("reflect").splitlines() if said in line]
    if len(published) != 1:
        raise Failed(f"no DS record is said:\n{stage.logs('reflect')}")
    with open(anchors, "a") as file:
        file.write(published[0] + "\n")


def start_dns(stage, binary, own):
    _, key = dkim_key(stage, "r1", "RSA")
    zones, anchors = start_knot(stage, key)
    stage.write("probe.test.zone", f"$TTL 60\n@ IN SOA wns h 1 3600 600 86400 1\n@ NS wns\nwns A {stage.address(WITNESS)}\nw NS wns\n"
                                   + own_zone(stage, "probe.test", PROBE, key))
    dns = f"{{listen: \"{stage.address(WITNESS)}\", host: wns.probe.test, zones: {{probe.test: probe.test.zone}}}}"
    configure(stage, "tap.test", TAP, anchors, own, f"{{log: {stage.path('knot', 'tap')}}}")
    start_witness(stage, binary, configure(stage, "probe.test", PROBE, anchors, own, dns), anchors)
    start_resolver(stage, zones, anchors, {"probe.test": stage.address(WITNESS)})
    run("mount", "--bind", stage.path("resolv.conf"), "/etc/resolv.conf")


def configure(stage, domain, number, anchors, certificate, dns):
    stubs = "".join(f"    {zone}: \"{stage.address(DNS)}\"\n" for zone in ("tap.test", "target.test", "two.test", "\".\""))
    boxes = "".join(f"  {user.partition('@')[2].partition('.')[0]}: {{url: \"imaps://imap.target.test:{PORTS['imaps']}\", user: {user}, address: {user}, "
                    "password_file: password}\n" for user in ("reflector@target.test", "reflector@two.test"))
    return stage.write(f"{domain}.yaml", f"""identities:
  default: {{domain: {domain}, address: probe@{domain}, dkim: [{{selector: r1, key: keys/r1.pem}}]}}
helo: mx.{domain}
source_ips: [{stage.address(number)}]
contact: postmaster@{domain}
resolver:
  trust_anchor_file: {anchors}
  stubs:
    probe.test: "{stage.address(WITNESS)}"
{stubs}tls: {{ca_file: {stage.path("tls", "ca.pem")}}}
runs: out/{domain}/runs
receiver:
  listen: "{stage.address(number)}"
  host: mx.{domain}
  certificate: {certificate}
  key: {certificate}
  dns: {dns}
mailboxes:
{boxes}limits: {{per_minute_per_mx: 100}}
""", 0o600)


def environment(stage):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAILPROBE_", "XDG_"))}
    return dict(kept, HOME=stage.folder, LC_ALL="C.UTF-8", NO_COLOR="1")


class Run:
    """One command of mailprobe's, and the evidence that it leaves."""

    def __init__(self, world, domain, *words):
        path = world.stage.path("out", f"{world.count}.json")
        world.count += 1
        argv = [world.binary, *words, "--config", world.stage.path(f"{domain}.yaml"), "--json", path]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", cwd=world.stage.folder,
                              env=environment(world.stage), timeout=90)
        self.said = f"$ {' '.join(argv)}\nstatus {done.returncode}\n{done.stdout}{done.stderr}"
        if not os.path.exists(path):
            raise Failed(self.said)
        with open(path) as file:
            self.document = json.load(file)
        self.probe, self.address = self.document["probes"][0], world.stage.address

    def check(self, holds, what):
        if not holds:
            raise Failed(f"{what}\n{json.dumps({key: self.probe[key] for key in ('dns_witness', 'dns')}, indent=1)}\n{self.said}")
        return self

    def finds(self, method, verdict, grade, *words):
        found, = [each for each in self.document["findings"] if each["check"] == f"inbound.{method}-evaluated"]
        self.check((found["verdict"], found["grade"]) == (verdict, grade), f"{method} is {found['verdict']}, {found['grade']}: {found['summary']}")
        for each in words:
            self.check(each in found["summary"], f"of {method} it says: {found['summary']}")
        return self

    def read_to_its_end(self):
        """The witness's own questions are in the log, so that absence counts."""
        witness = self.probe["dns_witness"]
        self.check(witness["problem"] is None, f"it could not be read: {witness['problem']}")
        self.check(witness["our_resolvers"] and self.address(RESOLVER) not in witness["our_resolvers"], f"our resolver: {witness['our_resolvers']}")
        return self

    def asked_for(self, number):
        """Every question came from the target's resolver, SPF's about the address that the probe came from."""
        asked = self.probe["dns"]
        self.check({each["from"] for each in asked} == {self.address(RESOLVER)}, "somebody else is taken for the target")
        seen = {each["seen"] for each in asked if each["use"] == "spf" and each["seen"]}
        self.check(seen == {self.address(number)}, f"SPF was judged for {seen}")
        self.check(any(each["use"] == "dkim" and each["name"].startswith("probe._domainkey.") for each in asked), "the key was not asked for")
        return self


class World:
    def __init__(self, stage, binary):
        self.stage, self.binary, self.count = stage, binary, 0
        certificates = Certificates(stage)
        os.makedirs(stage.path("out"))
        stage.write("password", "canary\n", 0o600)
        start_dns(stage, binary, certificates.issue("own", ["mx.probe.test", "mx.tap.test"]))
        start_dovecot(stage, certificates.issue("imap", ["imap.target.test"]), "canary")
        evaluators.start(stage, certificates.issue("mx", ["mx.target.test", "mx.two.test"]))

    def by(self):
        return f"was looked up by {self.stage.address(RESOLVER)}"


def evaluated_and_recorded(world):
    """Before the mailbox was looked into only our DNS knows; then the target's own words are there as well."""
    early = Run(world, "probe.test", "send", "--to", "reflector@target.test", "--no-wait").read_to_its_end().asked_for(PROBE)
    for method in METHODS:
        early.finds(method, "pass", "looked-up", world.by())
    late = Run(world, "probe.test", "collect", early.document["run"]["id"], "--wait", "20s").read_to_its_end().asked_for(PROBE)
    for method in METHODS:
        late.finds(method, "pass", "recorded", f"the target recorded {method}=pass".replace("the", "The", 1), world.by())


def refused_for_it(world):
    """From an address that the SPF record does not name: the refusal says that SPF was evaluated."""
    found = Run(world, "probe.test", "send", "--to", "reflector@target.test", "--source-ip", world.stage.address(STRANGER), "--wait", "1s")
    reply = found.probe["smtp"]["reply"]
    found.check(f"{reply['code']} {reply['enhanced']}" == evaluators.SPF_REFUSES, f"the answer is {reply}")
    found.read_to_its_end().finds("spf", "pass", "evaluated", "refuses the message for it", world.by())
    seen = {each["seen"] for each in found.probe["dns"] if each["seen"]}
    found.check(seen == {world.stage.address(STRANGER)}, f"SPF was judged for {seen}")
    found.finds("dkim", "inconclusive", None)


def nothing_is_evaluated(world):
    found = Run(world, "probe.test", "send", "--to", "reflector@two.test", "--wait", "20s").read_to_its_end()
    found.check(found.probe["mailbox"] is not None, "it did not arrive")
    found.check(found.probe["dns"] == [], "nobody should have asked")
    for method in ("spf", "dkim"):
        found.finds(method, "warn", None, "nobody had looked up")
    found.finds("dmarc", "inconclusive", None)


def questions_out_of_dnstap(world):
    """Knot writes its file in blocks: what is not there yet is told so, and `collect` finds it."""
    found = Run(world, "tap.test", "send", "--to", "reflector@target.test", "--wait", "20s")
    for _ in range(20):
        if found.probe["dns_witness"]["problem"] is None:
            break
        time.sleep(0.2)
        found = Run(world, "tap.test", "collect", found.document["run"]["id"])
    found.read_to_its_end().asked_for(TAP)
    for method in METHODS:
        found.finds(method, "pass", "recorded", world.by())


def unreadable_log(world):
    """A log that goes away is no witness of absence."""
    path = world.stage.path("knot", "tap")
    os.rename(path, path + ".away")
    try:
        found = Run(world, "tap.test", "send", "--to", "reflector@two.test", "--wait", "20s")
    finally:
        os.rename(path + ".away", path)
    found.check(found.probe["mailbox"] is not None, "it did not arrive")
    for method in METHODS:
        found.finds(method, "inconclusive", None, "is not known", "knot/tap")


STEPS = [evaluated_and_recorded, refused_for_it, nothing_is_evaluated, questions_out_of_dnstap, unreadable_log]


def tried(step, world):
    try:
        step(world)
        return None
    except Failed as failure:
        return str(failure)
    except Exception:
        return traceback.format_exc()


def main(binary, wanted):
    PORTS["dns"] = 53  # a delegation names no port
    run("ip", "link", "set", "lo", "up")
    stage = Stage()
    failed = 0
    try:
        world = World(stage, binary)
        for step in STEPS:
            if wanted and step.__name__ not in wanted:
                continue
            problem = tried(step, world)
            failed += problem is not None
            print(f"{step.__name__}: {problem or 'holds'}", flush=True)
    except Failed as failure:
        print(failure)
        failed += 1
    finally:
        keep = bool(os.environ.get("KEEP"))
        stage.stop(keep)
        if keep:
            print(f"kept: {stage.folder}")
    return 1 if failed else 0


def evaluators_and_our_dns(user):
    apart(__file__, user.binary, 300)


CASES = [evaluators_and_our_dns]


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2:]))
