"""The cases, in the order in which they run: each a function that raises Failed where something does not hold."""
import base64, glob, imaplib, os, re, signal, smtplib, ssl, subprocess, time, traceback
import agreement, alone, answering, both_ways, downgrade, evaluating, later, outgoing, receiving, reflecting, reports, running, stacks
from fake import DiesAfterTheDot, NeverAnswersQuit
from knot import IMAP, PROBE
from support import PORTS, Failed, apart
from transport import posttls_finger

PATH = ["path.accepted", "path.delivered", "path.dkim-survival", "path.authentication-results"]
INBOUND = ["inbound.starttls", "inbound.tls-version", "inbound.certificate"]


def to_postfix(user, message):
    context = ssl.create_default_context(cafile=user.ca_file)
    context.check_hostname = False
    with smtplib.SMTP(user.stage.address(10), PORTS["smtp"], local_hostname="mx.probe.test",
                      source_address=(user.stage.address(PROBE), 0), timeout=10) as client:
        client.starttls(context=context)
        client.sendmail("probe@probe.test", ["reflector@target.test"], message)


def servers_work(user):
    """Before mailprobe is blamed: mail goes from Python's client through Postfix to Dovecot."""
    context = ssl.create_default_context(cafile=user.ca_file)
    context.check_hostname = False
    stage = user.stage
    to_postfix(user, b"Subject: servers work\r\n\r\nHello.\r\n")
    with imaplib.IMAP4_SSL(stage.address(IMAP), PORTS["imaps"], ssl_context=context, timeout=10) as client:
        client.login("reflector@target.test", user.password)
        for _ in range(100):
            client.select()
            if client.search(None, "SUBJECT", '"servers work"')[1] != [b""]:
                return
            time.sleep(0.1)
    raise Failed("the message did not arrive\n" + stage.logs("postfix") + stage.logs("dovecot"))


def good(user):
    found = user.send("reflector@target.test").exits(0).has_evidence()
    for check in ["published.mx"] + INBOUND + PATH:
        found.finds(check, "pass")
    probe = found.probe()
    found.check(probe["smtp"]["tls"]["version"] == "TLSv1.3", "TLS 1.3 should have been negotiated")
    found.check(probe["mailbox"]["folder"] == "INBOX", f"the folder is {probe['mailbox']['folder']}")
    signatures = [(each["selector"], each["result"]) for each in probe["mailbox"]["dkim"]]
    found.check(sorted(signatures) == [("e1", "pass"), ("r1", "pass"), ("r1", "pass")], f"DKIM: {signatures}")
    found.check(probe["mailbox"]["spf"]["result"] == "pass", f"SPF: {probe['mailbox']['spf']}")
    found.check(probe["mailbox"]["dmarc"]["result"] == "pass", f"DMARC: {probe['mailbox']['dmarc']}")
    trusted = [each for each in probe["mailbox"]["authentication_results"] if each["trusted"]]
    found.check(any(each["authserv_id"] == "mx.target.test" for each in trusted), "OpenDKIM's field is not trusted")
    mx = found.document["target"]["mx"][0]
    found.check(mx["dnssec"] == "secure", f"the MX record is {mx['dnssec']}")


def imap_with_starttls(user):
    user.send("reflector@target.test", config=user.configure("starttls.yaml", scheme="imap")).exits(0)


def junk_folder_by_sieve(user):
    found = user.send("junk@target.test").has_evidence()
    found.check(found.probe()["mailbox"]["folder"] == "Junk", f"the folder is {found.probe()['mailbox']['folder']}")
    found.check(found.status in (0, 1), "it was delivered")
    found.finds("path.accepted", "pass")


def rejected_recipient(user):
    found = user.send("nobody@target.test").exits(1).has_evidence().outcome_is("rejected")
    found.finds("path.accepted", "fail", "refused").finds("inbound.starttls", "pass")
    found.check(found.probe()["smtp"]["reply"]["enhanced"] == "5.1.1", f"reply: {found.probe()['smtp']['reply']}")


