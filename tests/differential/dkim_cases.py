"""DKIM: messages and keys with the verdict that they were built for. Verdicts are pass or not, a signature at a time."""
import random, re, time
from signer import Key, Signature, key_record

NOW = int(time.time())  # libopendkim can be given no other clock; nothing here is within an hour of a limit
BODIES = {
    "plain": b"Hello,\r\n\r\nthis is a test.\r\n", "empty": b"", "one-crlf": b"\r\n", "only-crlfs": b"\r\n\r\n\r\n",
    "trailing-empty-lines": b"Hello\r\n\r\n\r\n\r\n", "no-final-newline": b"Hello\r\nthe end", "white-space-line": b"a\r\n \t \r\nb\r\n",
    "trailing-white-space": b"a  \r\nb\t\r\nc \t\r\n", "inner-white-space": b"a  b\t\tc \t d\r\n", "only-white-space": b"  \t \r\n",
    "white-space-end": b"a\r\n \r\n\t\r\n", "no-newline-space": b"Hello \t", "long-line": b"x" * 5000 + b"\r\n",
    "eight-bit": "Grüße – ¡olé!\r\n".encode() + b"\xff\xfe\r\n", "dots": b".\r\n..\r\n.a\r\n", "leading-empty-lines": b"\r\n\r\nHello\r\n",
    "leading-white-space": b"  Hello\r\n\tthere\r\n", "looks-like-header": b"Subject: no\r\n folded\r\n", "large": b"0123456789 abcdef\r\n" * 3000,
}
HEADERS = {
    "plain": b"Subject: a test\r\n", "folded": b"Subject: a test\r\n that is folded\r\n", "folded-tabs": b"Subject:\ta\r\n\t \ttest\r\n\tmore\r\n",
    "no-space": b"Subject:a test\r\n", "odd-case": b"sUBJECT: A Test\r\n", "empty": b"Subject:\r\n", "only-space": b"Subject:  \t\r\n",
    "trailing-space": b"Subject: a test \t \r\n", "inner-space": b"Subject: a  \t  test\r\n", "first-line-empty": b"Subject:\r\n a test\r\n",
    "white-space-fold": b"Subject: a\r\n \r\n test\r\n", "last-fold-empty": b"Subject: a test\r\n \t\r\n", "eight-bit": "Subject: Grüße\r\n".encode(),
    "space-before-colon": b"Subject : a test\r\n", "colons": b"Subject: a: b: c\r\n", "long": b"Subject: " + b"word \r\n " * 100 + b"end\r\n",
    "absent": b"", "encoded": b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n",
}
CANONS = [(a, b) for a in ("simple", "relaxed") for b in ("simple", "relaxed")]


class Case:
    """A message under construction: fields, body, signatures, key records; then the verdict each signature is built for."""

    def __init__(self, number, keys, rng):
        self.number, self.rng = number, rng
        self.domain = f"d{number}.test"
        self.keys, self.key = keys, keys[rng.choice(["rsa1024", "rsa2048", "rsa2048", "ed25519"])]
        self.body_shape, self.header_shape = "plain", "plain"
        self.twist, self.records, self.after, self.expected, self.top = "none", {}, None, True, b""
        self.signature = Signature(self.key, self.domain, "s1", rng.choice(CANONS))
        self.signature.layout = rng.choice(["compact", "spaced", "folded", "roomy"])
        self.signatures = None  # several, else the one

    def use(self, name):
        self.key = self.signature.key = self.keys[name]

    def fields(self):
        rest = (b"From: A <a@%s>\r\n" % self.domain.encode(), b"To: b@example.test\r\n", b"Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n")
        return [rest[0], HEADERS[self.header_shape], *rest[1:]] if HEADERS[self.header_shape] else list(rest)

    def publish(self, selector, *records):
        self.records[f"{selector}._domainkey.{self.domain}"] = list(records)

    def build(self):
        text, fields = BODIES[self.body_shape], self.fields()
        signatures = self.signatures or [self.signature]
        for each in signatures:
            self.records.setdefault(f"{each.selector}._domainkey.{self.domain}", [key_record(each.key)])
        head = b"".join([each.field(fields, text) for each in signatures] + fields)
        self.message = head + b"\r\n" + text
        if self.after:
            self.message = self.after(self.message)
        if not isinstance(self.expected, list):
            self.expected = [self.expected] * len(signatures)
        return self

    def all_rsa(self):
        return all(each.key.kind == "rsa" for each in self.signatures or [self.signature])

    def traits(self):
        """What a row of disagreements.py can name it by."""
        return {self.twist, self.key.kind, f"body {self.body_shape}", f"subject {self.header_shape}"}

    def describe(self):
        return (f"{self.twist} ({self.key.kind}, {'/'.join(self.signature.canon)}, {self.signature.layout}, body {self.body_shape}, "
                f"subject {self.header_shape})")


