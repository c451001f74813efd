"""`mailprobe reflect` as the receiver of other people's programs: swaks, curl, msmtp, openssl and Postfix deliver to it."""
import glob, json, os, signal, smtplib, ssl, subprocess, time
from knot import DNS, PROBE
from support import PORTS, Failed

HOST, OTHER = "mx.probe.test", "mx.receiver.test"  # the second by SNI
RECEIVER = 30  # the last number of its address
DOMAIN = "receiver.test"
ADDRESS = "probe@receiver.test"
MESSAGE = "From: someone@target.test\r\nTo: probe@receiver.test\r\nSubject: {}\r\n\r\n.a line with a dot\r\nHello.\r\n"


class Receiver:
    """One life of the daemon, and what it keeps."""

    def __init__(self, user, ready="receiving as ", log="reflect.log", **changes):
        self.user, self.stage = user, user.stage
        self.folder = self.stage.path("out", "receiver")
        self.config = self.configure(**changes)
        self.log = self.stage.path("out", log)
        self.process = subprocess.Popen([user.binary, "reflect", "--config", self.config], stdin=subprocess.DEVNULL,
                                        stderr=open(self.log, "wb"), cwd=self.stage.folder, env=user.environment())
        self.wait_for(ready)

    def configure(self, listen=None):
        own = self.pem("receiver", HOST)
        other = self.pem("receiver-other", OTHER)
        listen = listen or f'"{self.stage.address(RECEIVER)}:{PORTS["smtp"]}"'
        text = f"""identities:
  default: {{domain: receiver.test, address: {ADDRESS}, dkim: [{{selector: r1, key: keys/r1.pem}}]}}
helo: {HOST}
resolver:
  trust_anchor_file: {self.user.anchors}
  stubs:
"""
        text += "".join(f"    {zone}: {self.stage.address(DNS)}@{PORTS['dns']}\n" for zone in self.user.zones)
        text += f"""runs: out/runs
receiver:
  listen: [{listen}]
  certificate: {own}
  key: {own}
  certificates: [{{certificate: {other}, key: {other}}}]
  reports: reports@receiver.test
"""
        return self.stage.write("receiver.yaml", text, 0o600)

    def pem(self, name, host):
        path = self.stage.path("tls", name + ".pem")
        return path if os.path.exists(path) else self.user.certificates.issue(name, [host])

    def said(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def wait_for(self, words):
        for _ in range(400):
            if words in self.said():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise Failed(f"the receiver does not say \"{words}\":\n{self.said()}")

    def message(self, subject):
        """The spooled message of that subject and its evaluation, once there is one."""
        for _ in range(400):
            for path in glob.glob(os.path.join(self.folder, "spool", "*.msg")):
                with open(path, "rb") as file:
                    head, raw = file.read().split(b"\n", 1)
                result = path[:-4] + ".json"
                if f"Subject: {subject}\r\n".encode() in raw and os.path.exists(result):
                    with open(result) as file:
                        return raw, json.load(file)
            time.sleep(0.05)
        raise Failed(f"the message \"{subject}\" is not there:\n{self.said()}")

    def stop(self, status=0):
        self.process.send_signal(signal.SIGTERM)
        ended = self.process.wait(20)
        if ended != status:
            raise Failed(f"SIGTERM ended the receiver with {ended}:\n{self.said()}")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def with_receiver(case, **changes):
    def run(user):
        receiver = Receiver(user, **changes)
        try:
            case(user, receiver)
            receiver.stop()
        finally:
            receiver.end()

    run.__name__ = case.__name__
    return run


def command(*argv, expected=0, text=None):
    done = subprocess.run(argv, input=text, stdin=subprocess.DEVNULL if text is None else None, capture_output=True, text=True)
    if done.returncode != expected:
        raise Failed(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def check(holds, what):
    if not holds:
        raise Failed(what)


def came_well(receiver, subject, client):
    raw, found = receiver.message(subject)
    session = found["session"]
    check(raw.endswith(b"\r\n.a line with a dot\r\nHello.\r\n"), f"the message came as {raw!r}")
    check(session["address"] == client, f"the client's address is {session['address']}")
    check(session["mail_from"] == "someone@target.test", f"the reverse-path is {session['mail_from']}")
    check(session["tls"] and session["tls"]["version"] == "TLSv1.3", f"TLS: {session['tls']}")
    return session, found


def swaks_delivers(user, receiver):
    to, client = receiver.stage.address(RECEIVER), receiver.stage.address(10)
    command("swaks", "--server", to, "--port", str(PORTS["smtp"]), "--tls", "--tls-ca-path", user.ca_file, "--tls-verify",
            "--tls-sni", HOST, "--local-interface", client, "--ehlo", "mx.target.test", "--from",
            "someone@target.test", "--to", ADDRESS, "--data", MESSAGE.format("by swaks").replace("\r\n", "\\n").rstrip("\\n"))
    session, found = came_well(receiver, "by swaks", client)
    check(session["ptr"] == "mx.target.test", f"PTR: {session['ptr']}")
    check(found["spf"]["result"] == "pass" and found["dmarc"]["result"] == "pass", f"SPF, DMARC: {found['spf']}, {found['dmarc']}")


def curl_delivers(user, receiver):
    file = receiver.stage.write("curl.eml", MESSAGE.format("by curl"))
    to = receiver.stage.address(RECEIVER)
    command("curl", "-sS", "--ssl-reqd", "--cacert", user.ca_file, "--connect-to", f"{HOST}:{PORTS['smtp']}:{to}:{PORTS['smtp']}",
            "--interface", receiver.stage.address(PROBE), f"smtp://{HOST}:{PORTS['smtp']}/mx.target.test", "--mail-from",
            "someone@target.test", "--mail-rcpt", ADDRESS, "-T", file)
    session, found = came_well(receiver, "by curl", receiver.stage.address(PROBE))
    check(session["tls"]["sni"] == HOST, f"SNI: {session['tls']['sni']}")
    check(found["spf"]["result"] == "fail" and found["dmarc"]["result"] == "fail", f"SPF, DMARC: {found['spf']}, {found['dmarc']}")


def msmtp_delivers(user, receiver):
    command("msmtp", "--file=/dev/null", f"--host={receiver.stage.address(RECEIVER)}", f"--port={PORTS['smtp']}", "--tls=on",
            "--tls-starttls=on", f"--tls-trust-file={user.ca_file}", f"--tls-host-override={HOST}", "--domain=mx.target.test",
            f"--source-ip={receiver.stage.address(10)}", "--from=someone@target.test", "--set-date-header=off",
            "--set-msgid-header=off", ADDRESS, text=MESSAGE.format("by msmtp"))
    came_well(receiver, "by msmtp", receiver.stage.address(10))


def ended_with(words, *argv, text=None):
    """The program fails, and shows what the receiver said."""
    done = subprocess.run(argv, input=text, stdin=subprocess.DEVNULL if text is None else None, capture_output=True, text=True)
    check(done.returncode != 0 and words in done.stdout + done.stderr,
          f"{argv[0]} ended with {done.returncode} and does not show {words!r}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def who_sends_on_hears_why(user, receiver):
    """Some megabytes come after the mistake: the reply is heard, and no reset."""
    to = receiver.stage.address(RECEIVER)
    lines = receiver.stage.write("lf.eml", "Subject: bare LF\n\n" + "a line without CR\n" * 250_000)
    endless = receiver.stage.write("endless.eml", "Subject: endless\r\n\r\n" + "x" * 4_000_000 + "\r\n")
    curl = ("curl", "-sS", "-v", "--connect-to", f"{HOST}:{PORTS['smtp']}:{to}:{PORTS['smtp']}", f"smtp://{HOST}:{PORTS['smtp']}/mx.target.test",
            "--mail-from", "someone@target.test", "--mail-rcpt", ADDRESS)
    msmtp = ("msmtp", "--file=/dev/null", f"--host={to}", f"--port={PORTS['smtp']}", "--domain=mx.target.test", "--from=someone@target.test",
             "--set-date-header=off", "--set-msgid-header=off")
    over_tls = ("--ssl-reqd", "--cacert", user.ca_file)
    for more in ((), over_tls):
        ended_with("550 5.5.2 Bare CR or LF", *curl, *more, "-T", lines)
        ended_with("500 5.5.6 Line too long", *curl, *more, "-T", endless)
    with open(endless) as file:
        text = file.read()
    for more in (("--tls=off",), ("--tls=on", "--tls-starttls=on", f"--tls-trust-file={user.ca_file}", f"--tls-host-override={HOST}")):
        ended_with("500 5.5.6 Line too long", *msmtp, *more, ADDRESS, text=text)


def postfix_delivers(user, receiver):
    """From Postfix's queue, over its own TLS, and its own DSN-free way of pipelining."""
    with smtplib.SMTP(receiver.stage.address(10), PORTS["smtp"], local_hostname="mx.target.test",
                      source_address=(receiver.stage.address(10), 0), timeout=10) as client:
        client.sendmail("someone@target.test", [ADDRESS], MESSAGE.format("by Postfix"))
    session, found = came_well(receiver, "by Postfix", receiver.stage.address(10))
    check(session["helo"] == "mx.target.test", f"EHLO: {session['helo']}")
    check(found["spf"]["result"] == "pass", f"SPF: {found['spf']}")


def strangers_are_refused(user, receiver):
    out = command("swaks", "--server", receiver.stage.address(RECEIVER), "--port", str(PORTS["smtp"]), "--from",
                  "someone@target.test", "--to", "someone@elsewhere.test", expected=24)
    check("550 5.1.1" in out, f"it was not refused:\n{out}")
    receiver.wait_for("from <someone@target.test>")


def client_certificate_and_name_are_recorded(user, receiver):
    own = receiver.stage.path("tls", "receiver-other.pem")
    done = subprocess.run(["openssl", "s_client", "-connect", f"{receiver.stage.address(RECEIVER)}:{PORTS['smtp']}", "-starttls",
                           "smtp", "-name", "mx.target.test", "-servername", OTHER, "-cert", own, "-key", own, "-CAfile",
                           user.ca_file, "-verify_return_error", "-verify_hostname", OTHER, "-quiet"],
                          input="QUIT\r\n", capture_output=True, text=True)
    check("Bye" in done.stdout, f"the session did not end in order:\n{done.stdout}{done.stderr}")
    log = os.path.join(receiver.folder, "sessions", "sessions.jsonl")
    for _ in range(100):
        with open(log) as file:
            session = json.loads(file.read().strip().splitlines()[-1])
        if session["tls"] and session["tls"]["sni"] == OTHER:
            break
        time.sleep(0.05)
    check(session["tls"]["sni"] == OTHER, f"the last session is {session}")
    check(session["tls"]["certificates"][0]["names"] == [OTHER], f"client certificate: {session['tls']['certificates']}")
    check(session["end"] == "quit" and session["mail_from"] is None, f"it ended {session['end']}")


def certificates_are_read_anew(user, receiver):
    def shown():
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with smtplib.SMTP(receiver.stage.address(RECEIVER), PORTS["smtp"], timeout=10) as client:
            client.starttls(context=context)
            return client.sock.getpeercert(True)

    before = shown()
    path = receiver.stage.path("tls", "receiver.pem")
    with open(path) as old:
        kept = old.read()
    try:
        user.certificates.issue("receiver", [HOST])
        receiver.process.send_signal(signal.SIGHUP)
        receiver.wait_for("read anew")
        check(shown() != before, "the certificate is the old one")
    finally:
        receiver.stage.write("tls/receiver.pem", kept, 0o600)


def a_second_receiver_waits_for_its_turn(user):
    """What holds the receiver may be a run that ends; who is stopped before that ends as always."""
    first = Receiver(user)
    second = third = None
    try:
        second = Receiver(user, ready="waiting until it ends", log="second.log")
        check("receiving as " not in second.said(), second.said())
        check("answers nobody" in first.said(), first.said())
        first.stop()
        second.wait_for("receiving as ")
        third = Receiver(user, ready="waiting until it ends", log="third.log")
        third.stop()
        second.stop()
    finally:
        for each in (first, second, third):
            if each:
                each.end()


CASES = [with_receiver(case) for case in (
    swaks_delivers, curl_delivers, msmtp_delivers, who_sends_on_hears_why, postfix_delivers, strangers_are_refused,
    client_certificate_and_name_are_recorded, certificates_are_read_anew)] + [a_second_receiver_waits_for_its_turn]


def way(stage):
    """Of Postfix's transport_maps: to the receiver."""
    return f"{{ {DOMAIN} = receiver:[{stage.address(RECEIVER)}]:{PORTS['smtp']} }}"


def service(stage):
    """Of Postfix's master.cf."""
    return (f"receiver unix - - n - - smtp\n  -o smtp_bind_address={stage.address(10)}\n"
            f"  -o smtp_tls_security_level=encrypt\n")