def submission_with_auth(user):
    found = user.send("reflector@target.test", "--via", "relay").exits(0).has_evidence()
    for check in PATH:
        found.finds(check, "pass")
    for check in INBOUND:
        found.finds(check, "not-tested", "via-relay")
    found.check(found.probe()["mailbox"]["spf"]["result"] == "pass", f"SPF: {found.probe()['mailbox']['spf']}")
    found.check("sasl_method=SCRAM-SHA-256" in user.stage.logs("postfix"), "SCRAM-SHA-256 should have been used")


def submission_with_plain_and_login(user):
    for mechanism in ("plain", "login"):
        user.send("reflector@target.test", "--via", mechanism).exits(0).has_evidence().finds("path.delivered", "pass")
        if f"sasl_method={mechanism.upper()}" not in user.stage.logs("postfix"):
            raise Failed(f"{mechanism.upper()} should have been used")


def wrong_submission_password(user):
    before = user.accepted_by_postfix()
    found = user.send("reflector@target.test", "--via", "wrong")
    found.check(found.status == 2, "a refused login is exit status 2")
    found.check(user.accepted_by_postfix() == before, "something was sent")
    found.check("wrong" in found.text("stderr"), "the message should name the submission server")


def wrong_mailbox_password(user):
    before = user.accepted_by_postfix()
    config = user.configure("wrong.yaml", mailbox_password="wrong-password")
    found = user.send("reflector@target.test", config=config)
    found.check(found.status == 2, "a refused login is exit status 2")
    found.check(user.accepted_by_postfix() == before, "something was sent")


def unknown_ca_with_encrypt(user):
    found = user.send("reflector@unknown-ca.test").exits(1).has_evidence().outcome_is("accepted")
    found.finds("inbound.certificate", "fail", "unknown-ca").finds("path.delivered", "pass").finds("inbound.starttls", "pass")


def unknown_ca_with_verify(user):
    before = user.accepted_by_postfix()
    found = user.send("reflector@unknown-ca.test", "--tls", "verify").exits(1).has_evidence().outcome_is("not-sent")
    found.finds("inbound.certificate", "fail", "unknown-ca")
    found.check(user.accepted_by_postfix() == before, "something was sent")


def no_tls_offered(user):
    before = user.accepted_by_postfix()
    found = user.send("reflector@no-tls.test").exits(1).has_evidence().outcome_is("not-sent")
    found.finds("inbound.starttls", "fail")
    found.check(user.accepted_by_postfix() == before, "something was sent")


def no_tls_but_may(user):
    found = user.send("reflector@no-tls.test", "--tls", "may").exits(1).has_evidence().outcome_is("accepted")
    found.finds("inbound.starttls", "fail").finds("path.delivered", "pass")


def dane(user):
    """Vouches for a certificate that no CA does."""
    found = user.send("reflector@dane.test").exits(0).has_evidence().outcome_is("accepted")
    found.finds("inbound.dane", "pass").finds("published.dane", "pass").finds("inbound.certificate", "info")
    found.check(found.probe()["policy"]["applied"] == "dane", f"the policy is {found.probe()['policy']}")
    user.send("reflector@dane.test", "--tls", "dane").exits(0)


def dane_of_another_key(user):
    before = user.accepted_by_postfix()
    for floor in ("may", "encrypt"):
        found = user.send("reflector@dane-wrong.test", "--mailbox", "reflector-dane-test", "--tls", floor).exits(1).has_evidence().outcome_is("not-sent")
        found.finds("inbound.dane", "fail", "policy").finds("path.accepted", "fail", "policy")
    found.check(user.accepted_by_postfix() == before, "something was sent")


