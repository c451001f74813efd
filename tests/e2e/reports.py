"""Reports about us: written, packed and put into a mail by Mail::DMARC, and collected into the run that they speak of."""
import calendar, glob, json, os, smtplib, ssl, subprocess, time
from knot import PROBE
from receiving import RECEIVER, with_receiver
from support import PORTS, Failed


def without_looking(user):
    return user.launch(["send", "--to", "reflector@target.test", "--no-wait"], None).end().exits(0).has_evidence()


PASSED = {"disposition": "none", "dkim": "pass", "spf": "pass"}
BARRED = {"disposition": "quarantine", "dkim": "fail", "spf": "fail"}


def sent_in_all(user):
    """As mailprobe has noted: the cases before this one sent on the same day, with the same From."""
    lines = 0
    for path in glob.glob(user.stage.path("out", "sent", "*")):
        with open(path) as file:
            lines += len(file.readlines())
    return lines


def written(user, found, report_id, evaluated=PASSED, count=None):
    """The report that the target would send of that day, and the mail that brings it."""
    sent = found.probe()["sent"]["at"]
    day = calendar.timegm(time.strptime(sent[:10], "%Y-%m-%d"))
    facts = {"domain": "probe.test", "source_ip": user.stage.address(PROBE), "recipient_domain": "target.test",
             "begin": day, "end": day + 86399, "id": report_id, "count": count or sent_in_all(user), "policy_evaluated": evaluated, "selectors": {"r1": "pass", "e1": "neutral"}}
    packed, mail = user.stage.path("out", report_id + ".xml.gz"), user.stage.path("out", report_id + ".eml")
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mail_dmarc.pl")
    done = subprocess.run(["/usr/bin/perl", script, user.stage.write("out/facts.json", json.dumps(facts)), packed, mail],
                          capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"mail_dmarc.pl: {done.stderr}")
    return packed, mail


def reports_are_collected(user):
    found = without_looking(user)
    found.finds("inbound.dmarc-evaluated", "not-tested")
    run = found.document["run"]["id"]
    packed, mail = written(user, found, "42")
    again = user.collect(run, "--report", packed).has_evidence()
    for method in ("spf", "dkim", "dmarc"):
        again.finds(f"inbound.{method}-evaluated", "pass")
        grade = again.findings(f"inbound.{method}-evaluated")[0]["grade"]
        again.check(grade == "evaluated", f"the grade of {method} is {grade}")
    report, = again.probe()["reports"]
    again.check(report["joined_by"] == "recipient" and report["organization"] == "target.test", f"{report}")
    again.check(report["rows"][0]["source_ip"] == user.stage.address(PROBE), f"{report['rows']}")
    again.check("Reports about this run" in again.text("stdout"), "the terminal does not show it")
    again.check("DMARC aggregate report of target.test" in again.text("html"), "the page does not show it")
    twice = user.collect(run, "--report", packed, mail).has_evidence()  # the mail brings the same report
    twice.check(len(twice.probe()["reports"]) == 1, "it was counted twice")


def a_report_of_what_was_done_is_enforcement(user):
    """The target's own word that it put the message aside for its policy."""
    found = without_looking(user)
    packed, _ = written(user, found, "45", BARRED)
    again = user.collect(found.document["run"]["id"], "--report", packed).has_evidence()
    again.finds("inbound.dmarc-evaluated", "pass")
    dmarc = again.findings("inbound.dmarc-evaluated")[0]
    again.check(dmarc["grade"] == "enforced" and "disposition quarantine" in dmarc["summary"], f"{dmarc}")


def a_report_of_fewer_than_went_out_counts_for_nothing(user):
    """Of three messages it counts one, and does not say which."""
    runs = [without_looking(user) for _ in range(3)]
    packed, _ = written(user, runs[0], "46", BARRED, count=1)
    for found in runs:
        again = user.collect(found.document["run"]["id"], "--report", packed).has_evidence()
        again.finds("inbound.dmarc-evaluated", "not-tested")
        report, = again.probe()["reports"]
        again.check(report["joined_by"] == "among" and "which is not known" in report["notes"][0], f"{report}")
        again.check("perhaps about another message" in again.text("stdout"), "the terminal does not say so")


def reports_of_nobody_count_for_nothing(user):
    found = without_looking(user)
    _, mail = written(user, found, "43")
    again = user.collect(found.document["run"]["id"], "--report", mail).has_evidence()
    report, = again.probe()["reports"]
    again.check(report["mail"]["from"] == "target.test" and not report["mail"]["vouched"], f"{report['mail']}")
    again.finds("inbound.dmarc-evaluated", "not-tested")
    again.check("nobody vouches for it" in again.text("stdout"), "the terminal does not say so")


def by_smtp(user, receiver, mail):
    context = ssl.create_default_context(cafile=user.ca_file)
    context.check_hostname = False
    with smtplib.SMTP(receiver.stage.address(RECEIVER), PORTS["smtp"], local_hostname="mx.target.test",
                      source_address=(receiver.stage.address(10), 0), timeout=10) as client, open(mail, "rb") as file:
        client.starttls(context=context)
        client.sendmail("dmarc@target.test", ["reports@receiver.test"],
                        file.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    receiver.wait_for("kept ")


def reports_come_to_the_receiver(user, receiver):
    """The target's MX host brings it, so that SPF and with it DMARC passes; the copy in the mailbox is found as well."""
    found = without_looking(user)
    _, mail = written(user, found, "44")
    by_smtp(user, receiver, mail)
    with open(user.config) as file:
        config = user.stage.write("reports.yaml", file.read() + "receiver: {reports: reports@receiver.test}\n", 0o600)
    words = ["collect", found.document["run"]["id"]]
    again = user.launch(words, config).end().exits(0).has_evidence()
    report, = again.probe()["reports"]
    again.check(report["mail"]["dmarc"] == "pass" and report["mail"]["vouched"], f"{report['mail']}")
    again.check(again.probe()["mailbox"]["folder"] == "INBOX", "the copy was not found")
    dmarc = again.findings("inbound.dmarc-evaluated")[0]
    again.check(dmarc["grade"] in ("evaluated", "recorded") and "report of target.test" in dmarc["summary"], f"{dmarc}")
    twice = user.launch(words, config).end().exits(0).has_evidence()
    twice.check(len(twice.probe()["reports"]) == 1, "it was counted twice")


CASES = [reports_are_collected, a_report_of_what_was_done_is_enforcement,
         a_report_of_fewer_than_went_out_counts_for_nothing, reports_of_nobody_count_for_nothing, with_receiver(reports_come_to_the_receiver)]
