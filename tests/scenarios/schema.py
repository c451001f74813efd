"""The JSON Schema that `mailprobe schema` prints, held by another's validator.   schema.py BINARY SOURCE_FOLDER

It is a schema; every suite and every example of the documentation is valid; what is wrong with a file is found where it
stands. The files come through another YAML reader too.
"""
import glob, json, os, re, subprocess, sys, tempfile
import jsonschema, yaml

# What is wrong, and where: a path into the file.
WRONG = [
    ("version: 2\nname: a\nprobes: [{name: a}]\n", ["version"]),
    ("name: a\nprobes: [{name: a}]\n", []),
    ("version: 1\nname: a\n", []),
    ("version: 1\nname: a\nprobes: {name: a}\n", ["probes"]),
    ("version: 1\nname: a\nprobes: [{nmae: a}]\n", ["probes", 0]),
    ("version: 1\nname: a\nprobes: [{name: a, repeat: 0}]\n", ["probes", 0, "repeat"]),
    ("version: 1\nname: a\nprobes: [{name: a, repeat: often}]\n", ["probes", 0, "repeat"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {tls: never}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {size: huge}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {dkim: {fault: typo}}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {parts: [{bdoy: x}]}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, watch: {deadline: soon}}]\n", ["probes", 0, "watch"]),
    ("version: 1\nname: a\nprobes: [{name: a, matrix: {x: []}}]\n", ["probes", 0, "matrix"]),
    ("version: 1\nname: a\nprobes: [{name: a, expect: [{nor: [b exists]}]}]\n", ["probes", 0, "expect"]),
    ("version: 1\nname: a\nprobes: [{name: a}]\nvariables: {x: {enviroment: Y}}\n", ["variables"]),
    ("version: 1\nname: a\nprobes: [{name: \"x y\"}]\n", ["probes", 0]),
    ("version: 1\nname: a\nprobes: []\n", ["probes"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {charset: utf-9}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {subject: \"x\\r\\nX-Y: z\"}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {subject: \"x\\x01y\"}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {type: text}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {type: multipart/mixed}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {size: 40MB}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {size: -1}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {headers: {From: x}}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {headers: {x-MAILPROBE-id: x}}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {headers: {\"a b\": x}}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {dkim: {canonicalization: relaxed}}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, send: {dkim: {headers: [\"a:b\"]}}}]\n", ["probes", 0, "send"]),
    ("version: 1\nname: a\nprobes: [{name: a, watch: {deadline: 0s}}]\n", ["probes", 0, "watch"]),
    ("version: 1\nname: a\nprobes: [{name: a, repeat: \"101\"}]\n", ["probes", 0, "repeat"]),
    ("version: 1\nname: a\nprobes: [{name: a, expect: [{any: []}]}]\n", ["probes", 0, "expect"]),
    ("version: 1\nname: a\nprobes: [{name: a, expect: [{not: [mailbox exists, reply exists]}]}]\n", ["probes", 0, "expect"]),
    ("version: 1\nname: a\nprobes: [{name: a, expect: [\"mailbx exists\"]}]\n", ["probes", 0, "expect"]),
    ("version: 1\nname: a\nprobes: [{name: a, expect: [\"mailbox.folder = INBOX\"]}]\n", ["probes", 0, "expect"]),
    ("version: 1\nname: a\nprobes: [{name: a, expect: [\"mailbox\"]}]\n", ["probes", 0, "expect"]),
    ("version: 1\nname: a\nprobes: [{name: a, expect: [\"path.deliverd == pass\"]}]\n", ["probes", 0, "expect"]),
    ("version: 1\nname: a\nprobes: [{name: a}]\nvariables: {target: x}\n", ["variables"]),
]
# What a program that reads YAML takes as it is meant, in other words than the usual.
RIGHT = [
    'version: "1"\nname: a\nprobes: [{name: a, repeat: "3", watch: {mailbox: "true", deadline: 1m30s}}]\n',
    "version: 1\nname: 2026\nprobes: [{name: a/b, send: {charset: UTF-8, size: 30MB, type: \"${t}\"}}]\nvariables: {t: text/html}\n",
    "version: 1\nname: a\nprobes: [{name: a, expect: [mailbox.folder==INBOX, 'dkim[\"r1 simple/simple\"].result == pass', 'smtp.reply.code in [250, 251]', "
    "'p95(latency, a) < 3s', 'any(reply exists, not(inbound.dane == pass))', '${x}']}]\nvariables: {x: mailbox exists}\n",
    "version: 1\nname: a\nprobes: [{name: a, send: {headers: {X-From: [a, b], Frome: c}, dkim: {canonicalization: [simple/simple]}}}]\n",
]


def scenarios(source):
    for path in sorted(glob.glob(os.path.join(source, "scenarios", "*.yaml"))):
        with open(path, encoding="utf-8") as file:
            yield os.path.basename(path), file.read()
    with open(os.path.join(source, "docs", "scenarios.md"), encoding="utf-8") as file:
        for number, text in enumerate(re.findall(r"```yaml\n(.*?)```", file.read(), re.S), 1):
            yield f"example {number} of docs/scenarios.md", text


def status(binary, folder, text):
    """Of the program, which is to say the same: 0 of a plan that can be made, 2 of a file that is wrong."""
    path = os.path.join(folder, "f.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return subprocess.run([binary, "--lab", "run", path, "--to", "reflector@target.test", "--dry-run"], env={**os.environ, "HOME": folder},
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def program_differs(binary):
    with tempfile.TemporaryDirectory() as folder:
        return [f"the program exits {code}, not {wanted}, of:\n{text}" for wanted, texts in ((2, [text for text, _ in WRONG]), (0, RIGHT))
                for text in texts if (code := status(binary, folder, text)) != wanted]


def begins(path, with_what):
    return list(path)[:len(with_what)] == with_what


def main():
    binary, source = sys.argv[1:]
    schema = json.loads(subprocess.run([binary, "schema"], check=True, stdout=subprocess.PIPE).stdout)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    validator, faults, valid = kind(schema), [], 0
    for name, text in scenarios(source):
        valid += 1
        faults += [f"{name}: {error.json_path}: {error.message[:200]}" for error in validator.iter_errors(yaml.safe_load(text))]
    for text, where in WRONG:
        paths = [error.absolute_path for error in validator.iter_errors(yaml.safe_load(text))]
        if not any(begins(path, where) for path in paths):
            faults.append(f"nothing is said of {where} in:\n{text}")
    for text in RIGHT:
        faults += [f"{error.json_path}: {error.message[:200]} in:\n{text}" for error in validator.iter_errors(yaml.safe_load(text))]
    faults += program_differs(binary)
    suites = len(glob.glob(os.path.join(source, "scenarios", "*.yaml")))
    if suites < 4 or valid < suites + 3:
        faults.append(f"only {valid} files were looked at")
    print("\n".join(faults) or f"{valid} files are valid, {len(WRONG)} that are wrong are not")
    sys.exit(bool(faults))


main()
