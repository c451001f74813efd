"""Mail that Postfix must make 7bit on its way, because the next hop does not offer 8BITMIME: what `verify` says of it."""
import base64, imaplib, json, smtplib, ssl, subprocess, time
from email import policy
from email.message import EmailMessage
from knot import IMAP, PROBE
from support import PORTS, Failed

RELAY_8BIT, HOP_7BIT = 40, 41  # a relay that takes 8bit, and the hop behind it that does not
TEXT = "Grüße aus Köln = ein Test\nund noch eine längere Zeile, die in quoted-printable umgebrochen werden muß, weil sie so lang ist \n\nTschüß\n"


def services(stage, smtpd):
    """Two more listeners for Postfix's master.cf."""
    return [smtpd(RELAY_8BIT, "smtp", "myhostname=relay8.target.test", "smtpd_milters=",
                  f"content_filter=outbound:[{stage.address(HOP_7BIT)}]:{PORTS['smtp']}"),
            smtpd(HOP_7BIT, "smtp", "myhostname=seven.target.test", "smtpd_milters=",
                  "smtpd_discard_ehlo_keywords=8bitmime,smtputf8")]  # SMTPUTF8 alone would count as 8BITMIME too


def letter(subject):
    message = EmailMessage(policy=policy.SMTP.clone(cte_type="8bit"))
    message["From"], message["To"], message["Subject"] = "probe@probe.test", "reflector@target.test", subject
    message["Date"], message["Message-ID"] = "Wed, 25 Nov 2026 12:00:00 +0000", f"<{subject.replace(' ', '.')}@probe.test>"
    message.set_content(TEXT, cte="8bit")
    return message


def run_on(user, command, *arguments, message):
    done = subprocess.run([user.binary, command, "-", *arguments], input=message, capture_output=True,
                          cwd=user.stage.folder, env=user.environment())
    if done.returncode not in (0, 1):
        raise Failed(f"{command}: status {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def through_the_relay(user, message):
    with smtplib.SMTP(user.stage.address(RELAY_8BIT), PORTS["smtp"], local_hostname="mx.probe.test",
                      source_address=(user.stage.address(PROBE), 0), timeout=10) as client:
        client.ehlo()
        if not client.has_extn("8bitmime"):
            raise Failed("the relay does not offer 8BITMIME")
        client.sendmail("probe@probe.test", ["reflector@target.test"], message, mail_options=["BODY=8BITMIME"])


def delivered(user, subject):
    context = ssl.create_default_context(cafile=user.ca_file)
    context.check_hostname = False
    with imaplib.IMAP4_SSL(user.stage.address(IMAP), PORTS["imaps"], ssl_context=context, timeout=10) as client:
        client.login("reflector@target.test", user.password)
        for _ in range(200):
            client.select()
            found = client.search(None, "SUBJECT", f'"{subject}"')[1][0].split()
            if found:
                return client.fetch(found[0], "(BODY.PEEK[])")[1][0][1]
            time.sleep(0.05)
    raise Failed(f"{subject!r} did not arrive\n" + user.stage.logs("postfix") + user.stage.logs("dovecot"))


def travel(user, message):
    """The letter signed, sent and fetched: what was delivered."""
    subject = message["Subject"]
    signed = run_on(user, "sign", "--config", user.config, message=message.as_bytes())
    if signed.count(b"DKIM-Signature:") != 3 or TEXT.encode().splitlines()[0] not in signed:
        raise Failed("the letter should be 8bit, with three signatures")
    through_the_relay(user, signed)
    return delivered(user, subject)


def names_the_downgrade(user, copy, parts):
    """Of each signature: the body fails, and why is known; each encoded part is shown."""
    zone = user.stage.path("knot", "probe.test.zone")
    judged = json.loads(run_on(user, "verify", "--json", "-", "--zone", zone, message=copy))
    for signature in judged["dkim"]:
        if signature["result"] != "fail" or signature["body_ok"] is not False:
            raise Failed(f"the body of {signature['selector']} should fail: {signature}")
        kinds = [(each["kind"], each["part"], each["sent"]) for each in signature["mutation"]]
        field = [("header-rewritten", "Content-Transfer-Encoding", None)] if parts == 1 else []
        if kinds != [("transfer-encoding-changed", "body", None)] * parts + field:
            raise Failed(f"{signature['selector']} {signature['canonicalization']}: {kinds}\n{copy.decode(errors='replace')}")
        for each in signature["mutation"][:parts]:
            shown = copy[each["received"][0]:each["received"][1]]
            if b"=C3=" not in shown or b"=C3=" not in each["diff"].encode():
                raise Failed(f"the range shows {shown!r}, the diff {each['diff']!r}")
    if len(judged["dkim"]) != 3:
        raise Failed(f"there should be three signatures: {judged['dkim']}")
    said = run_on(user, "verify", "--zone", zone, message=copy).decode()
    if said.count("changed from 8bit to quoted-printable: with that undone the body is what was signed") != 3:
        raise Failed(f"verify says:\n{said}")
    if parts == 1 and said.count("with Content-Transfer-Encoding: 8bit the header verifies too") != 3:
        raise Failed(f"verify says of the header:\n{said}")


def downgraded_to_quoted_printable(user):
    copy = travel(user, letter("one text downgraded"))
    names_the_downgrade(user, copy, 1)


def downgraded_parts(user):
    message = letter("parts downgraded")
    message.add_alternative(f"<p>{TEXT}</p>\n", subtype="html", cte="8bit")
    message.add_attachment(base64.b64decode("iVBORw0KGgo="), maintype="image", subtype="png", filename="dot.png")
    names_the_downgrade(user, travel(user, message), 2)


CASES = [downgraded_to_quoted_printable, downgraded_parts]
