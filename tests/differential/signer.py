"""A DKIM signer of its own (RFC 6376 §5), which also writes what no signer should: it shares no code with who verifies."""
import base64, hashlib, re
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

HASHES = {"sha1": (hashlib.sha1, hashes.SHA1), "sha256": (hashlib.sha256, hashes.SHA256)}


class Key:
    def __init__(self, kind, bits=0):
        self.kind = kind
        self.private = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else rsa.generate_private_key(65537, bits)

    def sign(self, data, digest):
        plain, prepared = HASHES[digest]
        if self.kind == "ed25519":
            return self.private.sign(plain(data).digest())  # RFC 8463 §3
        return self.private.sign(data, padding.PKCS1v15(), prepared())

    def public(self, pkcs1=False):
        """p= of the key record: SubjectPublicKeyInfo, PKCS#1 on demand, or the 32 octets of Ed25519."""
        form = serialization.PublicFormat
        encoding = serialization.Encoding.Raw if self.kind == "ed25519" else serialization.Encoding.DER
        wanted = form.Raw if self.kind == "ed25519" else form.PKCS1 if pkcs1 else form.SubjectPublicKeyInfo
        return base64.b64encode(self.private.public_key().public_bytes(encoding, wanted)).decode()


def header(field, form):
    if form == "simple":
        return field
    name, value = field.split(b":", 1)
    value = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.rstrip(b" \t").lower() + b":" + value + b"\r\n"


def body(text, form):
    if form == "relaxed":
        text = b"\r\n".join(re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in text.split(b"\r\n"))
    text = re.sub(rb"(\r\n)*\Z", b"", text)
    return text + b"\r\n" if text or form == "simple" else b""


def select(fields, names):
    """Each name from the bottom up (RFC 6376 §5.4.2); what is not there is the null string."""
    left, chosen = list(fields), []
    for name in names:
        for i in range(len(left) - 1, -1, -1):
            if left[i].split(b":")[0].strip().lower() == name.strip().lower().encode():
                chosen.append(left.pop(i))
                break
    return chosen


LAYOUTS = {"compact": (";", "="), "spaced": ("; ", "="), "folded": (";\r\n\t", "="), "roomy": (" ;\r\n  ", " = ")}


class Signature:
    """What is to be written; tags in `extra` are added or replace ours, None leaves one out."""

    def __init__(self, key, domain, selector, canon=("relaxed", "relaxed"), names=("From", "To", "Subject", "Date")):
        self.key, self.domain, self.selector, self.canon, self.names = key, domain, selector, canon, list(names)
        self.digest, self.extra, self.length, self.layout, self.name = "sha256", {}, None, "spaced", "DKIM-Signature"
        self.separator, self.order, self.before_value, self.after_value = ":", None, "b=", ""
        self.written = None  # how the signature is put into b=

    def tags(self, text):
        covered = body(text, self.canon[1])[:self.length]
        tags = {"v": "1", "a": f"{self.key.kind}-{self.digest}", "c": "/".join(self.canon), "d": self.domain, "s": self.selector,
                "h": self.separator.join(self.names), "bh": base64.b64encode(HASHES[self.digest][0](covered).digest()).decode()}
        if self.length is not None:
            tags["l"] = str(self.length)
        tags.update(self.extra)
        tags = {name: value for name, value in tags.items() if value is not None}
        return {name: tags[name] for name in self.order if name in tags} if self.order else tags

    def field(self, fields, text):
        between, equals = LAYOUTS[self.layout]
        specs = [f"{name.split('#')[0]}{equals}{value}" for name, value in self.tags(text).items()]
        before = (f"{self.name}: " + between.join(specs) + f"{between}{self.before_value}").encode()
        after = self.after_value.encode() + b"\r\n"
        data = b"".join(header(each, self.canon[0]) for each in select(fields, self.names))
        data += header(before.rstrip() + after, self.canon[0])[:-2]  # RFC 6376 §3.7: with the white space around b=
        value = base64.b64encode(self.key.sign(data, self.digest)).decode()
        value = self.written(value) if self.written else "\r\n\t".join(re.findall(".{1,70}", value))
        return before + value.encode() + after


def key_record(key, **tags):
    """A key record with tags in the order given; None leaves one out."""
    record = {"v": "DKIM1", "k": key.kind, "p": key.public()}
    record.update(tags)
    return "; ".join(f"{name}={value}" for name, value in record.items() if value is not None)
