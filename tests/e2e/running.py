"""`run` against Postfix and Dovecot: suites, an expectation that does not hold, and what can be smuggled into Postfix."""
import os

from support import PORTS

STRICT = "mx2.two.test"  # this one has smtpd_forbid_bare_newline
SERVICE = "smtpd_forbid_bare_newline=yes"
CONSENT = '_mailprobe TXT "mailprobe-consent=probe.test"\n'

# What Debian 12's Postfix as it comes takes for the end of a message (www.postfix.org/smtp-smuggling.html: any line that
# ends with LF, with or without CR before it).
SMUGGLED_BY_DEFAULT = {"lf-dot-lf", "lf-dot-crlf", "crlf-dot-crcrlf", "crcrlf-dot-crcrlf"}


def ran(user, files, to, *options):
    return user.launch(["run", *files, "--to", to, "--wait", "20s", *options], None).end()


def suites_hold(user):
    found = ran(user, ["baseline", "dkim-survival"], "reflector@target.test", "--jobs", "4", "--only", "plain", "tabs",
                "leading-dots", "eight-bit", "folded-header", "no-final-newline").exits(0).has_evidence()
    names = sorted(probe["name"] for probe in found.document["probes"])
    found.check(names[0] == "baseline:plain" and len(names) == 7, f"the probes are {names}")
    found.check(all(each["verdict"] == "pass" for each in found.document["expectations"]), "every expectation should hold")
    signatures = [each["result"] for probe in found.document["probes"] for each in probe["mailbox"]["dkim"]]
    found.check(len(signatures) == 3 + 6 * 4 and set(signatures) == {"pass"}, f"signatures: {signatures}")


def expectation_fails(user):
    user.stage.write("junk.yaml", "version: 1\nname: junk\nprobes:\n  - name: plain\n"
                     "    expect: [mailbox.folder == INBOX, smtp.outcome == accepted]\n")
    found = ran(user, ["junk.yaml"], "junk@target.test").exits(1).has_evidence()
    failed, held = found.document["expectations"]
    found.check((failed["verdict"], failed["found"], failed["evidence"]) == ("fail", "Junk", ["/probes/0/mailbox/folder"]), f"it is {failed}")
    found.check(held["verdict"] == "pass", f"it is {held}")
    for kind, words in (("stdout", "/probes/0/mailbox/folder"), ("stdout", "Found: Junk"),
                        ("xml", 'message="mailbox.folder == INBOX: found Junk"')):
        found.check(words in found.text(kind), f"{kind} should say {words}")


def secret_of_a_scenario(user):
    user.stage.write("secret.yaml", "version: 1\nname: secret\nvariables: {token: {env: SCENARIO_TOKEN}}\nprobes:\n"
                     "  - {name: subject, send: {subject: \"it is ${token}\"}, expect: [mailbox.folder == INBOX]}\n"
                     "  - {name: body, send: {transfer_encoding: base64, body: \"it is ${token}\"}}\n"
                     "  - {name: plain}\n")
    found = ran(user, ["secret.yaml"], "reflector@target.test", "-v").exits(0).has_evidence()
    marked = [probe["name"] for probe in found.document["probes"] if probe["secret"]]
    found.check(marked == ["subject", "body"], f"these are marked: {marked}")
    for probe in found.document["probes"]:
        embedded = probe["mailbox"]["raw"]["base64"] is not None
        found.check(embedded == (probe["name"] == "plain"), f"{probe['name']}: its copy is there or not")
        found.check({each["result"] for each in probe["mailbox"]["dkim"]} == {"pass"}, "it is judged as ever")
    user.report("last")


def came_apart(found):
    """The sequences behind which a second message arrived, by what it says of itself."""
    apart = set()
    for probe in found.document["probes"]:
        smuggling = probe["smuggling"]
        if smuggling and smuggling["folder"]:
            found.check(smuggling["raw"] and smuggling["folder"] == "INBOX", f"{smuggling}")
            apart.add(smuggling["sequence"])
    return apart


def smuggled_into_postfix(user):
    found = ran(user, ["smuggling"], "reflector@target.test", "--intrusive", "--jobs", "4").exits(1).has_evidence()
    apart = came_apart(found)
    found.check(apart == SMUGGLED_BY_DEFAULT, f"these came apart: {sorted(apart)}")
    fails = {each["probe"].partition("/")[2] for each in found.findings("inbound.smuggling") if each["verdict"] == "fail"}
    found.check(fails == apart, f"these are held against it: {sorted(fails)}")


def nothing_smuggled_where_postfix_forbids_it(user):
    found = ran(user, ["smuggling"], "reflector@two.test", "--intrusive", "--jobs", "4",
                "--server", f"{STRICT}:{PORTS['smtp']}").exits(0).has_evidence()
    found.finds("inbound.smuggling", "pass")
    found.check(not came_apart(found), "nothing should have come apart")


def smuggling_is_not_done_unasked(user):
    before = user.accepted_by_postfix()
    for to, options in (("reflector@target.test", []), ("reflector@dane.test", ["--intrusive"])):
        found = ran(user, ["smuggling"], to, *options)
        found.check(found.status == 2, "it is a matter of usage")
    found.check("does not say that it agrees" in found.text("stderr"), "consent is missing")
    found.check(user.accepted_by_postfix() == before, "something was sent")
    found.check(not os.path.exists(found.prefix + ".json"), "there is no run")


CASES = [suites_hold, expectation_fails, secret_of_a_scenario, smuggled_into_postfix, nothing_smuggled_where_postfix_forbids_it, smuggling_is_not_done_unasked]
