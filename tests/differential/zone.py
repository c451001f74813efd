"""The records of all cases: a dictionary for those who take one, and the same as a master file (RFC 1035 §5) for ours."""
import ipaddress


class Zone:
    def __init__(self):
        self.records = {}

    def add(self, name, kind, value):
        """TXT: a string or a list of strings; MX: (preference, host); else text."""
        self.records.setdefault((name.lower().rstrip("."), kind), []).append(value)

    def get(self, name, kind):
        return self.records.get((name.lower().rstrip("."), kind), [])

    def txt(self, name):
        """Each record's strings joined, as bytes."""
        return ["".join(strings(value)).encode("latin-1") for value in self.get(name, "TXT")]

    def master_file(self):
        lines = ["$TTL 60"]
        for (name, kind), values in sorted(self.records.items()):
            lines += [f"{name}. IN {kind} {written(kind, value)}" for value in values]
        return "\n".join(lines) + "\n"

    def opendkim_file(self):
        """libopendkim's DKIM_QUERY_FILE: a name, white space, the record; one record a name."""
        return "".join(f"{name} {self.txt(name)[0].decode('latin-1')}\n" for name, kind in self.records if kind == "TXT")


def strings(value):
    """A record's strings, none longer than the 255 octets that one can have (RFC 1035 §3.3)."""
    if not isinstance(value, str):
        return [part for each in value for part in strings(each)]
    return [value[i:i + 255] for i in range(0, len(value), 255)] or [""]


def quoted(text):
    plain = lambda c: chr(c) if 32 <= c < 127 and c not in b'"\\' else f"\\{c:03d}"
    return '"' + "".join(plain(c) for c in text.encode("latin-1")) + '"'


def written(kind, value):
    if kind == "TXT":
        return " ".join(quoted(text) for text in strings(value))
    if kind == "MX":
        return f"{value[0]} {value[1]}."
    return value if kind in ("A", "AAAA") else value + "."


def reverse_name(address):
    return ipaddress.ip_address(address).reverse_pointer