def posttls_finger_agrees(user):
    """Postfix's own tool comes to the same on DANE, on the same certificate."""
    for domain, verified in (("dane.test", True), ("dane-wrong.test", False)):
        said = posttls_finger(user.stage, domain)
        found = user.send(f"reflector@{domain}", "--mailbox", "reflector-dane-test").has_evidence()
        tls = found.probe()["smtp"]["tls"]
        theirs = "Verified TLS connection established" in said
        found.check(theirs == verified, f"of {domain} posttls-finger says:\n{said}")
        found.check((tls["dane"]["result"] == "pass") == theirs, f"we say {tls['dane']}, posttls-finger says:\n{said}")
        digest = tls["certificates"][0]["sha256"].upper()
        fingerprint = ":".join(digest[i:i + 2] for i in range(0, len(digest), 2))
        found.check(fingerprint in said, f"{fingerprint} is not what posttls-finger saw:\n{said}")
        found.check(tls["version"] in said and tls["cipher"] in said, f"{tls['version']}, {tls['cipher']}:\n{said}")


def ask_openssl(user, number, *options):
    return subprocess.run(["openssl", "s_client", "-connect", f"{user.stage.address(number)}:{PORTS['smtp']}", "-starttls", "smtp",
                           *options], input="", capture_output=True, text=True, timeout=20).stdout


def s_client(user, number):
    """What openssl says of one address: version, cipher and the certificate's SHA-256."""
    said = ask_openssl(user, number)
    digest = subprocess.run(["openssl", "x509", "-noout", "-fingerprint", "-sha256"], input=said, capture_output=True, text=True).stdout
    version, cipher = re.search(r"^New, (\S+), Cipher is (\S+)$", said, re.M).groups()
    return version, cipher, digest.strip().rpartition("=")[2].replace(":", "").lower()


def inspected(user):
    """Postfix behind Knot's signed zones, without a message; and openssl sees the same."""
    before = user.accepted_by_postfix()
    found = user.launch(["inspect", "target.test", "--intrusive", "--confirm", "target.test"], None).end().exits(0)
    for check in ["published.mx", "published.dnssec", "published.mx-dnssec", "published.ptr", "published.spf", "published.dmarc",
                  "inbound.connect", "inbound.starttls-injection", "inbound.size", "inbound.dsn",
                  "inbound.starttls", "inbound.certificate"]:
        found.finds(check, "pass")
    found.finds("published.caa", "info")
    found.finds("inbound.tls-version", "warn")  # Postfix as it comes: TLS 1.0 too, and suites without a certificate
    survey = found.document["target"]["mx"][0]["addresses"][0]["survey"]
    accepted = {each["name"] for each in survey["versions"] if each["answer"] == "accepted"}
    found.check(accepted == {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}, f"we say {accepted}")
    oldest = ask_openssl(user, 10, "-tls1", "-cipher", "DEFAULT:@SECLEVEL=0")
    found.check(re.search(r"^ *Protocol *: TLSv1$", oldest, re.M), f"openssl says:\n{oldest}")
    session = found.document["target"]["mx"][0]["addresses"][0]["session"]
    tls = session["tls"]
    ours = (tls["version"], tls["cipher"], tls["certificates"][0]["sha256"])
    found.check(ours == s_client(user, 10), f"we say {ours}, openssl says {s_client(user, 10)}")
    found.check(user.accepted_by_postfix() == before, "something was sent")


def inspected_with_faults(user):
    found = user.launch(["inspect", "no-tls.test"], None).end().exits(1)
    found.finds("inbound.starttls", "fail", "unsupported").finds("inbound.connect", "pass")
    user.launch(["inspect", "unknown-ca.test"], None).end().exits(1).finds("inbound.certificate", "fail", "unknown-ca")


def mta_sts(user):
    found = user.send("reflector@sts.test").exits(0).has_evidence().outcome_is("accepted")
    found.finds("published.mta-sts", "pass").finds("inbound.mta-sts", "pass").finds("published.tlsrpt", "pass")
    found.check(found.document["target"]["mta_sts"]["source"] == "fetched", "the policy should have been fetched")
    again = user.send("reflector@sts.test", "--tls", "sts").exits(0).has_evidence()
    again.check(again.document["target"]["mta_sts"]["source"] == "cache", "the policy should have been kept")


