"""`send --reply`: what a real Postfix sends back, to a receiver that lives as long as the run waits."""
from receiving import ADDRESS, DOMAIN, HOST, RECEIVER, Receiver
from support import PORTS
from dovecot import AWAY
from postfix import AUTOMATIC, BOUNCED


def configuration(user):
    """The ordinary one as another sender, whose mail Postfix brings to our receiver."""
    with open(user.config) as file:
        text = file.read()
    text = text.replace("domain: probe.test", f"domain: {DOMAIN}").replace("address: probe@probe.test", f"address: {ADDRESS}")
    own = user.certificates.issue("answering", [HOST])
    text = text[:text.index("mailboxes:")]  # what is known of the delivery, the answer says
    text += f"""receiver:
  listen: "{user.stage.address(RECEIVER)}:{PORTS['smtp']}"
  host: {HOST}
  certificate: {own}
  key: {own}
"""
    return user.stage.write("answering.yaml", text, 0o600)


def bounced(user, *options):
    found = user.send(BOUNCED, "--reply", *options, config=configuration(user)).exits(1).has_evidence().outcome_is("accepted")
    found.finds("path.delivered", "fail", "refused").finds("outbound.starttls", "pass")
    reply = found.probe()["reply"]
    found.check(reply["kind"] == "bounce", f"the answer is {reply['kind']}")
    status, = reply["statuses"]
    found.check(status["recipient"] == BOUNCED and status["action"] == "failed", f"it says {status}")
    found.check(status["status"].startswith("5.1.1"), f"its status is {status['status']}")
    found.check("doesn't exist" in status["diagnostic"], f"its cause is {status['diagnostic']}")
    found.check(status["reporting_mta"] == "mx.target.test", f"it is from {status['reporting_mta']}")
    found.check(reply["session"]["mail_from"] == "", "it should be from the null reverse-path")
    found.check(reply["session"]["ptr"] == "mx.target.test", f"PTR: {reply['session']['ptr']}")
    found.check(reply["session"]["helo_addresses"] == [user.stage.address(10)], f"HELO: {reply['session']['helo_addresses']}")
    found.check(reply["delay_ms"] >= 0, f"it came after {reply['delay_ms']} ms")
    return found


def bounce_of_postfix_is_received(user):
    found = bounced(user)
    found.check(found.probe()["reply_watch"]["listening"], "the run should have listened itself")


REPORTS = """version: 1
name: reports
probes:
  - name: report
    send: {extensions: [dsn]}
    watch: {mailbox: false, reply: true}
    expect: [reply.kind == KIND]
"""


def reports_of_postfix_are_asked_for(user):
    """RFC 3461: NOTIFY=SUCCESS brings a report of what was delivered, and of what was not the bounce alone."""
    for to, kind, action in (("reflector@target.test", "delivered", "relayed"), (BOUNCED, "bounce", "failed")):
        name = f"reports-{kind}.yaml"
        user.stage.write(name, REPORTS.replace("KIND", kind))
        found = user.launch(["run", name, "--to", to, "--wait", "20s"], configuration(user)).end().exits(0).has_evidence()
        told = [(each["kind"], [status["action"] for status in each["statuses"]]) for each in found.probe()["replies"]]
        found.check(told == [(kind, [action])], f"the reports of {to} are {told}")


def bounce_is_read_from_the_daemon(user):
    """`reflect` of the same folder has the address: `send` reads what it takes."""
    daemon = Receiver(user)
    try:
        found = bounced(user)
        found.check(not found.probe()["reply_watch"]["listening"], "the run should not have listened")
        daemon.stop()
    finally:
        daemon.end()


def bounce_is_collected(user):
    """The run does not wait; the daemon takes the bounce; collect finds it."""
    daemon = Receiver(user)
    try:
        config = configuration(user)
        run = user.launch(["send", "--to", BOUNCED, "--reply", "--no-wait"], config).end().has_evidence()
        daemon.wait_for("answers " + run.probe()["id"])
        found = user.launch(["collect", run.document["run"]["id"]], config).end().exits(1).has_evidence()
        found.finds("path.delivered", "fail", "refused")
        found.check(found.probe()["reply"]["late"], "it should be marked as late")
        daemon.stop()
    finally:
        daemon.end()


def automatic(user, to):
    """An answer to the reverse-path, which carries the token, of a program that says so."""
    found = user.send(to, "--reply", config=configuration(user)).has_evidence().outcome_is("accepted")
    reply = found.probe()["reply"]
    found.check(reply["kind"] == "vacation", f"the answer is {reply['kind']}")
    found.check(len(found.probe()["replies"]) == 1, f"there are {len(found.probe()['replies'])} answers")
    found.check(reply["session"]["recipients"] == [found.probe()["reverse_path"]], f"it is for {reply['session']['recipients']}")
    found.check(found.probe()["reply_watch"]["completed"], "the waiting should have ended by it")
    found.finds("path.delivered", "pass").finds("outbound.ptr", "pass").finds("outbound.helo", "pass")
    found.finds("outbound.starttls", "pass").finds("outbound.tls-version", "pass")
    return found, reply


def vacation_of_pigeonhole_is_matched(user):
    found, reply = automatic(user, AWAY)
    found.check(reply["session"]["mail_from"] == "", "Pigeonhole answers from the null reverse-path")


def autoresponder_of_postfix_is_matched(user):
    found, reply = automatic(user, AUTOMATIC)
    found.check(reply["session"]["mail_from"] == AUTOMATIC, f"it is from {reply['session']['mail_from']}")
    found.finds("outbound.spf", "pass").finds("outbound.dmarc", "pass")


CASES = [bounce_of_postfix_is_received, reports_of_postfix_are_asked_for, bounce_is_read_from_the_daemon, bounce_is_collected,
         vacation_of_pigeonhole_is_matched, autoresponder_of_postfix_is_matched]
