"""Two instances of mailprobe and nobody else: each serves its own signed zones, receives, reflects, and probes the other; both reports agree."""
import os, re, subprocess
from both_ways import OUTBOUND, session_of
from knot import ANSWER, PROBE
from receiving import Receiver, check
from support import PORTS, run
from probe import WAIT

EVALUATED = ["inbound.spf-evaluated", "inbound.dkim-evaluated", "inbound.dmarc-evaluated"]
INBOUND = ["path.accepted", "inbound.starttls", "inbound.tls-version", "inbound.certificate"]
RESOLVERS = {PROBE: 41, ANSWER: 42}  # the last number of the address that each asks DNS from


class Instance(Receiver):
    """A life of the daemon out of what `init` makes: domain, keys, records, and a name server of its own."""

    def __init__(self, user, name, number):
        self.user, self.stage, self.name, self.number = user, user.stage, name, number
        self.domain, self.host = f"{name}.test", f"mx.{name}.test"
        self.ip, self.asks_from = self.stage.address(number), self.stage.address(RESOLVERS[number])
        self.home = self.stage.path("out", "alone", name)
        os.makedirs(self.home)
        self.config, self.folder = os.path.join(self.home, "mailprobe.yaml"), os.path.join(self.home, "receiver")
        self.records = run(user.binary, "init", self.domain, "--ip", self.ip, "-q", "--config", self.config).decode()
        self.process = None

    def file(self, name, text):
        return self.stage.write(os.path.join(self.home, name), text, 0o600)

    def zone(self, origin, records):
        head = f"$ORIGIN {origin}.\n$TTL 1\n@ IN SOA ns.{self.domain}. hostmaster.{self.domain}. 1 3600 600 86400 1\n@ IN NS ns.{self.domain}.\n"
        return self.file(origin + ".zone", head + records)

    def zones(self, others):
        """Its domain as `init` says, with the delegation to the witness, and what it serves beside that: the names behind the addresses."""
        witness = f"exists:%{{i}}.%{{v}}._spf.%{{l1+}}.w.{self.domain} "
        records = self.records.replace('"v=spf1 mx -all"', f'"v=spf1 {witness}mx -all"')
        check(witness in records, f"init prints another policy: {self.records}")
        return {self.domain: self.zone(self.domain, f"ns.{self.domain}. IN A {self.ip}\nw.{self.domain}. IN NS ns.{self.domain}.\n{records}"),
                **{origin: self.zone(origin, text) for origin, text in others.items()}}

    def configure(self, zones, stubs, anchors):
        certificate = self.pem("alone-" + self.name, self.host)
        with open(self.config) as file:
            own = file.read().split("# A mailbox at the target")[0]
        check(f'source_ips: ["{self.ip}"]' in own, f"init writes no source_ips: {own}")
        if "receiver:" not in own:
            own += f"""ports: {{25: {PORTS['smtp']}}}
tls: {{ca_file: {self.user.ca_file}}}
runs: runs
receiver:
  listen: "{self.ip}:{PORTS['smtp']}"
  host: {self.host}
  certificate: {certificate}
  key: {certificate}
  reflectors: reflector@{self.domain}
  dns: {{host: ns.{self.domain}, listen: "{self.ip}:{PORTS['dns']}", zones: {{{", ".join(f"{each}: {path}" for each, path in zones.items())}}}}}
resolver:
  source_ips: ["{self.asks_from}"]
  trust_anchor_file: ANCHORS
  stubs: {{{", ".join(f"{each}: {at}" for each, at in stubs.items())}}}
# A mailbox at the target"""
        self.template = own
        self.trust(anchors)

    def trust(self, anchors):
        self.file("mailprobe.yaml", self.template.replace("ANCHORS", anchors))

    def start(self):
        self.log = os.path.join(self.home, f"log{len(os.listdir(self.home))}")
        self.process = subprocess.Popen([self.user.binary, "reflect", "--config", self.config], stdin=subprocess.DEVNULL,
                                        stderr=open(self.log, "wb"), cwd=self.home, env=self.user.environment())
        self.wait_for("receiving as ")
        self.wait_for("answering DNS on ")

    def anchors(self):
        """The DS records that it asks to publish."""
        self.wait_for("to publish in the zone above")
        return re.findall(r"to publish in the zone above: (.*\n)", self.said())

    def end(self):
        if self.process:
            super().end()