def inspected_policies(user):
    """The two of them from the HTTPS host: a server that has what its policy says, and one that has not."""
    found = user.launch(["inspect", "sts.test"], None).end().exits(0)
    found.finds("published.mta-sts", "pass").finds("inbound.mta-sts", "pass").finds("inbound.certificate", "pass")
    found.check(found.document["target"]["mta_sts"]["mode"] == "enforce", "the policy is to enforce")
    wrong = user.launch(["inspect", "sts-wrong.test"], None).end().exits(1)
    wrong.finds("published.mta-sts", "pass").finds("inbound.mta-sts", "fail", "wrong-name").finds("inbound.certificate", "fail", "wrong-name")


def mta_sts_and_a_wrong_certificate(user):
    before = user.accepted_by_postfix()
    found = user.send("reflector@sts-wrong.test", "--mailbox", "reflector-sts-test").exits(1).has_evidence().outcome_is("not-sent")
    found.finds("published.mta-sts", "pass").finds("inbound.mta-sts", "fail", "wrong-name")
    found.finds("path.accepted", "fail", "policy")
    found.check(user.accepted_by_postfix() == before, "something was sent")


def greylisting(user):
    found = user.send("greylisted@target.test", "--wait", "3s").exits(3).has_evidence().outcome_is("temporary")
    found.finds("path.accepted", "inconclusive", "greylisted")


def server_named(user):
    found = user.send("reflector@target.test", "--server", f"mx.target.test:{PORTS['smtp']}").exits(0).has_evidence()
    for check in INBOUND + PATH:
        found.finds(check, "pass")


def each_mx(user):
    found = user.send("reflector@two.test", "--each-mx").exits(0).has_evidence()
    addresses = [probe["smtp"]["address"] for probe in found.document["probes"]]
    found.check(sorted(addresses) == [user.stage.address(11), user.stage.address(12)], f"addresses: {addresses}")
    found.finds("path.delivered", "pass").finds("inbound.certificate", "pass")


def journals(user):
    return set(glob.glob(user.stage.path("out", "runs", "*", "journal.jsonl")))


def waiting_for_a_copy(user):
    """A `send` whose message was accepted and never comes, and its run directory."""
    before = journals(user)
    sending = user.start("lost@target.test", "--wait", "60s")
    for _ in range(200):
        for journal in journals(user) - before:
            with open(journal) as lines:
                if any('"reply"' in line for line in lines):
                    return sending, os.path.dirname(journal)
        time.sleep(0.05)
    raise Failed("the journal says of no reply")


def interrupted_while_waiting(user):
    sending, _ = waiting_for_a_copy(user)
    time.sleep(0.3)  # into the wait
    start = time.monotonic()
    sending.process.send_signal(signal.SIGINT)
    found = sending.end(10)
    took = time.monotonic() - start
    found.check(took < 1, f"it took {took:.2f} s to end")
    found.exits(3).has_evidence().outcome_is("accepted")
    found.finds("path.delivered", "inconclusive", "interrupted")


def killed_after_the_dot(user):
    server = DiesAfterTheDot(user.stage, user.fake_certificate)
    try:
        found = user.send("reflector@fake.test", "--wait", "3s").exits(3).has_evidence().outcome_is("unknown")
    finally:
        server.close()
    found.finds("path.accepted", "inconclusive", "possibly-delivered")
    found.check(server.messages == 1, f"the message was sent {server.messages} times")
    found.check("possibly delivered" in found.text("stdout"), "the report should say that it may have been delivered")


