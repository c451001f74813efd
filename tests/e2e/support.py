"""What the servers and the cases share: a folder, addresses and ports of their own, processes that end with us."""
import ctypes, os, random, shutil, signal, socket, subprocess, sys, tempfile, time

PORTS = {"smtp": 2525, "submission": 2587, "plain": 2588, "login": 2589, "imaps": 2993, "imap": 2143, "lmtp": 2424, "dns": 5353, "milter": 2891, "dmarc": 2892,
         "policy": 2999, "https": 2443}


class Failed(Exception):
    """A server that does not start, or a case that does not hold: the message is for people."""


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Stage:
    """A folder, a network 127.A.B.0/24 in which nobody else listens, and the processes started so far."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="mailprobe-e2e.")
        os.chmod(self.folder, 0o755)  # the servers' own users look into it
        self.net = free_network()
        self.processes = []

    def address(self, number):
        return f"127.{self.net[0]}.{self.net[1]}.{number}"

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def start(self, name, argv, last_signal=signal.SIGTERM):
        log = open(self.path(name + ".out"), "wb")
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                   preexec_fn=die_with_parent, cwd=self.folder)
        process.last_signal = last_signal
        self.processes.append((name, process))
        return process

    def wait_for(self, name, address, port):
        for _ in range(200):
            for each, process in self.processes:
                if each == name and process.poll() is not None:
                    raise Failed(f"{name} ended with {process.returncode}:\n{self.logs(name)}")
            try:
                socket.create_connection((address, port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise Failed(f"{name} does not listen on {address}:{port}:\n{self.logs(name)}")

    def logs(self, name):
        text = ""
        for file in (name + ".out", name + ".log"):
            if os.path.exists(self.path(file)):
                with open(self.path(file), errors="replace") as lines:
                    text += "".join(list(lines)[-25:])
        return text

    def stop(self, keep=False):
        for _, process in reversed(self.processes):
            if process.poll() is None and process.last_signal == signal.SIGKILL:
                os.killpg(process.pid, signal.SIGKILL)
            elif process.poll() is None:
                process.send_signal(process.last_signal)
        for _, process in reversed(self.processes):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes = []
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def apart(file, binary, seconds):
    """`file` as a program of its own, in network and mount namespaces of its own; what it prints, where not all held."""
    argv = ["unshare", "-n", "-m", sys.executable, "-B", os.path.abspath(file), binary]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=seconds)
    if done.returncode != 0:
        raise Failed(done.stdout + done.stderr)


def free_network():
    for _ in range(50):
        net = (random.randint(64, 250), random.randint(1, 254))
        if all(is_free(f"127.{net[0]}.{net[1]}.10", port) for port in PORTS.values()):
            return net
    raise Failed("no free addresses in 127/8")


def is_free(address, port):
    with socket.socket() as probe:
        try:
            probe.bind((address, port))
            return True
        except OSError:
            return False


def run(*argv):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(argv)}: {done.stderr.decode(errors='replace')}")
    return done.stdout
