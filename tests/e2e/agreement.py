"""mailprobe, posttls-finger and openssl s_client looking at the same servers: each must see what the others see, and what the
server was set to."""
from concurrent.futures import ThreadPoolExecutor
import functools, hashlib, re, subprocess
import rows, transport
from support import PORTS, Failed, run

OPTIONS = {"TLSv1": "-tls1", "TLSv1.1": "-tls1_1", "TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3"}
# As s_client says "Server Temp Key", and as IANA does.
GROUPS = {"X25519": "x25519", "X448": "x448", "ECDH, prime256v1": "secp256r1", "ECDH, secp384r1": "secp384r1", "ECDH, secp521r1": "secp521r1",
          "DH": "DH"}
SIGNERS = {"rsa": "RSA-PSS+SHA256:RSA+SHA256", "ecdsa": "ECDSA+SHA256:ECDSA+SHA384"}
EVERYTHING = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"


class Client:
    """What `openssl s_client` saw of one handshake."""

    def __init__(self, stage, row, *options):
        argv = ["openssl", "s_client", "-connect", f"{stage.address(row.number)}:{PORTS['smtp']}", "-starttls", "smtp", "-servername", row.host, *options]
        done = subprocess.run(argv, input="", capture_output=True, text=True, errors="replace", timeout=20)
        self.said = done.stdout + done.stderr
        new = re.search(r"^New, \S+, Cipher is (\S+)$", self.said, re.M)
        if not new:
            raise Failed(f"$ {' '.join(argv)}\n{self.said}")
        self.cipher = iana(new[1]) if done.returncode == 0 else None  # named too where the handshake failed
        protocol = re.search(r"^ *Protocol *: (\S+)$", self.said, re.M) or re.search(r"^New, (\S+),", self.said, re.M)
        self.version = protocol[1] if self.cipher else None
        key = re.search(r"^Server Temp Key: (.+), (\d+) bits$", self.said, re.M)
        self.group, self.bits = (GROUPS.get(key[1]), int(key[2])) if key else (None, None)
        self.fingerprint = fingerprint(self.said)


def fingerprint(text):
    """SHA-256 of the first certificate in the text."""
    der = subprocess.run(["openssl", "x509", "-outform", "DER"], input=text.encode(), capture_output=True).stdout
    return hashlib.sha256(der).hexdigest() if der else None


@functools.cache
def suites():
    """IANA's name of each suite that openssl knows: its own name, the version it belongs to."""
    lines = run("openssl", "ciphers", "-V", "-stdname", EVERYTHING).decode().splitlines()
    return {words[2]: (words[4], words[5]) for words in map(str.split, lines)}


def iana(name):
    return next((standard for standard, (own, _) in suites().items() if own == name), name)


def accepted(options):
    return [each["name"] for each in options if each["answer"] == "accepted"]


def same(what, ours, theirs, context=""):
    if ours != theirs:
        raise Failed(f"{what}: mailprobe says {ours}, the other {theirs}\n{context}")


def versions_agree(stage, row, survey):
    same(f"the versions of {row.domain} and its configuration", accepted(survey["versions"]), row.versions)
    seen = [version for version, option in OPTIONS.items() if Client(stage, row, option, "-cipher", EVERYTHING).version == version]
    same(f"the versions of {row.domain}", accepted(survey["versions"]), seen)


def takes(stage, row, name):
    own, version = suites()[name]
    options = ["-ciphersuites", own, "-tls1_3"] if version == "TLSv1.3" else ["-cipher", f"{own}:@SECLEVEL=0", "-no_tls1_3"]
    return Client(stage, row, *options).cipher == name


def suites_agree(stage, row, survey):
    """Of all that are accepted, and of every third that is refused."""
    ours = {each["name"]: each["answer"] for each in survey["suites"] if each["name"] in suites()}
    refused = [name for name, answer in ours.items() if answer == "refused"]
    asked = [name for name, answer in ours.items() if answer == "accepted"] + refused[::3]
    if not refused or "not-tested" in ours.values():
        raise Failed(f"{row.domain}: with --full every suite is asked for: {ours}")
    with ThreadPoolExecutor(4) as pool:
        for name, theirs in zip(asked, pool.map(lambda each: takes(stage, row, each), asked)):
            same(f"{row.domain} and {name}", ours[name], "accepted" if theirs else "refused")


def preference_agrees(stage, row, survey):
    """Two suites offered in either order: the server chooses the same (its order), or each time the first (ours)."""
    old = [name for name in accepted(survey["suites"]) if suites().get(name, ("", "TLSv1.3"))[1] != "TLSv1.3" and "NULL" not in name]
    same(f"whose order decides at {row.domain}, and its configuration", survey["preference"] or "", row.preference)
    if len(old) < 2:
        return
    pair = [suites()[name][0] for name in old[:2]]
    choices = [Client(stage, row, "-no_tls1_3", "-cipher", ":".join(order) + ":@SECLEVEL=0").cipher for order in (pair, pair[::-1])]
    same(f"whose order decides at {row.domain}", survey["preference"], "server" if choices[0] == choices[1] else "client")


def for_key(row, kind):
    """What makes s_client get the certificate of this type of key; before TLS 1.2 there are no signature_algorithms."""
    modern = "TLSv1.2" in row.versions or "TLSv1.3" in row.versions
    return ["-sigalgs", SIGNERS[kind]] if modern else ["-tls1", "-cipher", EVERYTHING]