def quit_without_an_answer(user):
    server = NeverAnswersQuit(user.stage, user.fake_certificate, lambda message: to_postfix(user, message))
    try:
        sending = user.start("reflector@fake.test")
        if not server.quit.wait(20):
            raise Failed("there was no QUIT")
        start = time.monotonic()
        found = sending.end()
        took = time.monotonic() - start
    finally:
        server.close()
    found.exits(0).has_evidence().outcome_is("accepted").finds("path.delivered", "pass")
    found.check(took < 3, f"{took:.1f} s after QUIT it was still there")


def chunking(user):
    found = user.send("reflector@target.test", "--chunking").exits(0).has_evidence().finds("path.dkim-survival", "pass")
    said = [event["text"] for event in found.probe()["smtp"]["events"]]
    found.check(any(each.startswith("BDAT ") for each in said), f"BDAT should have been used: {said}")


def late_copy_is_collected(user):
    """The server keeps the message until the run has given up."""
    kept = []
    server = NeverAnswersQuit(user.stage, user.fake_certificate, kept.append)
    try:
        run = user.send("reflector@fake.test", "--wait", "1s").exits(1).has_evidence()
    finally:
        server.close()
    run.finds("path.delivered", "fail", "timed-out")
    to_postfix(user, kept[0])
    found = user.collect(run.document["run"]["id"], "--wait", "20s").exits(0).has_evidence()
    found.finds("path.delivered", "pass").finds("path.dkim-survival", "pass")
    found.check(found.probe()["mailbox"]["late"], "the copy should be marked as late")
    found.check(found.document["run"]["id"] == run.document["run"]["id"], "it is the same run")
    if "after" not in user.report(found.document["run"]["id"]):
        raise Failed("the report should tell of the copy")


def killed_while_waiting(user):
    sending, run = waiting_for_a_copy(user)
    sending.process.kill()
    sending.process.wait()
    accepted = user.accepted_by_postfix()
    said = user.report(os.path.basename(run))
    if "was cut off before it was complete; the message was accepted" not in said:
        raise Failed(f"of the run that was killed it says: {said}")
    if user.accepted_by_postfix() != accepted:
        raise Failed("something was sent")


def bounced(user):
    found = user.send("bounced@target.test", "--wait", "3s").exits(1).has_evidence().outcome_is("accepted")
    found.finds("path.delivered", "fail", "refused")
    answer, = found.probe()["watch"]["answers"]
    found.check(answer["kind"] == "bounce", f"the answer is {answer['kind']}")
    bounce = base64.b64decode(answer["raw"]["base64"])
    found.check(b"bounced@target.test" in bounce, "the bounce should be kept whole")


def mtas_at_the_traps(user):
    """Postfix and Exim, in each setting, arrive at the traps at which their documentation says so, and at no other."""
    apart(outgoing.__file__, user.binary, 300)


# What the embedded lab's targets come to: exit status, a check, its verdict and cause.
LAB = {
    "reflector@target.test": (0, "path.dkim-survival", "pass", None),
    "reflector@no-tls.test": (1, "inbound.starttls", "fail", "unsupported"),
    "reflector@old-tls.test": (0, "inbound.tls-version", "pass", None),
    "tls10@old-tls.test": (1, "inbound.tls-version", "fail", "unsupported"),
    "expired@bad-cert.test": (1, "inbound.certificate", "fail", "expired"),
    "wrong-name@bad-cert.test": (1, "inbound.certificate", "fail", "wrong-name"),
    "self-signed@bad-cert.test": (1, "inbound.certificate", "fail", "self-signed"),
    "reflector@footer.test": (1, "path.dkim-survival", "fail", None),
    "reflector@junk.test": (0, "path.delivered", "warn", None),
    "reflector@reject.test": (1, "path.accepted", "fail", "refused"),
    "reflector@greylist.test": (0, "path.delivered", "pass", None),
    "reflector@slow.test": (0, "path.delivered", "pass", None),
    "reflector@dane.test": (0, "inbound.dane", "pass", None),
    "reflector@dane-wrong.test": (1, "inbound.dane", "fail", "policy"),
    "reflector@dane-rollover.test": (0, "inbound.dane", "pass", None),
    "late@dane-rollover.test": (1, "inbound.dane", "fail", "policy"),
    "reflector@sts.test": (0, "inbound.mta-sts", "pass", None),
    "reflector@sts-cert.test": (1, "inbound.mta-sts", "fail", "wrong-name"),
    "reflector@sts-unlisted.test": (1, "inbound.mta-sts", "fail", "policy"),
    "reflector@sts-testing.test": (1, "inbound.mta-sts", "warn", "wrong-name"),
    "reflector@sts-redirect.test": (0, "published.mta-sts", "fail", "protocol-error"),
}


