// What a run is going to do, before it does anything: a list of probes. Pure and printable (--dry-run, plan.json).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "base/vocabulary.h"
#include "scenarios/format.h"

namespace mailprobe::scenarios {

struct PlannedProbe {
  std::string name;  // "default", of a scenario the name there, or "default mx2.example.org 192.0.2.7" with --each-mx
  std::string identity, from, to, domain;
  std::vector<std::string> signatures;  // "r1 rsa-sha256 relaxed/relaxed"
  std::optional<std::string> via, server;
  TlsFloor floor = TlsFloor::encrypt;
  bool require_tls = false, chunking = false;
  bool dsn = false;  // a report of what becomes of it is asked for (RFC 3461)
  Family family = Family::any;
  std::optional<std::string> mailbox;             // watched
  bool copy = true;                               // to be looked for, if not now then later, where there is a mailbox
  std::vector<std::string> witnesses;             // "smtp", "mailbox"
  bool reply = false;                             // an answer is asked for, and waited for
  bool forward = false;                           // the message itself is waited for, forwarded back to us
  bool traps = false;                             // answers to all our traps are asked for, and watched
  std::optional<std::chrono::milliseconds> wait;  // from the final dot; else the run's
  bool dns = true;                                // our DNS is a witness, where there is one
  std::vector<std::string> folders;               // looked in too, in the whole run
  std::optional<std::string> variation, control_of;
  bool secret = false;              // its message holds one
  Send send;                        // the message; of `send` as it is by default
  std::vector<std::string> expect;  // lines that scenarios/judge reads
};

/// One that cannot be made with this configuration.
struct LeftOut {
  std::string probe, check, why;  // `check` is what it would have told
};

/// "text#2" of several; alone it has the probe's own name.
inline std::string name_of_repeat(const std::string& name, std::int64_t number, std::int64_t repeat) {
  return repeat > 1 ? name + "#" + std::to_string(number) : name;
}

struct Plan {
  std::string target;
  std::optional<std::string> scenario;
  bool each_mx = false;  // a probe per MX address, known only after the look-up
  std::vector<PlannedProbe> probes;
  std::vector<std::string> expect;  // of all of them
  std::vector<LeftOut> left_out;
  std::vector<Secret> secrets = {};  // that messages hold: never printed
};

std::string to_text(const Plan& plan);
std::string to_json(const Plan& plan);
/// Of what to_json wrote: by the names of the probes, whether their copies are to be looked for. Empty: it does not say
/// so, as of an older version, or is no plan.
std::map<std::string, bool> wanted_copies(std::string_view plan);

}  // namespace mailprobe::scenarios
