"""Knot with signed zones: the probe's, the targets', the names behind the addresses."""
import os, time
from running import CONSENT
from support import PORTS, Failed, run

# Domain: its mail hosts by preference. The number is the last of the host's address.
TARGETS = {
    "target.test": [("mx.target.test", 10)],
    "two.test": [("mx1.two.test", 11), ("mx2.two.test", 12)],
    "unknown-ca.test": [("mx.unknown-ca.test", 13)],
    "no-tls.test": [("mx.no-tls.test", 14)],
    "fake.test": [("mx.fake.test", 15)],
    "dane.test": [("mx.dane.test", 16)],
    "dane-wrong.test": [("mx.dane-wrong.test", 17)],
    "sts.test": [("mx.sts.test", 18)],
    "sts-wrong.test": [("mx.sts-wrong.test", 19)],
    "answer.test": [("mx.answer.test", 31)],  # a reflector of ours
    **{f"{name}.test": [(f"mx.{name}.test", number)]
       for number, name in enumerate(["modern", "old", "oldest", "exim", "exim13"], 22)},
}
DNS, PROBE, RELAY, IMAP, ANSWER = 53, 2, 3, 20, 31


def start_knot(stage, dkim_records, transport):
    # receiver.test sends with the same keys (answering.py); its mail comes by Postfix's transport_maps.
    zones = {"probe.test": probe_records(stage, dkim_records), "receiver.test": probe_records(stage, dkim_records)}
    zones.update({domain: target_records(stage, domain) + transport.get(domain, "") for domain in TARGETS})
    reverse = f"{stage.net[1]}.{stage.net[0]}.127.in-addr.arpa"
    zones[reverse] = reverse_records(stage, reverse)
    return start_zones(stage, zones)


def start_zones(stage, zones, unsigned=(), sections="", template=""):
    """Their names, and the file with the keys to trust. All are signed but the named ones and the root. `sections` are more of Knot's
    configuration, `template` more lines of what all zones share."""
    unsigned = {".", *unsigned}
    zones["."] = ""  # a root of our own: what is not here is nowhere, and nobody outside is asked
    for zone, records in zones.items():
        origin = zone.rstrip(".") + "."
        stage.write(f"knot/{zone.rstrip('.')}.zone", f"$ORIGIN {origin}\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\n"
                                         f"ns A {stage.address(DNS)}\n{records}")
    os.mkdir(stage.path("knot", "db"))
    config = stage.write("knot.conf", knot_config(stage, zones, unsigned, sections, template))
    stage.start("knot", ["/usr/sbin/knotd", "-c", config])
    stage.wait_for("knot", stage.address(DNS), PORTS["dns"])
    return list(zones), trust_anchors(stage, config, [zone for zone in zones if zone not in unsigned])


def trust_anchors(stage, config, zones):
    """The DS records of the keys that Knot makes when it loads a zone."""
    text = "".join(zone_anchor(config, zone) for zone in zones)
    return stage.write("anchors.txt", text)


def zone_anchor(config, zone):
    for _ in range(100):
        try:
            records = [line.split() for line in run("/usr/sbin/keymgr", "-c", config, zone, "ds").decode().splitlines()]
            sha256 = [record for record in records if len(record) > 4 and record[4] == "2"]
            return " ".join([sha256[0][0], "IN"] + sha256[0][1:]) + "\n"
        except (Failed, IndexError) as early:
            problem = early
            time.sleep(0.05)
    raise Failed(f"Knot makes no key for {zone}: {problem}")


def probe_records(stage, dkim_records):
    address, relay = stage.address(PROBE), stage.address(RELAY)
    text = f"@ MX 10 mx\nmx A {address}\nrelay A {relay}\n@ TXT \"v=spf1 ip4:{address} ip4:{relay} -all\"\nmx TXT \"v=spf1 a -all\"\n"
    text += '_dmarc TXT "v=DMARC1; p=reject"\n'
    for selector, record in dkim_records.items():
        pieces = " ".join(f'"{record[i:i + 250]}"' for i in range(0, len(record), 250))
        text += f"{selector}._domainkey TXT ( {pieces} )\n"
    return text


def target_records(stage, domain):
    text = '@ TXT "v=spf1 mx -all"\n_dmarc TXT "v=DMARC1; p=reject"\n'
    for preference, (host, number) in enumerate(TARGETS[domain], 1):
        text += f"@ MX {preference * 10} {host}.\n{host}. A {stage.address(number)}\n"
    if domain in ("target.test", "two.test"):
        text += CONSENT
    if domain == "target.test":
        text += f"imap A {stage.address(IMAP)}\n"
    return text


def reverse_records(stage, origin):
    text = f"{PROBE} PTR mx.probe.test.\n{RELAY} PTR relay.probe.test.\n{IMAP} PTR imap.target.test.\n"
    for hosts in TARGETS.values():
        for host, number in hosts:
            text += f"{number} PTR {host}.\n"
    return text


def knot_config(stage, zones, unsigned, sections, template):
    text = f"""
server:
    rundir: "{stage.path('knot')}"
    user: root:root
    listen: {stage.address(DNS)}@{PORTS['dns']}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: "{stage.path('knot/db')}"
{sections}policy:
  - id: lab
    single-type-signing: on
    algorithm: ECDSAP256SHA256
template:
  - id: default
    storage: "{stage.path('knot')}"
    file: "%s.zone"
    dnssec-signing: on
    dnssec-policy: lab
    zonefile-sync: -1
    journal-content: none
    zonefile-load: whole
{template}zone:
"""
    return text + "".join(f"  - domain: {zone}\n" + ("    dnssec-signing: off\n" if zone in unsigned else "") for zone in zones)
