"""`mailprobe reflect` as the answering side: real Postfix brings it probes and takes its answers, Dovecot keeps them."""
import base64, contextlib, email, glob, imaplib, json, os, secrets, signal, smtplib, ssl, subprocess, time
from knot import ANSWER, DNS, IMAP, PROBE, TARGETS
from receiving import Receiver, check
from support import PORTS, Failed

DOMAIN, HOST = "answer.test", "mx.answer.test"
ADDRESS = f"reflector@{DOMAIN}"
HOSTS = {PROBE: "mx.probe.test", **{number: host for hosts in TARGETS.values() for host, number in hosts}}
SEEKER = "reflector@target.test"  # who has a mailbox


def records(keys):
    """What the name server says of the reflector's domain beside its host."""
    text = ""
    for selector, (_, record) in keys.items():
        pieces = " ".join(f'"{record[i:i + 250]}"' for i in range(0, len(record), 250))
        text += f"{selector}._domainkey TXT ( {pieces} )\n"
    return {DOMAIN: text}


def way(stage):
    """Of Postfix's transport_maps; the service is the receiver's."""
    return f"{{ {DOMAIN} = receiver:[{stage.address(ANSWER)}]:{PORTS['smtp']} }}"


class Reflector(Receiver):
    """A daemon at an address, for a domain whose keys are published."""

    def __init__(self, user, name, domain, host, number, options=()):
        self.user, self.stage, self.name = user, user.stage, name
        self.folder = self.stage.path("out", name, "receiver")
        own = self.pem(name, host)
        text = f"""identities:
  default: {{domain: {domain}, address: probe@{domain}, dkim: [{{selector: r1, key: keys/r1.pem}}, {{selector: e1, key: keys/e1.pem}}]}}
helo: {host}
source_ips: [{self.stage.address(number)}]
contact: postmaster@{domain}
ports: {{25: {PORTS['smtp']}, 443: {PORTS['https']}}}
tls: {{ca_file: {user.ca_file}}}
runs: out/{name}/runs
receiver:
  listen: "{self.stage.address(number)}:{PORTS['smtp']}"
  certificate: {own}
  key: {own}
  reflectors: reflector@{domain}
mailboxes:
  seeker: {{url: "imaps://imap.target.test:{PORTS['imaps']}", user: {SEEKER}, address: reflector@{domain}, password_file: password,
           authserv_ids: [target.test]}}
resolver:
  trust_anchor_file: {user.anchors}
  stubs:
"""
        text += "".join(f"    {zone}: {self.stage.address(DNS)}@{PORTS['dns']}\n" for zone in user.zones)
        self.config = self.stage.write(f"{name}.yaml", text, 0o600)
        self.start(*options)

    def start(self, *options):
        """Another life, with a log of its own."""
        self.log = self.stage.path("out", f"{self.name}-{new_token()}.log")
        self.process = subprocess.Popen([self.user.binary, "reflect", "--config", self.config, *options],
                                        stdin=subprocess.DEVNULL, stderr=open(self.log, "wb"), cwd=self.stage.folder,
                                        env=self.user.environment())
        self.wait_for("watching the mailbox" if options else "receiving as ")

    def answer(self, token):
        """The answer that came for that probe, and its evaluation."""
        for _ in range(400):
            for path in glob.glob(os.path.join(self.folder, "spool", "*.json")):
                with open(path) as result, open(path[:-5] + ".msg", "rb") as file:
                    raw = file.read().split(b"\n", 1)[1]
                    if f"X-Mailprobe-Answers: {token}\r\n".encode() in raw:
                        return raw, json.load(result)
            time.sleep(0.05)
        raise Failed(f"no answer for {token}:\n{self.said()}")

    def waiting(self):
        folder = self.stage.path("out", self.name, "reflector", "waiting")
        return os.listdir(folder) if os.path.isdir(folder) else []


def probe_of(address, to, token, more=""):
    return (f"From: {address}\r\nTo: {to}\r\nSubject: Test message of mailprobe\r\nDate: Sat, 31 Jan 2026 12:00:00 +0000\r\n"
            f"Message-ID: <{token}@{address.split('@')[1]}>\r\nX-Mailprobe-Id: {token}\r\nAuto-Submitted: no\r\n{more}\r\nhello\r\n")


def opt_out_of(address, to, answered):
    return (f"From: {address}\r\nTo: {to}\r\nSubject: Re: what was seen\r\nDate: Sat, 31 Jan 2026 12:05:00 +0000\r\n"
            f"Message-ID: <{new_token()}@{address.split('@')[1]}>\r\nIn-Reply-To: {answered}\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/html; charset=utf-8\r\n\r\n<div>Stop.</div><blockquote>hello</blockquote>\r\n")