def replaced(old, new):
    return lambda message: message.replace(old, new, 1)


def relaxed(case, part):
    return case.signature.canon[part] == "relaxed"


# Of the message after it was signed.
def body_changed(case): case.after, case.expected = replaced(b"test.", b"TEST."), False
def subject_changed(case): case.after, case.expected = replaced(b"a test", b"a tent"), False
def signature_tag_added(case): case.after, case.expected = replaced(b"Signature: ", b"Signature: zz=1; "), False
def unsigned_field_added(case): case.after = lambda message: b"X-Spam: no\r\n" + message
def subject_on_top(case): case.after = lambda message: b"Subject: forged\r\n" + message
def subject_below(case): case.after, case.expected = replaced(b"To:", b"Subject: forged\r\nTo:"), False
def from_below(case): case.after, case.expected = replaced(b"To:", b"From: forged@example.test\r\nTo:"), False
def header_respaced(case): case.after, case.expected = replaced(b"a test", b"a \t test"), relaxed(case, 0)
def header_refolded(case): case.after, case.expected = replaced(b"a test", b"a\r\n test"), relaxed(case, 0)
def header_recased(case): case.after, case.expected = replaced(b"\r\nSubject:", b"\r\nSUBJECT:"), relaxed(case, 0)
def body_respaced(case): case.after, case.expected = replaced(b"this is", b"this  is"), relaxed(case, 1)
def trailing_space_added(case): case.after, case.expected = replaced(b"test.", b"test. "), relaxed(case, 1)
def space_into_word(case): case.after, case.expected = replaced(b"test.", b"te st."), False
def empty_lines_appended(case): case.after = lambda message: message + b"\r\n\r\n"
def final_newline_removed(case): case.after = lambda message: message[:-2]
def footer_appended(case): case.after, case.expected = lambda message: message + b"-- \r\nlist\r\n", False
def leading_line_added(case): case.after, case.expected = replaced(b"\r\n\r\n", b"\r\n\r\n\r\n"), False


def oversigned(case):
    case.signature.names += ["Subject", "From"]


def oversigned_then_added(case):
    case.signature.names += ["Subject"]
    case.after, case.expected = lambda message: b"Subject: forged\r\n" + message, False


def duplicate_fields(case):
    several = [b"Comments: one\r\n", b"Comments: two\r\n", b"Received: from a\r\n by b\r\n"]
    fields = case.fields
    case.fields = lambda: several + fields()
    case.signature.names += ["Comments", "Comments", "Comments", "Received"]


def duplicates_swapped(case):
    duplicate_fields(case)
    case.after, case.expected = replaced(b"Comments: one\r\nComments: two\r\n", b"Comments: two\r\nComments: one\r\n"), False


# Of the signature's tags.
def tags(expected=True, **extra):
    def twist(case):
        case.signature.extra.update({name.rstrip("_"): value for name, value in extra.items()})
        case.expected = expected
    return twist


def length(of, expected=True, after=None):
    def twist(case):
        case.signature.canon, case.signature.length, case.expected, case.after = (case.signature.canon[0], "simple"), of, expected, after
    return twist


def identity(text, expected=True):
    def twist(case):
        case.signature.extra["i"], case.expected = text.format(case.domain), expected
    return twist