def embedded_lab(user):
    for to, (status, check, verdict, cause) in LAB.items():
        found = user.start(to, config="--lab").end().exits(status).has_evidence()
        last = found.findings(check)[-1]  # of the last host that was tried
        found.check((last["verdict"], last["cause"]) == (verdict, cause), f"{to}: {check} is {last['verdict']} ({last['cause']})")


def embedded_lab_shows_the_footer(user):
    summary = user.start("reflector@footer.test", config="--lab").end().findings("path.dkim-survival")[0]["summary"]
    if "body hash" not in summary or "added at the end" not in summary or "Scanned by the gateway" not in summary:
        raise Failed(f"the summary is: {summary}")


def no_secret_in_any_output(user):
    plain, token = user.password.encode(), user.token.encode()
    login = b"\0reflector@target.test\0" + plain
    wanted = [plain] + [base64.b64encode(each).rstrip(b"=")[:-1] for each in (plain, login)]
    scenarios = [token] + [base64.b64encode(b"x" * before + token)[3 * (before > 0):-4] for before in range(3)]
    files = 0
    for folder, _, names in os.walk(user.stage.path("out")):
        for name in names:
            files += 1
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            # What was sent holds what a scenario put into it.
            for secret in wanted if name.endswith(".eml") else wanted + scenarios:
                if secret in content:
                    raise Failed(f"a secret is in {os.path.join(folder, name)}")
    if files < 30:
        raise Failed(f"only {files} files were looked at")


CASES = [servers_work, good, imap_with_starttls, junk_folder_by_sieve, rejected_recipient, submission_with_auth,
         submission_with_plain_and_login, wrong_submission_password, wrong_mailbox_password, unknown_ca_with_encrypt, unknown_ca_with_verify, no_tls_offered, *stacks.CASES,
         no_tls_but_may, greylisting, server_named, each_mx, interrupted_while_waiting, killed_after_the_dot, quit_without_an_answer,
         killed_while_waiting, bounced, chunking, late_copy_is_collected, *running.CASES, *reports.CASES, *downgrade.CASES, *receiving.CASES, *answering.CASES, *later.CASES, *reflecting.CASES, *both_ways.CASES, *alone.CASES, dane, dane_of_another_key, posttls_finger_agrees, *agreement.CASES, inspected, inspected_with_faults, mta_sts,
         mta_sts_and_a_wrong_certificate, inspected_policies, mtas_at_the_traps, *evaluating.CASES, embedded_lab, embedded_lab_shows_the_footer, no_secret_in_any_output]


def run_all(user, wanted):
    chosen = [case for case in CASES if not wanted or case.__name__ in wanted]
    print(f"1..{len(chosen)}")
    failed = 0
    for number, case in enumerate(chosen, 1):
        start = time.monotonic()
        try:
            case(user)
            problem = None
        except Failed as failure:
            problem = str(failure)
        except Exception:
            problem = traceback.format_exc()
        failed += problem is not None
        print(f"{'not ok' if problem else 'ok'} {number} - {case.__name__} # {time.monotonic() - start:.1f} s", flush=True)
        for line in (problem or "").splitlines():
            print("#   " + line, flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed", flush=True)
    return 1 if failed or not chosen else 0
