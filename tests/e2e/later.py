"""What comes after `send` has ended, and who wants no more of it: interrupted waits, `collect`, complaints and opt-outs."""
import glob, json, os, re, signal, subprocess, time
from answering import configuration
from both_ways import OUTBOUND, without_mailbox
from knot import ANSWER, PROBE
from postfix import LOST
from receiving import RECEIVER, Receiver, check
from reflecting import DOMAIN, HOST, Reflector, send
from support import Failed

TARGET = 10  # the last number of mx.target.test's address
PERSON = "From: lost@target.test\r\nTo: {}\r\nSubject: Re: Test message of mailprobe\r\n\r\n{}\r\n"
DELAY = """From: MAILER-DAEMON@mx.target.test\r
Subject: Delayed Mail (still being retried)\r
Auto-Submitted: auto-replied\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b1\r
\r
--b1\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.target.test\r
\r
Final-Recipient: rfc822; lost@target.test\r
Action: delayed\r
Status: 4.4.1\r
\r
--b1--\r
"""
COMPLAINT = """From: feedback@target.test\r
To: abuse@receiver.test\r
Subject: complaint\r
Content-Type: multipart/report; report-type=feedback-report; boundary=b1\r
\r
--b1\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: abuse\r
User-Agent: e2e/1\r
Version: 1\r
\r
--b1\r
Content-Type: text/rfc822-headers\r
\r
X-Mailprobe-Id: {}\r
\r
--b1--\r
"""


def until(holds, what):
    for _ in range(400):
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise Failed(what())


def waiting(user):
    """A `send --reply` that waits for good, and the reverse-path of its probe."""
    before = set(glob.glob(user.stage.path("out", "runs", "*")))
    sending = user.start(LOST, "--reply", "--wait", "1h", config=configuration(user))

    def said():
        with open(sending.prefix + ".stderr") as file:
            return file.read()

    until(lambda: "waiting for an answer" in said(), lambda: f"it does not wait:\n{said()}")
    run, = set(glob.glob(user.stage.path("out", "runs", "*"))) - before
    with open(os.path.join(run, "raw", "1-sent.eml")) as file:
        return sending, re.search("^Reply-To: (.*)$", file.read(), re.M).group(1)


def evaluated(user, before=frozenset()):
    """What is in the spool beside what other cases left there."""
    return set(glob.glob(user.stage.path("out", "receiver", "spool", "*.json"))) - before


def collected(user, run, status):
    return user.launch(["collect", run], configuration(user)).end().exits(status).has_evidence()


def interrupted(user, number, came):
    """The wait is cut short by a signal; what had come is told, and what comes then is found by `collect`."""
    before = evaluated(user)
    sending, to = waiting(user)
    if came:
        send(user.stage, TARGET, RECEIVER, "", to, came)
        until(lambda: evaluated(user, before), lambda: "what came was not evaluated")
    sending.process.send_signal(number)
    found = sending.end(20).exits(3).has_evidence().outcome_is("accepted")
    probe = found.probe()
    found.check(found.document["run"]["interrupted"], "the run should say that it was interrupted")
    found.check(probe["reply_watch"]["cause"] == "interrupted" and not probe["reply_watch"]["completed"], f"{probe['reply_watch']}")
    kinds = [reply["kind"] for reply in probe["replies"]]
    found.check(kinds == (["delay"] if came else []), f"the answers are {kinds}")
    found.check(not evaluated(user, before), "what is in the evidence should have left the spool")
    if not came:
        found.finds("outbound.starttls", "inconclusive", "interrupted").finds("outbound.spf", "inconclusive", "interrupted")
        found.check("cut short" in found.text("html"), "the report should say so")
    daemon = Receiver(user)
    try:
        send(user.stage, TARGET, RECEIVER, LOST, to, PERSON.format(to, "It came."))
        daemon.wait_for("answers " + probe["id"])
        later = collected(user, found.document["run"]["id"], 1)  # it is not signed
        later.check(not later.document["run"]["interrupted"], "the wait was made good")
        kinds = [reply["kind"] for reply in later.probe()["replies"]]
        later.check(kinds == (["delay"] if came else []) + ["person"], f"the answers are {kinds}")
        later.finds("path.delivered", "pass").finds("outbound.starttls", "pass").finds("outbound.tls-version", "pass")
        later.finds("outbound.dkim", "fail")
        daemon.stop()
    finally:
        daemon.end()


def interrupted_while_an_answer_is_waited_for(user):
    interrupted(user, signal.SIGINT, None)


def terminated_after_a_notice_of_delay(user):
    interrupted(user, signal.SIGTERM, DELAY)


def answer_of_a_person_is_collected(user):
    daemon = Receiver(user)
    try:
        run = user.launch(["send", "--to", LOST, "--reply", "--no-wait"], configuration(user)).end().has_evidence()
        to = run.probe()["reverse_path"]
        send(user.stage, TARGET, RECEIVER, LOST, to, PERSON.format(to, "It came."))
        daemon.wait_for("answers " + run.probe()["id"])
        found = collected(user, run.document["run"]["id"], 1)
        found.check(found.probe()["reply"]["kind"] == "person" and found.probe()["reply"]["late"], "it should be a late person's")
        found.finds("path.delivered", "pass").finds("outbound.starttls", "pass").finds("outbound.spf", "pass")
        found.finds("outbound.dmarc", "pass").finds("outbound.ptr", "pass").finds("outbound.dkim", "fail")
        daemon.stop()
    finally:
        daemon.end()