def written(change, expected=True):
    def twist(case):
        case.signature.written, case.expected = change, expected
    return twist


def sha1(case):
    case.use("rsa2048")
    case.signature.digest, case.expected = "sha1", False


def field_set(attribute, value, expected=True):
    def twist(case):
        setattr(case.signature, attribute, value)
        case.expected = expected
    return twist


def canon_as(canon, text, expected=True):
    def twist(case):
        case.signature.canon, case.signature.extra["c"], case.expected = canon, text, expected
    return twist


def selector(name, expected=True):
    def twist(case):
        case.signature.selector, case.expected = name, expected
    return twist


def upper_case_domain(case): case.signature.extra["d"] = case.domain.upper()
def foreign_domain(case): case.signature.extra["d"], case.expected = "other" + case.domain, False
def algorithm_of_other_key(case):
    case.signature.extra["a"], case.expected = "rsa-sha256" if case.key.kind == "ed25519" else "ed25519-sha256", False


# Of the key record.
def record(expected=True, key=None, **changed):
    def twist(case):
        if key:
            case.use(key)
        case.publish("s1", key_record(case.key, **changed))
        case.expected = expected
    return twist


def record_text(form, expected=True, key=None):
    def twist(case):
        if key:
            case.use(key)
        case.publish("s1", form(case.key.public(), case.key.kind))
        case.expected = expected
    return twist


def no_record(case): case.publish("s1"); case.expected = False
def pkcs1(case): case.use("rsa2048"); case.publish("s1", key_record(case.key, p=case.key.public(pkcs1=True)))
def short_key(case): case.use("rsa768"); case.expected = False
def other_key(case): case.publish("s1", key_record(case.keys["other " + case.key.kind])); case.expected = False


def strict_key(identity_text, expected):
    def twist(case):
        case.publish("s1", key_record(case.key, t="s"))
        identity(identity_text, expected)(case)
    return twist


# Several signatures.
def several(case, names, broken=()):
    case.signatures, case.expected = [], []
    for i, name in enumerate(names):
        each = Signature(case.keys[name], case.domain, f"m{i}", case.rng.choice(CANONS))
        if i in broken:
            each.extra["bh"] = "AAAA" * 10 + "AAA="
        case.signatures.append(each)
        case.expected.append(i not in broken)


def two_algorithms(case): several(case, ["rsa2048", "ed25519"])
def first_broken(case): several(case, ["rsa2048", "ed25519", "rsa1024"], broken=(0,))
def middle_broken(case): several(case, ["rsa2048", "ed25519", "rsa1024"], broken=(1,))
def ten_signatures(case): several(case, ["rsa1024", "ed25519"] * 5)
def twelve_signatures(case): several(case, ["rsa1024"] * 12); case.expected[10:] = [False, False]


