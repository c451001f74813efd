#include "app/command_rows.h"

#include <algorithm>

#include "scenarios/suites.h"

namespace mailprobe::app {

namespace {

const std::vector<std::string> everything{"--template", "--html",     "--json",       "--junit",   "--tap",
                                          "--csv",      "--markdown", "--prometheus", "--out-all", "--redact",
                                          "--fail-on",  "--nagios",   "--config",     "--lab"};

/// Of what is kept in the history.
std::vector<std::string> everything_kept() {
  auto all = everything;
  all.emplace_back("--no-history");
  return all;
}

std::vector<std::string> mailed(std::vector<std::string> all) {
  all.emplace_back("--mail-to");
  return all;
}

std::string suite_names() {
  std::string names;
  for (const auto& suite : scenarios::suites()) names += (names.empty() ? "" : ", ") + std::string(suite.name);
  return names;
}

}  // namespace

const std::vector<std::pair<std::string, CommandRow>>& commands() {
  static const std::vector<std::pair<std::string, CommandRow>> table{
      {"send",
       {"mailprobe send --to ADDRESS [OPTIONS]", "Send a signed message, find its copy, judge both",
        "Examples:\n"
        "  mailprobe --lab send --to reflector@target.test --html report.html\n"
        "  mailprobe send --to reflector@example.net --json evidence.json\n"
        "  mailprobe send --to reflector@example.net --via relay\n"
        "  mailprobe --lab send --to responder@target.test --reply\n\n"
        "Exit status: 0 every expected check held, 1 one failed, 2 usage or\n"
        "configuration error (nothing was sent), 3 inconclusive or interrupted.",
        mailed(everything_kept())}},
      {"run",
       {"mailprobe run FILE|SUITE... --to ADDRESS [OPTIONS]", "Send what scenario files say, and hold what they expect",
        "A FILE says what to send, what to watch and what to expect: docs/scenarios.md.\n"
        "Suites that come with it: " +
            suite_names() +
            ".\n"
            "Of several files the names of the probes begin with the scenario's.\n\n"
            "Examples:\n"
            "  mailprobe --lab run baseline --to reflector@target.test\n"
            "  mailprobe run daily.yaml --to reflector@example.net --junit results.xml\n"
            "  mailprobe run daily.yaml --to reflector@example.net --dry-run\n"
            "  mailprobe run --resume last\n\n"
            "Exit status: 0 every expectation held, 1 one failed, 2 usage, configuration or\n"
            "scenario error (nothing was sent), 3 inconclusive or interrupted.",
        mailed(everything_kept())}},
      {"inspect",
       {"mailprobe inspect DOMAIN... [OPTIONS]", "Show how a domain receives mail, without sending any",
        "Looks up what each DOMAIN publishes, connects to each address of its mail\n"
        "servers, and sends no mail. Up to 12 connections more a host ask what its TLS\n"
        "accepts: --no-survey leaves that out. A DOMAIN of - reads a list from standard\n"
        "input: one domain a line, # begins a comment. With --json there is one document\n"
        "a line.\n\n"
        "Examples:\n"
        "  mailprobe --lab inspect target.test\n"
        "  mailprobe inspect example.org example.net --html report.html\n"
        "  mailprobe inspect --file domains.txt --json - > results.jsonl\n\n"
        "Exit status: 0 every expected check held, 1 one failed, 2 usage or\n"
        "configuration error (nothing was connected to), 3 inconclusive or interrupted.",
        everything_kept()}},
      {"verify",
       {"mailprobe verify FILE... [OPTIONS]",
        "Judge saved messages: SPF, DKIM, ARC, DMARC",
        "A FILE is one message, an mbox, a Maildir, or - for standard input. SPF needs\n"
        "the client's address: --ip gives it. With --json there is one object a message.\n\n"
        "Exit status: 0 all is well, 1 DMARC fails or no signature passes, 2 a file is\n"
        "unreadable, 3 something could not be determined.",
        {"--json", "--config", "--lab"}}},
      {"sign",
       {"mailprobe sign FILE|- [OPTIONS]",
        "Sign a message with DKIM, or seal it with ARC",
        "Prints the signed message. Without --key it is signed with every key of the\n"
        "identity. A FILE with LF line endings is signed as it goes over SMTP, and\n"
        "printed with LF.\n\n"
        "Examples:\n"
        "  mailprobe sign message.eml > signed.eml\n"
        "  mailprobe sign - --key r1.pem --domain example.org --selector r1\n"
        "  mailprobe sign message.eml --arc --authserv-id mx.example.org\n\n"
        "Exit status: 0 signed, 2 it cannot be signed so, 3 the chain could not be\n"
        "verified for now.",
        {"--config", "--lab"}}},
      {"init",
       {"mailprobe init DOMAIN [OPTIONS]",
        "Write a configuration and keys, print the DNS records",
        "Writes mailprobe.yaml (or what --config names), and keys/ beside it. Overwrites\nnothing.",
        {"--config"}}},
      {"doctor",
       {"mailprobe doctor [OPTIONS]", "Check our own records, PTR, clock, certificates, port 25",
        "Looks up what is published for us, and whether it fits source_ips and receiver;\n"
        "reads the receiver's certificates. Where the configuration names them it also\n"
        "asks control (port 25), clock (an NTP server) and blocklists. Nobody else is\n"
        "asked, and no mail is sent.\n\n"
        "Exit status: 0 all is well, 1 something is wrong, 3 something could not be\n"
        "determined.",
        everything_kept()}},
      {"report",
       {"mailprobe report EVIDENCE.json|RUN|last [OPTIONS]", "Render saved evidence again",
        "A RUN is the id of a run or its beginning; last is the newest one.", mailed(everything)}},
      {"history",
       {"mailprobe history [OPTIONS]",
        "List the runs that are kept, or keep fewer",
        "Every run of send, run, inspect, doctor and collect is kept in the file that\n"
        "\"store\" of the configuration names, and compared with the last of its kind. A\n"
        "run of the list can be looked at again: \"mailprobe report RUN\".\n\n"
        "Examples:\n"
        "  mailprobe history --target example.net\n"
        "  mailprobe history --retain 90d\n"
        "  mailprobe history --rebuild\n\n"
        "Exit status: 0 done, 2 usage or configuration error, 3 the history cannot be\n"
        "read or written.",
        {"--json", "--config", "--lab"}}},
      {"diff",
       {"mailprobe diff RUN RUN [OPTIONS]",
        "Show what has changed from one run to another",
        "A RUN is an evidence file, the id of a run or its beginning, or last; the earlier\n"
        "one comes first. What is better, worse and only changed: docs/history.md\n\n"
        "Examples:\n"
        "  mailprobe diff 20260131T120000Z-k7q3zx last\n"
        "  mailprobe diff before.json after.json --json -\n\n"
        "Exit status: 0 nothing came to fail, 1 something did, 2 usage error or no such\n"
        "run, 3 something can no longer be determined. With --fail-on warn all that is\n"
        "worse is 1.",
        {"--json", "--fail-on", "--config", "--lab"}}},
      {"collect",
       {"mailprobe collect RUN...|last|--all [OPTIONS]", "Look again for what runs still wait for",
        "Waits for answers as long as there is time, and receives meanwhile where nobody\n"
        "else does; searches the mailbox for the copy that was not there yet, takes what\n"
        "the receiver has of DMARC aggregate and TLS reports about our domains, and amends\n"
        "the run's evidence. Sends nothing. Exit status as of \"mailprobe send\", of several\n"
        "runs the worst. Of several each has a line, and a FILE the run's id in its name.\n\n"
        "Examples:\n"
        "  mailprobe collect last\n"
        "  mailprobe collect --all --wait 1h\n"
        "  mailprobe collect last --report google.com!example.org!1!2.zip\n"
        "  mailprobe collect last --report ~/Maildir/.dmarc",
        everything_kept()}},
      {"reflect",
       {"mailprobe reflect [OPTIONS]",
        "Receive mail for our identities, evaluate it, answer probes, for good",
        "Listens where \"receiver.listen\" of the configuration says, takes mail for its\n"
        "identities, for what answers a probe and for its report addresses, and keeps it\n"
        "beside \"runs\". Probes to an address of \"receiver.reflectors\" that ask for it are\n"
        "answered with what was seen of them; with --mailbox those in a mailbox are.\n"
        "SIGTERM and Ctrl-C end it when the open transactions have ended; SIGHUP has it\n"
        "read the certificates anew.\n\n"
        "Exit status: 0 stopped in order, 2 usage or configuration error (a port is in\n"
        "use, or needs a privilege), 3 ended at once.",
        {"--config"}}},
      {"traps",
       {"mailprobe traps [OPTIONS]",
        "Print the records that the traps need in our DNS",
        "For the zone of the first identity, which has to be signed: a host for each trap in\n"
        "\"receiver.traps\" of the configuration, and the zone of the one that does not\n"
        "validate. \"mailprobe reflect\" then receives at them. docs/traps.md\n\n"
        "Exit status: 0 printed, 2 usage or configuration error.",
        {"--config"}}},
      {"suppress",
       {"mailprobe suppress list|add ADDRESS...|remove ADDRESS...",
        "Who is sent no more mail: no probe, no answer",
        "An ADDRESS is one, or @DOMAIN for all of the domain and what is below it. What\n"
        "is running heeds the list from the next message on. Who complains of a message of\n"
        "ours, or answers \"stop\", comes to be on it. \"list\" shows since when and why, and\n"
        "who has refused three messages in a row; \"remove\" lifts either. docs/suppress.md\n\n"
        "Examples:\n"
        "  mailprobe suppress add tired@example.org @example.net\n"
        "  mailprobe suppress list\n\n"
        "Exit status: 0 done, 2 usage or configuration error, or not there to remove.",
        {"--config", "--lab"}}},
      {"templates",
       {"mailprobe templates DIR",
        "Write the report's templates into a folder, to change them",
        "What is changed there and named by --template takes the place of what is built in;\n"
        "what is removed there stays as it is. Overwrites nothing. docs/templates.md",
        {}}},
      {"checks",
       {"mailprobe checks [OPTIONS]", "List every check and which command expects it", "", {"--json", "--markdown"}}},
      {"schema",
       {"mailprobe schema [scenario|evidence]",
        "Print the JSON Schema of scenario files, or of evidence",
        "For editors, and for programs that read the evidence: docs/evidence.schema.json",
        {}}},
      {"completion",
       {"mailprobe completion bash|zsh|fish",
        "Print the completion of this command line for a shell",
        "Examples:\n"
        "  source <(mailprobe completion bash)\n"
        "  mailprobe completion zsh > ~/.zfunc/_mailprobe\n"
        "  mailprobe completion fish > ~/.config/fish/completions/mailprobe.fish",
        {}}},
      {"man", {"mailprobe man", "Print the manual page", "Example: mailprobe man | man -l -", {}}},
      {"lab",
       {"mailprobe lab [OPTIONS]",
        "Keep the embedded lab up, to play with",
        "Listens on loopback addresses only. Ctrl-C ends it.",
        {}}},
  };
  return table;
}

const CommandRow* row_of(const std::string& name) {
  const auto found = std::ranges::find(commands(), name, &std::pair<std::string, CommandRow>::first);
  return found == commands().end() ? nullptr : &found->second;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& [name, row] : commands()) names.push_back(name);
  return names;
}

}  // namespace mailprobe::app