def answer_of_a_reflector_is_collected(user):
    one = other = None
    try:
        one = Reflector(user, "answer", DOMAIN, HOST, ANSWER)
        other = Reflector(user, "other", "probe.test", "mx.probe.test", PROBE)
        config = without_mailbox(user.stage, "other")
        run = user.launch(["send", "--to", f"reflector@{DOMAIN}", "--reply", "--no-wait"], config).end().has_evidence()
        run.check(not run.probe()["replies"], "it should not have waited")
        other.wait_for("answers " + run.probe()["id"])
        found = user.launch(["collect", run.document["run"]["id"]], config).end().exits(0).has_evidence()
        for check_of in ["path.delivered"] + OUTBOUND:
            found.finds(check_of, "pass")
        found.check(found.probe()["reply"]["kind"] == "reflector" and found.probe()["reflection"], "it should be the reflector's")
        one.stop()
        other.stop()
    finally:
        for daemon in (one, other):
            if daemon:
                daemon.end()


def suppress(user, *words):
    done = subprocess.run([user.binary, "suppress", *words, "--config", configuration(user)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, cwd=user.stage.folder, env=user.environment())
    check(done.returncode == 0, f"suppress {' '.join(words)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def objected(user, object_to, why):
    """Somebody objects: the recipient is on the list, and nothing more goes out to it."""
    daemon = Receiver(user)
    try:
        run = user.launch(["send", "--to", LOST, "--reply", "--no-wait"], configuration(user)).end().has_evidence()
        probe = run.probe()
        object_to(probe)
        daemon.wait_for(f"{LOST} is suppressed from now on: {why} about message {probe['id']}")
        check(suppress(user, "list").startswith(f"{LOST}  # since "), f"the list is {suppress(user, 'list')}")
        before = user.accepted_by_postfix()
        refused = user.send(LOST, config=configuration(user)).exits(2)
        refused.check(f"{LOST} is suppressed" in refused.text("stderr") and why in refused.text("stderr"), "it should say why")
        check(user.accepted_by_postfix() == before, "nothing should have gone out")
        suppress(user, "remove", LOST)
        check(suppress(user, "list") == "", "the list should be empty")
        daemon.stop()
        return run
    finally:
        daemon.end()


def a_complaint_suppresses(user):
    def complain(probe):
        send(user.stage, TARGET, RECEIVER, "feedback@target.test", "abuse@receiver.test",
             COMPLAINT.format("zyxwvutsrqponmlkjihgfedcba"))  # of nothing that we sent
        send(user.stage, TARGET, RECEIVER, "feedback@target.test", "abuse@receiver.test", COMPLAINT.format(probe["id"]))

    objected(user, complain, "a complaint (abuse)")


def an_opt_out_suppresses(user):
    def opt_out(probe):
        to = probe["reverse_path"]
        send(user.stage, TARGET, RECEIVER, LOST, to, PERSON.format(to, "STOP\r\n\r\n> Please answer it, with any words"))

    run = objected(user, opt_out, "an opt-out")
    found = collected(user, run.document["run"]["id"], 1)
    found.check(found.probe()["reply"]["kind"] == "opt-out", f"the answer is {found.probe()['reply']['kind']}")
    found.check("asks for no more mail" in found.text("html"), "the report should say what it asks for")


def answers_to_two_runs_are_waited_for(user):
    """By one process that receives them itself; what each came to is in its own evidence."""
    config = configuration(user)
    runs = [user.launch(["send", "--to", LOST, "--reply", "--no-wait"], config).end().has_evidence() for _ in range(2)]
    waiting = user.launch(["collect", *(run.document["run"]["id"] for run in runs), "--wait", "1h"], config)

    def said():
        with open(waiting.prefix + ".stderr") as file:
            return file.read()

    until(lambda: "waiting for answers to 2 messages of 2 runs" in said(), lambda: f"it does not wait:\n{said()}")
    for run in runs:
        to = run.probe()["reverse_path"]
        send(user.stage, TARGET, RECEIVER, LOST, to, PERSON.format(to, "It came."))
    found = waiting.end(60)
    found.check(found.status == 1, "the answers are not signed: it should end with 1")
    for run in runs:
        name = run.document["run"]["id"]
        found.check(f"{name}  target.test  1 message  fail" in found.text("stdout"), f"there is no line of {name}")
        with open(f"{waiting.prefix}-{name}.json") as file:
            probe, = json.load(file)["probes"]
        found.check(probe["id"] == run.probe()["id"] and probe["reply"]["kind"] == "person" and probe["reply"]["late"],
                    f"{name} should have a late answer of a person")
        found.check(os.path.exists(f"{waiting.prefix}-{name}.html"), f"{name} has no report of its own")
    again = user.launch(["collect", *(run.document["run"]["id"] for run in runs)], config).end()
    again.check("1 message  fail" in again.text("stdout") and again.status == 1, "nothing new has come")


CASES = [interrupted_while_an_answer_is_waited_for, terminated_after_a_notice_of_delay, answer_of_a_person_is_collected, answers_to_two_runs_are_waited_for,
         answer_of_a_reflector_is_collected, a_complaint_suppresses, an_opt_out_suppresses]