def new_token():
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def send(stage, number, server, sender, to, message):
    """From one address of the stage to the server at another."""
    with smtplib.SMTP(stage.address(server), PORTS["smtp"], local_hostname=HOSTS[number],
                      source_address=(stage.address(number), 0), timeout=10) as client:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        client.starttls(context=context)
        client.sendmail(sender, [to], message)


def answer_in_mailbox(user, token):
    context = ssl.create_default_context(cafile=user.ca_file)
    context.check_hostname = False
    for _ in range(200):
        with imaplib.IMAP4_SSL(user.stage.address(IMAP), PORTS["imaps"], ssl_context=context, timeout=10) as client:
            client.login(SEEKER, user.password)
            client.select("INBOX", readonly=True)
            found = client.search(None, "HEADER", "X-Mailprobe-Answers", token)[1][0].split()
            if found:
                return email.message_from_bytes(client.fetch(found[-1], "(RFC822)")[1][0][1])
        time.sleep(0.1)
    raise Failed("no answer came")


def reflection_of(message):
    parts = [part for part in message.walk() if not part.is_multipart()]
    check([part.get_content_type() for part in parts] == ["text/plain", "application/json", "text/rfc822-headers"],
          f"the parts are {[part.get_content_type() for part in parts]}")
    return json.loads(parts[1].get_payload(decode=True)), parts[0].get_payload(), parts[2].get_payload()


def ended(*reflectors):
    for reflector in reflectors:
        reflector.end()


def a_probe_through_postfix_is_answered(user):
    stage, token = user.stage, new_token()
    reflector = Reflector(user, "answer", DOMAIN, HOST, ANSWER)
    try:
        send(stage, 10, 10, SEEKER, ADDRESS, probe_of(SEEKER, ADDRESS, token))
        reflector.wait_for("accepted by mx.target.test")
        answer = answer_in_mailbox(user, token)
        check(answer["Auto-Submitted"] == "auto-replied" and answer["From"] == ADDRESS, f"its header: {answer.items()}")
        results = " ".join(answer.get_all("Authentication-Results", []))
        check("dkim=pass" in results, f"OpenDKIM says: {results}")
        seen, text, headers = reflection_of(answer)
        session = seen["session"]
        check(seen["schema"] == "mailprobe-reflection/1" and session["probe"] == token, f"the reflection: {seen}")
        check(session["address"] == stage.address(10) and session["tls"]["version"] == "TLSv1.3", f"the session: {session}")
        check(session["ptr"] == "mx.target.test" and seen["spf"]["result"] == "pass", f"PTR, SPF: {session['ptr']}, {seen['spf']}")
        check(seen["dmarc"]["result"] == "pass" and "DMARC      pass" in text, f"DMARC: {seen['dmarc']}\n{text}")
        check(f"X-Mailprobe-Id: {token}" in headers.replace("\r", ""), f"the header: {headers}")
        send(stage, 10, 10, SEEKER, ADDRESS, probe_of(SEEKER, ADDRESS, token))
        reflector.wait_for("has been")
        check(not reflector.waiting(), f"still waiting: {reflector.waiting()}")
        reflector.stop()
    finally:
        ended(reflector)


def who_does_not_ask_is_not_answered(user):
    stage, token = user.stage, new_token()
    reflector = Reflector(user, "answer", DOMAIN, HOST, ANSWER)
    try:
        send(stage, 10, 10, SEEKER, ADDRESS, probe_of(SEEKER, ADDRESS, token).replace("Submitted: no", "Submitted: auto-generated"))
        reflector.wait_for("not answered, auto-submitted")
        send(stage, PROBE, ANSWER, "probe@probe.test", ADDRESS, probe_of(SEEKER, ADDRESS, token))  # a forged From
        reflector.wait_for("not answered, dmarc")
        send(stage, PROBE, ANSWER, "probe@probe.test", ADDRESS, "Subject: hello\r\n\r\nhello\r\n")
        reflector.wait_for("not answered, not-a-probe")
        check("answering" not in reflector.said(), reflector.said())
        reflector.stop()
    finally:
        ended(reflector)


def two_reflectors_end_after_one_exchange(user):
    stage, token = user.stage, new_token()
    one = Reflector(user, "answer", DOMAIN, HOST, ANSWER)
    other = None
    try:
        other = Reflector(user, "other", "probe.test", "mx.probe.test", PROBE)
        send(stage, PROBE, ANSWER, "reflector@probe.test", ADDRESS, probe_of("reflector@probe.test", ADDRESS, token))
        one.wait_for("accepted by mx.probe.test")
        other.wait_for("not answered, answer: it is a reflector's answer")
        other.stop()
        one.stop()
        check("answering" not in other.said(), other.said())
        check(one.said().count("answering ") == 1, one.said())
    finally:
        ended(*(each for each in (one, other) if each))


