"""Two instances of mailprobe, each with a domain, a receiver and a reflector of its own, probe each other: both reports agree."""
import re
from knot import ANSWER, PROBE
from receiving import check
from reflecting import DOMAIN, HOST, Reflector

OUTBOUND = ["outbound.starttls", "outbound.tls-version", "outbound.tls-cipher", "outbound.spf", "outbound.dkim", "outbound.dmarc", "outbound.helo",
            "outbound.ptr"]


def without_mailbox(stage, name):
    """The daemon's configuration: what became of the message, the answer alone says."""
    with open(stage.path(name + ".yaml")) as file:
        text = re.sub(r"mailboxes:\n(  .*\n)+", "", file.read())
    return stage.write(name + "-prober.yaml", text, 0o600)


def session_of(facts):
    return {key: facts[key] for key in ("version", "cipher", "group")}


def probed(user, name, to):
    found = user.send(to, "--reply", config=without_mailbox(user.stage, name)).has_evidence().outcome_is("accepted")
    for check_of in ["path.accepted", "inbound.starttls", "inbound.tls-version", "inbound.certificate"] + OUTBOUND:
        found.finds(check_of, "pass")
    found.exits(0)
    probe = found.probe()
    found.check(probe["reply"]["kind"] == "reflector", f"the answer is {probe['reply']['kind']}")
    found.check(probe["reflection"] is not None, "the reflection was not read")
    found.check(not probe["reply_watch"]["listening"], "the daemon should have received it")
    return probe


def each_probes_the_other(user):
    stage = user.stage
    one = other = None
    try:
        one = Reflector(user, "answer", DOMAIN, HOST, ANSWER)
        other = Reflector(user, "other", "probe.test", "mx.probe.test", PROBE)
        there = probed(user, "other", f"reflector@{DOMAIN}")
        back = probed(user, "answer", "reflector@probe.test")
        for probe, sender, receiver in ((there, PROBE, ANSWER), (back, ANSWER, PROBE)):
            seen, sent, reply = probe["reflection"], probe["smtp"], probe["reply"]
            check(session_of(seen["session"]["tls"]) == session_of(sent["tls"]), f"the two ends differ about TLS: {seen['session']['tls']}, {sent['tls']}")
            check(seen["session"]["address"] == stage.address(sender) and sent["address"] == stage.address(receiver), "the addresses differ")
            check(seen["session"]["helo"] == sent["helo"] and seen["session"]["mail_from"] == probe["reverse_path"], f"the envelope differs: {seen['session']}")
            check(seen["spf"]["result"] == "pass" and seen["dmarc"]["result"] == "pass", f"the other side says {seen['spf']}, {seen['dmarc']}")
            check([each["result"] for each in seen["dkim"]] == ["pass"] * len(seen["dkim"]) != [], f"the other side says {seen['dkim']}")
            check(reply["session"]["address"] == stage.address(receiver), f"the answer came from {reply['session']['address']}")
        # What the one says of how the other sends is what the other's own probe shows of it.
        for answer, probe in ((there["reply"], back), (back["reply"], there)):
            check(session_of(answer["session"]["tls"]) == session_of(probe["smtp"]["tls"]), "the reports differ about TLS")
            check(answer["session"]["helo"] == probe["smtp"]["helo"], "the reports differ about HELO")
            for mechanism in ("spf", "dmarc"):
                check(answer[mechanism]["result"] == probe["reflection"][mechanism]["result"], f"the reports differ about {mechanism}")
        for daemon in (one, other):
            daemon.stop()
            check(daemon.said().count("answering ") == 1, f"one exchange each:\n{daemon.said()}")
    finally:
        for daemon in (one, other):
            if daemon:
                daemon.end()


CASES = [each_probes_the_other]