TWISTS = {
    "body changed": body_changed, "subject changed": subject_changed, "signature tag added": signature_tag_added,
    "unsigned field added": unsigned_field_added, "subject on top": subject_on_top, "subject below": subject_below, "from below": from_below,
    "header respaced": header_respaced, "header refolded": header_refolded, "header recased": header_recased, "body respaced": body_respaced,
    "trailing space added": trailing_space_added, "space into word": space_into_word, "empty lines appended": empty_lines_appended,
    "final newline removed": final_newline_removed, "footer appended": footer_appended, "leading line added": leading_line_added,
    "oversigned": oversigned, "oversigned then added": oversigned_then_added, "duplicate fields": duplicate_fields,
    "duplicates swapped": duplicates_swapped, "l whole": length(27),
    "l half, footer": length(10, True, lambda message: message + b"footer\r\n"), "l zero": length(0),
    "l half, body changed": length(10, False, replaced(b"Hello", b"Hallo")), "l beyond": length(28, False),
    "l far beyond": length(10 ** 9, False), "l not a number": tags(False, l="1x"), "l negative": tags(False, l="-1"),
    "l empty": tags(False, l=""), "x future": tags(t=str(NOW - 10), x=str(NOW + 10000)),
    "x past": tags(False, t=str(NOW - 200000), x=str(NOW - 100000)), "x just past": tags(False, t=str(NOW - 20000), x=str(NOW - 10000)),
    "x past, no t": tags(False, x=str(NOW - 100000)), "x before t": tags(False, t=str(NOW - 10), x=str(NOW - 20)),
    "x is t": tags(False, t=str(NOW - 10), x=str(NOW - 10)), "x not a number": tags(False, x="soon"), "t not a number": tags(False, t="now"),
    "t past": tags(t=str(NOW - 10)), "t future": tags(t=str(NOW + 100000)), "t of 12 digits": tags(False, t="x" * 12),
    "i is d": identity("@{}"), "i subdomain": identity("user@mail.{}"), "i elsewhere": identity("user@example.org", False),
    "i suffix only": identity("user@x{}", False), "i without at": identity("{}", False), "i quoted": identity("a=40b@{}"),
    "i upper case": identity("a@SUB.{}"), "v 2": tags(False, v="2"), "v missing": tags(False, v=None),
    "v not first": field_set("order", ["a", "c", "d", "s", "v", "h", "bh"]), "v 1.0": tags(False, v="1.0"), "unknown tag": tags(zz="what ever"),
    "unknown empty tag": tags(zz=""), "duplicate tag": tags(False, **{"s#2": "s1"}),
    "h without From": field_set("names", ["To", "Subject"], False),
    "h with absent": field_set("names", ["From", "Nothing", "X-Other", "Subject"]), "h white space": field_set("separator", " : "),
    "h folded": field_set("separator", ":\r\n\t "), "h lower case": field_set("names", ["from", "subject", "to"]),
    "h only From": field_set("names", ["From"]), "h empty": tags(False, h=""), "h missing": tags(False, h=None), "a rsa-sha1": sha1,
    "a unknown": tags(False, a="dsa-sha256"), "a of other key": algorithm_of_other_key, "a missing": tags(False, a=None),
    "a unknown hash": tags(False, a="rsa-md5"), "c missing": canon_as(("simple", "simple"), None),
    "c header only": canon_as(("relaxed", "simple"), "relaxed"), "c simple only": canon_as(("simple", "simple"), "simple"),
    "c unknown": canon_as(("simple", "simple"), "nofws", False), "c unknown body": canon_as(("simple", "simple"), "simple/nofws", False),
    "q dns/txt": tags(q="dns/txt"), "q unknown": tags(False, q="http/well-known"), "q list": tags(q="dns/txt:other/x"),
    "z": tags(z="From:a=40b|To:c"), "b corrupt": written(lambda value: ("B" if value[0] == "A" else "A") + value[1:], False),
    "b cut": written(lambda value: value[:-8], False), "b empty": written(lambda value: "", False),
    "b not base64": written(lambda value: "*" + value[1:], False),
    "b white space": written(lambda value: " \t" + " ".join(re.findall(".{1,7}", value)) + "\r\n "),
    "b spaced": field_set("before_value", "b = "), "b folded": field_set("before_value", "b\r\n\t="),
    "b then semicolon": field_set("after_value", ";"), "b then tag": field_set("after_value", "; zz=1"),
    "bh wrong": tags(False, bh="AAAA" * 10 + "AAA="), "bh short": tags(False, bh="AAAA"), "bh missing": tags(False, bh=None),
    "bh empty": tags(False, bh=""), "d upper case": upper_case_domain, "d foreign": foreign_domain, "d missing": tags(False, d=None),
    "d empty": tags(False, d=""), "s missing": tags(False, s=None), "s empty": tags(False, s=""), "s dotted": selector("a.b"),
    "s odd": selector("2023-x"), "s upper case": selector("Sel"), "field lower case": field_set("name", "dkim-signature"),
    "field upper case": field_set("name", "DKIM-SIGNATURE"), "key split": record_text(lambda p, k: [f"v=DKIM1; k={k}; p=", p[:20], p[20:]]),
    "key split in tag": record_text(lambda p, k: ["v=DK", f"IM1; k={k}; p={p}"]),
    "key white space in p": record_text(lambda p, k: f"v=DKIM1; k={k}; p={p[:10]} {p[10:20]}  {p[20:]} "), "key without v": record(v=None),
    "key v 2": record(False, v="DKIM2"), "key v lower case": record(False, v="dkim1"),
    "key v not first": record_text(lambda p, k: f"k={k}; v=DKIM1; p={p}", False), "key without k": record(key="rsa2048", k=None),
    "key k unknown": record(False, k="dsa"), "key k other": record(False, key="rsa2048", k="ed25519"), "key h sha1": record(False, h="sha1"),
    "key h both": record(h="sha1:sha256"), "key h unknown": record(False, h="sha3"), "key h unknown too": record(h="sha3:sha256"),
    "key h spaces": record(h=" sha1 : sha256 "), "key s email": record(s="email"), "key s any": record(s="*"),
    "key s other": record(False, s="other"), "key s list": record(s="other:email"), "key s tlsrpt": record(False, s="tlsrpt"),
    "key s spaces": record(s="other : email"), "key t y": record(t="y"), "key t unknown": record(t="q"), "key t y:q": record(t="y:q"),
    "key t s, i is d": strict_key("user@{}", True), "key t s, i subdomain": strict_key("user@sub.{}", False),
    "key revoked": record(False, p=""), "key without p": record(False, p=None), "key p not base64": record(False, p="!!!!"),
    "key p short": record(False, p="AAAA"), "key n": record(n="a note=20here"), "key n empty": record(n=""), "key g any": record(g="*"),
    "key g other": record(g="someone"), "key unknown tag": record(zz="x"),
    "key duplicate tag": record_text(lambda p, k: f"v=DKIM1; k={k}; n=a; n=b; p={p}", False),
    "key final semicolon": record_text(lambda p, k: f"v=DKIM1; k={k}; p={p};"), "key compact": record_text(lambda p, k: f"v=DKIM1;k={k};p={p}"),
    "key roomy": record_text(lambda p, k: f" v = DKIM1 ;  k = {k} ;\tp = {p} ; "),
    "key garbage": record_text(lambda p, k: f"v=DKIM1; garbage; k={k}; p={p}", False),
    "key empty tag": record_text(lambda p, k: f"v=DKIM1;; k={k}; p={p}", False),
    "key upper case tag": record_text(lambda p, k: f"v=DKIM1; K=dsa; k={k}; p={p}"), "key p first": record_text(lambda p, k: f"p={p}; k={k}"),
    "key bare": record_text(lambda p, k: f"p={p}", key="rsa2048"), "key no record": no_record,
    "key other text": record_text(lambda p, k: "v=spf1 -all", False), "key PKCS#1": pkcs1, "key short": short_key, "key wrong": other_key,
    "two algorithms": two_algorithms, "first broken": first_broken, "middle broken": middle_broken, "ten signatures": ten_signatures,
    "twelve signatures": twelve_signatures,
}


def make_keys():
    keys = {f"rsa{bits}": Key("rsa", bits) for bits in (768, 1024, 2048)}
    return {**keys, "ed25519": Key("ed25519"), "other rsa": Key("rsa", 1024), "other ed25519": Key("ed25519")}


def generate(seed):
    """Every twist twice; every shape of body and of header in each canonicalization, in pairs drawn by the seed."""
    rng, keys, cases = random.Random(seed), make_keys(), []
    for twist, apply in TWISTS.items():
        for key in ("rsa2048", rng.choice(["rsa1024", "rsa2048", "ed25519", "ed25519"])):
            case = Case(len(cases), keys, rng)
            case.twist = twist
            case.use(key)
            apply(case)
            cases.append(case.build())
    headers = list(HEADERS)
    for canon in CANONS:
        rng.shuffle(headers)
        for i, shape in enumerate(BODIES):
            case = Case(len(cases), keys, rng)
            case.body_shape, case.header_shape, case.signature.canon = shape, headers[i % len(headers)], canon
            cases.append(case.build())
    return cases