def an_answer_waits_for_a_restart(user):
    """Its recipient's host is away; the daemon stops, starts again when the host is there, and goes on."""
    stage, token = user.stage, new_token()
    one = Reflector(user, "answer", DOMAIN, HOST, ANSWER)
    other = None
    try:
        send(stage, PROBE, ANSWER, "probe@probe.test", ADDRESS, probe_of("probe@probe.test", ADDRESS, token))
        one.wait_for("again in 1m")
        one.process.kill()
        one.process.wait()
        check(len(one.waiting()) >= 1, f"nothing waits: {one.waiting()}")
        path = stage.path("out", "answer", "reflector", "waiting", next(n for n in one.waiting() if not n.endswith(".journal")))
        with open(path, "rb") as file:  # its time has come
            head, rest = file.read().split(b"\n", 1)
        due = dict(json.loads(head), due="2026-01-31T12:00:00Z")
        with open(path, "wb") as file:
            file.write(json.dumps(due).encode() + b"\n" + rest)
        other = Reflector(user, "other", "probe.test", "mx.probe.test", PROBE)
        one.start()
        one.wait_for("1 answers wait from before")
        one.wait_for("accepted by mx.probe.test")
        one.stop()
        other.stop()
    finally:
        ended(*(each for each in (one, other) if each))


def the_targets_policies_are_obeyed(user):
    """An answer to a host with another key than its TLSA record, or whose certificate is not what an enforced MTA-STS policy asks for, waits; the twin's goes out."""
    stage = user.stage
    reflector = Reflector(user, "answer", DOMAIN, HOST, ANSWER)
    before = set(reflector.waiting())  # of other cases
    try:
        for wrong, right in (("dane-wrong.test", "dane.test"), ("sts-wrong.test", "sts.test")):
            for domain in (wrong, right):
                asker, number = f"reflector@{domain}", TARGETS[domain][0][1]
                send(stage, number, ANSWER, asker, ADDRESS, probe_of(asker, ADDRESS, new_token()))
                reflector.wait_for(f"accepted by mx.{domain}" if domain == right else f"again in 1m, not-sent by mx.{domain}")
            check(f"accepted by mx.{wrong}" not in reflector.said(), reflector.said())
            with open(stage.path("postfix.log"), errors="replace") as log:
                arrived = [line for line in log if f"to=<reflector@{wrong}>" in line]
            check(not arrived, f"something was sent: {arrived}")
        waiting = [name for name in set(reflector.waiting()) - before if "." not in name]  # messages; beside them journals
        check(len(waiting) == 2, f"the answers do not wait: {waiting}")
        reflector.stop()
    finally:
        ended(reflector)


def a_probe_in_a_mailbox_is_answered(user):
    """Postfix and Dovecot take the probe; the reflector only reads the mailbox, and answers to the prober's receiver."""
    stage, token = user.stage, new_token()
    prober = Reflector(user, "other", "probe.test", "mx.probe.test", PROBE)
    watcher = None
    try:
        watcher = Reflector(user, "answer", DOMAIN, HOST, ANSWER, ["--mailbox", "seeker"])
        watcher.process.send_signal(signal.SIGHUP)  # what the unit's ExecReload sends
        watcher.wait_for("nothing to read anew")
        send(stage, PROBE, 10, "probe@probe.test", SEEKER, probe_of("probe@probe.test", SEEKER, token))
        watcher.wait_for("accepted by mx.probe.test")
        raw, found = prober.answer(token)
        check(found["dmarc"]["result"] == "pass", f"DMARC of the answer: {found['dmarc']}")
        seen, _, headers = reflection_of(email.message_from_bytes(raw))
        session = seen["session"]
        check(session["address"] == stage.address(PROBE) and session["helo"] == "mx.probe.test", f"the session: {session}")
        check(session["tls"] and session["tls"]["version"] == "TLSv1.3", f"TLS: {session['tls']}")
        check(seen["spf"]["result"] == "pass" and seen["dmarc"]["result"] == "pass", f"SPF, DMARC: {seen['spf']}, {seen['dmarc']}")
        check("Received:" in headers, f"the header: {headers}")
        answered = email.message_from_bytes(raw)["Message-ID"]
        send(stage, PROBE, 10, "probe@probe.test", SEEKER, opt_out_of("probe@probe.test", SEEKER, answered))
        watcher.wait_for("probe@probe.test is suppressed from now on: an opt-out about message ")
        watcher.stop()
        prober.stop()
    finally:
        ended(*(each for each in (prober, watcher) if each))
        with contextlib.suppress(FileNotFoundError):  # the other cases go on with the same folder
            os.remove(stage.path("out", "answer", "suppressed"))


CASES = [a_probe_through_postfix_is_answered, who_does_not_ask_is_not_answered, two_reflectors_end_after_one_exchange,
         an_answer_waits_for_a_restart, the_targets_policies_are_obeyed, a_probe_in_a_mailbox_is_answered]
