"""The JSON Schema that `mailprobe schema` prints, held by another's validator.   schema.py BINARY SOURCE_FOLDER

It is a schema; every suite and every example of the documentation is valid; what is wrong with a file is found where it
stands. The files come through another YAML reader too.
"""
import glob, json, os, re, subprocess, sys
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
]


def scenarios(source):
    for path in sorted(glob.glob(os.path.join(source, "scenarios", "*.yaml"))):
        with open(path, encoding="utf-8") as file:
            yield os.path.basename(path), file.read()
    with open(os.path.join(source, "docs", "scenarios.md"), encoding="utf-8") as file:
        for number, text in enumerate(re.findall(r"```yaml\n(.*?)```", file.read(), re.S), 1):
            yield f"example {number} of docs/scenarios.md", text


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
    suites = len(glob.glob(os.path.join(source, "scenarios", "*.yaml")))
    if suites < 4 or valid < suites + 3:
        faults.append(f"only {valid} files were looked at")
    print("\n".join(faults) or f"{valid} files are valid, {len(WRONG)} that are wrong are not")
    sys.exit(bool(faults))


main()