def two(user):
    """Both, each trusting the keys of both: those are made by the first start, and kept."""
    stage = user.stage
    one, other = Instance(user, "one", PROBE), Instance(user, "other", ANSWER)
    reverse = f"{stage.net[1]}.{stage.net[0]}.127.in-addr.arpa"
    names = "".join(f"{each.number}.{reverse}. IN PTR {each.host}.\n" for each in (one, other))
    at = {each: f"{each.ip}@{PORTS['dns']}" for each in (one, other)}
    stubs = {one.domain: at[one], other.domain: at[other], "w." + one.domain: at[one], "w." + other.domain: at[other], reverse: at[one], "test": at[one]}
    # DMARC's tree walk goes up to the top: without a "test" of ours it would ask the root outside, and wait in vain.
    top = "".join(f"{each.domain}. IN NS ns.{each.domain}.\nns.{each.domain}. IN A {each.ip}\n" for each in (one, other))
    for each, more in ((one, {reverse: names, "test": top}), (other, {})):
        each.configure(each.zones(more), stubs, user.anchors)
    try:
        anchors = ""
        for each in (one, other):
            each.start()
            anchors += "".join(each.anchors())
            each.stop()
        trusted = stage.write("out/alone/anchors", anchors)
        for each in (one, other):
            each.trust(trusted)
            each.start()
    except BaseException:
        one.end()
        other.end()
        raise
    return one, other


def doctored(user, instance):
    found = user.launch(["doctor"], instance.config).end().has_evidence().exits(0)
    for each in ("self.records", "self.helo", "self.ptr", "self.certificate"):
        found.finds(each, "pass")
    for each in ("self.clock", "self.blocklists", "self.port25"):
        found.finds(each, "not-tested")


def probed(user, prober, other):
    found = user.launch(["send", "--to", f"reflector@{other.domain}", "--reply", "--wait", WAIT], prober.config).end()
    found.has_evidence().outcome_is("accepted")
    for each in INBOUND + OUTBOUND + EVALUATED:
        found.finds(each, "pass")
    found.exits(0)
    mx = found.document["target"]["mx"][0]
    found.check(mx["dnssec"] == "secure", f"the zone that mailprobe serves is {mx['dnssec']}")
    probe = found.probe()
    found.check(probe["reply"]["kind"] == "reflector" and probe["reflection"] is not None, f"the answer is {probe['reply']['kind']}")
    asked = {each["from"] for each in probe["dns"] if each["use"] == "dmarc"}
    found.check(asked == {other.asks_from}, f"DMARC was looked up from {asked}")
    found.check(probe["dns_witness"]["our_resolvers"] == [prober.asks_from], f"our resolvers: {probe['dns_witness']['our_resolvers']}")
    found.check("As seen by the other side" in found.text("stdout"), "the report does not show it")
    return probe


def agree(prober, other, probe, back):
    """What the one says of the other is what the other says of itself."""
    seen, sent, reply = probe["reflection"], probe["smtp"], probe["reply"]
    check(session_of(seen["session"]["tls"]) == session_of(sent["tls"]), f"the two ends differ about TLS: {seen['session']['tls']}, {sent['tls']}")
    check(seen["session"]["address"] == prober.ip and sent["address"] == other.ip, "the addresses differ")
    check(seen["session"]["ptr"] == prober.host and seen["session"]["helo"] == sent["helo"], f"the names differ: {seen['session']}")
    check(seen["session"]["mail_from"] == probe["reverse_path"], f"the envelope differs: {seen['session']}")
    check(seen["spf"]["result"] == "pass" and seen["dmarc"]["result"] == "pass", f"the other side says {seen['spf']}, {seen['dmarc']}")
    check([each["result"] for each in seen["dkim"]] == ["pass"] * len(seen["dkim"]) != [], f"the other side says {seen['dkim']}")
    check(session_of(reply["session"]["tls"]) == session_of(back["smtp"]["tls"]), "the reports differ about TLS")
    check(reply["session"]["helo"] == back["smtp"]["helo"], "the reports differ about HELO")
    for mechanism in ("spf", "dmarc"):
        check(reply[mechanism]["result"] == back["reflection"][mechanism]["result"], f"the reports differ about {mechanism}")


def two_instances_need_nobody_else(user):
    one, other = two(user)
    try:
        for each in (one, other):
            doctored(user, each)
        there, back = probed(user, one, other), probed(user, other, one)
        agree(one, other, there, back)
        agree(other, one, back, there)
        for each in (one, other):
            each.stop()
            check(each.said().count("answering ") == 1 + each.said().count("answering DNS on "), f"one exchange each:\n{each.said()}")
    finally:
        one.end()
        other.end()


CASES = [two_instances_need_nobody_else]
