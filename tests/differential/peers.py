"""Who judges: mailprobe and the others, all over the same records. DKIM: pass or not for each signature, with its words."""
import ctypes, ipaddress, json, logging, os, subprocess
import dkim, spf

logging.getLogger().setLevel(logging.CRITICAL)


class Ours:
    def __init__(self, binary, folder, zone):
        self.binary, self.zone = os.path.abspath(binary), os.path.join(folder, "zone")
        with open(self.zone, "w") as file:
            file.write(zone.master_file())
        self.empty = os.path.join(folder, "empty.eml")
        with open(self.empty, "w") as file:
            file.write("From: a@example.test\r\n\r\n")
        self.environment = {"HOME": folder, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def verify(self, *arguments):
        argv = [self.binary, "verify", "--zone", self.zone, "--json", "-", *arguments]
        done = subprocess.run(argv, capture_output=True, env=self.environment, cwd=os.path.dirname(self.zone))
        if done.returncode == 2 or not done.stdout:
            raise RuntimeError(f"mailprobe ended with {done.returncode}: {done.stderr.decode()}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def dkim(self, files):
        judged = {each["file"]: each["dkim"] for each in self.verify(*files)}
        return [[(each["result"] == "pass", f"{each['result']}: {each['reason']}") for each in judged[file]] for file in files]

    def spf(self, case):
        answer = self.verify("--ip", case.ip, "--helo", case.helo, "--mail-from", case.mail_from, self.empty)[0]["spf"]
        return answer["result"], answer.get("reason", "")


def dkimpy(case, zone):
    """The first TXT record only: its dnsfunc gives one."""
    def look_up(name, timeout=5):
        found = zone.txt(name.decode() if isinstance(name, bytes) else name)
        return found[0] if found else None

    results = []
    for i in range(len(case.expected)):
        try:
            results.append((bool(dkim.DKIM(case.message).verify(i, dnsfunc=look_up)), "verify() is false"))
        except Exception as error:  # it lets through what its parsers meet
            results.append((False, f"{type(error).__name__}: {error}"))
    return results


def mail_dkim(files, zone, folder):
    records = os.path.join(folder, "records.json")
    with open(records, "w") as file:
        json.dump({name: [text.decode("latin-1") for text in zone.txt(name)] for name, kind in zone.records if kind == "TXT"}, file)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mail_dkim.pl")
    done = subprocess.run(["/usr/bin/perl", script, records], input="\n".join(files) + "\n", capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"mail_dkim.pl: {done.stderr}")
    return [[(result == "pass", f"{result}: {detail}") for result, detail in json.loads(line)] for line in done.stdout.splitlines()]


class OpenDkim:
    """libopendkim itself: opendkim-testmsg can be given no records. Words are those of <dkim.h>."""
    SET, QUERY_METHOD, QUERY_INFO, FLAGS = 1, 6, 7, 0  # DKIM_OP_SETOPT, DKIM_OPTS_…
    BY_FILE, KEEP_BAD_SIGNATURES, PASSED = 1, 0x400, 0x04  # DKIM_QUERY_FILE, DKIM_LIBFLAGS_BADSIGHANDLES, DKIM_SIGFLAG_PASSED

    def __init__(self, folder, zone):
        self.records = os.path.join(folder, "opendkim.records")
        with open(self.records, "w", encoding="latin-1") as file:
            file.write(zone.opendkim_file())
        self.library = ctypes.CDLL("libopendkim.so.11")
        self.library.dkim_init.restype = self.library.dkim_verify.restype = ctypes.c_void_p
        self.library.dkim_sig_geterrorstr.restype = ctypes.c_char_p
        self.handle = ctypes.c_void_p(self.library.dkim_init(None, None))
        self.option(self.QUERY_METHOD, ctypes.c_int(self.BY_FILE))
        self.option(self.FLAGS, ctypes.c_uint(self.KEEP_BAD_SIGNATURES))
        path = ctypes.create_string_buffer(self.records.encode())
        self.library.dkim_options(self.handle, self.SET, self.QUERY_INFO, path, ctypes.c_size_t(len(path) - 1))

    def option(self, option, value):
        if self.library.dkim_options(self.handle, self.SET, option, ctypes.byref(value), ctypes.c_size_t(ctypes.sizeof(value))):
            raise RuntimeError(f"libopendkim does not take option {option}")

    def verify(self, case):
        library, status = self.library, ctypes.c_int()
        verifier = ctypes.c_void_p(library.dkim_verify(self.handle, b"test", None, ctypes.byref(status)))
        library.dkim_chunk(verifier, case.message, ctypes.c_size_t(len(case.message)))
        library.dkim_chunk(verifier, None, ctypes.c_size_t(0))
        end = library.dkim_eom(verifier, None)
        signatures, count = ctypes.POINTER(ctypes.c_void_p)(), ctypes.c_int()
        library.dkim_getsiglist(verifier, ctypes.byref(signatures), ctypes.byref(count))
        results = [self.judged(verifier, ctypes.c_void_p(signatures[i])) for i in range(count.value)]
        library.dkim_free(verifier)
        return results or [(False, f"no signature, dkim_eom() is {end}")] * len(case.expected)

    def judged(self, verifier, signature):
        if self.library.dkim_sig_geterror(signature) in (-1, 0):
            self.library.dkim_sig_process(verifier, signature)
        error, body = self.library.dkim_sig_geterror(signature), self.library.dkim_sig_getbh(signature)
        words = (self.library.dkim_sig_geterrorstr(error) or b"?").decode()
        passed = error == 0 and body == 0 and bool(self.library.dkim_sig_getflags(signature) & self.PASSED)
        return passed, f"{words}, body hash {body}"


class PySpf:
    def __init__(self, zone):
        self.zone = zone
        spf.DNSLookup = self.look_up

    def look_up(self, name, kind, strict=True, timeout=20):
        for target in self.zone.get(name, "CNAME"):
            yield (name, "CNAME"), target
        for value in self.zone.get(name, kind):
            if kind == "TXT":
                value = (("".join(value) if not isinstance(value, str) else value).encode("latin-1"),)
            yield (name, kind), value

    def judge(self, case, query=spf.query):
        result, _, words = query(i=str(ipaddress.ip_address(case.ip)), s=case.mail_from, h=case.helo, receiver="unknown").check()
        return result, words


class TermsCounted(spf.query):
    """pyspf, but only terms' own look-ups count as void, not those of the hosts that mx and ptr name (RFC 7208 §4.6.4)."""
    hosts = False

    def of_hosts(self, look_up, *arguments):
        self.hosts = True
        try:
            return look_up(*arguments)
        finally:
            self.hosts = False

    def dns_mx(self, name):
        return self.of_hosts(super().dns_mx, name)

    def validated_ptrs(self):
        return self.of_hosts(super().validated_ptrs)

    def dns(self, name, kind, cnames=None, ignore_void=False):
        return super().dns(name, kind, cnames, ignore_void or (self.hosts and kind in ("A", "AAAA")))
