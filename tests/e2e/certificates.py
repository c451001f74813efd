"""Certificates and keys, by the openssl command: an authority that mailprobe is told of, and one that it is not."""
import base64
from support import run


class Certificates:
    def __init__(self, stage):
        self.stage = stage
        self.ca = self.authority("ca")
        self.other_ca = self.authority("other-ca")

    def authority(self, name):
        folder = self.stage.path("tls", name)
        self.stage.write(f"tls/{name}.cnf", "[req]\ndistinguished_name = dn\n[dn]\n[ca]\nbasicConstraints = critical, CA:TRUE\n"
                                            "keyUsage = critical, keyCertSign, cRLSign\nsubjectKeyIdentifier = hash\n")
        run("openssl", "req", "-x509", "-config", folder + ".cnf", "-extensions", "ca", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder + ".key", "-out", folder + ".pem", "-days", "90", "-subj",
            f"/CN=End-to-end {name}")
        return folder

    def issue(self, name, names, authority=None, key="P-256", with_authority=False):
        """A file with key and certificate; with_authority: and the authority's, as DANE-TA wants it (RFC 7672 §3.1.2)."""
        authority = authority or self.ca
        kind = ["rsa:" + key.removeprefix("RSA-")] if key.startswith("RSA-") else ["ec", "-pkeyopt", "ec_paramgen_curve:" + key]
        path = self.stage.path("tls", name)
        self.stage.write(f"tls/{name}.cnf", "[req]\ndistinguished_name = dn\n[dn]\n[leaf]\nbasicConstraints = CA:FALSE\n"
                                            "subjectAltName = " + ",".join("DNS:" + each for each in names) + "\n")
        run("openssl", "req", "-new", "-config", path + ".cnf", "-newkey", *kind, "-nodes", "-keyout", path + ".key", "-out", path + ".csr", "-subj", "/CN=" + names[0])
        run("openssl", "x509", "-req", "-in", path + ".csr", "-CA", authority + ".pem", "-CAkey", authority + ".key",
            "-CAcreateserial", "-days", "90", "-extfile", path + ".cnf", "-extensions", "leaf", "-out", path + ".crt")
        parts = [path + ".key", path + ".crt"] + ([authority + ".pem"] if with_authority else [])
        return self.stage.write(f"tls/{name}.pem", "".join(map(read, parts)), 0o600)


def read(path):
    with open(path) as file:
        return file.read()


def dkim_key(stage, selector, algorithm):
    """The key's file, and the record to publish (RFC 6376 §3.6.1, RFC 8463 §4)."""
    path = stage.write(f"keys/{selector}.pem", "", 0o600)
    bits = ["-pkeyopt", "rsa_keygen_bits:2048"] if algorithm == "RSA" else []
    run("openssl", "genpkey", "-algorithm", algorithm, *bits, "-out", path)
    der = run("openssl", "pkey", "-in", path, "-pubout", "-outform", "DER")
    kind, public = ("rsa", der) if algorithm == "RSA" else ("ed25519", der[-32:])
    return path, f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}"