def certificates_agree(stage, row, survey):
    """One for each type of key; whole, as the file has it."""
    ours = {chain["key"]: chain["certificates"][0]["sha256"] for chain in survey["chains"]}
    files = {"rsa" if key.startswith("RSA") else "ecdsa": fingerprint(open_text(path)) for key, path in row.keys.items()}
    same(f"the certificates of {row.domain} and its configuration", ours, files)
    for kind, digest in ours.items():
        same(f"the {kind} certificate of {row.domain}", digest, Client(stage, row, *for_key(row, kind)).fingerprint)


def groups_agree(stage, row, survey):
    ours = {each["name"]: each["answer"] for each in survey["groups"] if each["name"] in GROUPS.values()}
    for name, answer in ours.items():
        theirs = Client(stage, row, "-groups", name, "-cipher", EVERYTHING).group == name
        same(f"{row.domain} and the group {name}", answer, "accepted" if theirs else "refused")
    dhe = Client(stage, row, "-no_tls1_3", "-cipher", "kDHE:!aNULL:@SECLEVEL=0")
    same(f"the prime of {row.domain}", survey["dh_bits"], dhe.bits if dhe.group == "DH" else None)


def open_text(path):
    with open(path) as file:
        return file.read()


def session_agrees(stage, row, tls):
    """What is negotiated by a client that offers what OpenSSL offers by itself, as mailprobe does."""
    client = Client(stage, row)
    ours = (tls["version"], tls["cipher"], tls["group"], tls["certificates"][0]["sha256"])
    same(f"the session with {row.domain}", ours, (client.version, client.cipher, client.group, client.fingerprint), client.said)


def openssl_dane(stage, row, records, *options):
    """Whether s_client, given the records, finds a match."""
    known = [word for record in records for word in ("-dane_tlsa_rrdata", record)]
    said = Client(stage, row, "-dane_tlsa_domain", row.host, "-dane_ee_no_namechecks", *known, *options).said
    return "Verify return code: 0 (ok)" in said and re.search(r"^(DANE TLSA|.*matched)", said, re.M) is not None


def dane_agrees(stage, row, records, survey, certificates):
    """Of every certificate that the server has, by the records that mailprobe found in DNS."""
    same(f"the TLSA records of {row.domain}", sorted(records), sorted(rows.tlsa(row, certificates)))
    for chain in survey["chains"]:
        whose = f"DANE of {row.domain}, {chain['key']}"
        if not records:
            same(whose, chain["dane"], None)
            continue
        passes = chain["dane"]["result"] == "pass"
        same(f"{whose}, and its configuration", passes, row.dane != "wrong")
        same(whose, passes, openssl_dane(stage, row, records, *for_key(row, chain["key"])))


def posttls_finger_agrees(stage, row, tls, ca_file):
    """Verified: by DANE, or by a CA and the name; Untrusted: by neither."""
    level = "Verified" if (tls["dane"] or tls["verified"])["result"] == "pass" else "Untrusted"
    said = transport.posttls_finger(stage, row.domain, "-F", ca_file, "-o", "tls_medium_cipherlist=DEFAULT", "-o", "tls_high_cipherlist=DEFAULT")
    found = established(row, said)
    same(f"posttls-finger on {row.domain}", (level, tls["version"], tls["cipher"]), (found[1], found[2], iana(found[3])), said)
    shows(row, tls, said)


def posttls_finger_agrees_on_the_old(stage, row, survey):
    """Where it must not verify: with a level that does, OpenSSL takes no signature with SHA-1."""
    said = transport.posttls_finger(stage, row.domain, "-o", "tls_medium_cipherlist=ALL:@SECLEVEL=0", level="may")
    found = established(row, said)
    same(f"posttls-finger on {row.domain}", (row.versions[-1], survey["preferred_suite"]), (found[2], iana(found[3])), said)
    shows(row, survey["chains"][0], said)


def established(row, said):
    found = re.search(r"(\w+) TLS connection established to \S+: (\S+) with cipher (\S+)", said)
    if not found:
        raise Failed(f"posttls-finger says of {row.domain}:\n{said}")
    return found


def shows(row, chain, said):
    """The fingerprint of the certificate."""
    digest = chain["certificates"][0]["sha256"].upper()
    same(f"posttls-finger on {row.domain}", ":".join(digest[i:i + 2] for i in range(0, 64, 2)) in said, True, said)


def compare(user, row):
    stage = user.stage
    found = user.launch(["inspect", row.domain, "--full"], None).end()
    found.check(found.document, "there is no evidence document")
    host = found.document["target"]["mx"][0]
    address = host["addresses"][0]
    survey, session = address["survey"], address["session"]
    found.check(survey["finished"], f"the survey is not finished: {survey['omitted']}")
    versions_agree(stage, row, survey)
    suites_agree(stage, row, survey)
    preference_agrees(stage, row, survey)
    certificates_agree(stage, row, survey)
    groups_agree(stage, row, survey)
    dane_agrees(stage, row, host["tlsa"], survey, user.certificates)
    tls = session["tls"]
    if tls:
        session_agrees(stage, row, tls)
        posttls_finger_agrees(stage, row, tls, user.ca_file)
    else:
        same(f"TLS with {row.domain}, which OpenSSL refuses as it comes", Client(stage, row).version, None)
        posttls_finger_agrees_on_the_old(stage, row, survey)


def case(row):
    def agreed(user):
        compare(user, row)
    agreed.__name__ = "agreed_on_" + row.domain.removesuffix(".test")
    return agreed


CASES = [case(row) for row in rows.ROWS]
