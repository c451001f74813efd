// What a run is going to do, before it does anything: a list of probes. Pure and printable (--dry-run, plan.json).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/vocabulary.h"

namespace mailprobe::scenarios {

struct PlannedProbe {
  std::string name;  // "default", or "default mx2.example.org 192.0.2.7" with --each-mx
  std::string identity, from, to, domain;
  std::vector<std::string> signatures;  // "r1 rsa-sha256 relaxed/relaxed"
  std::optional<std::string> via, server;
  TlsFloor floor = TlsFloor::encrypt;
  bool require_tls = false;
  std::optional<std::string> mailbox;  // watched
  std::vector<std::string> witnesses;  // "smtp", "mailbox"
};

struct Plan {
  std::string target;
  std::optional<std::string> scenario;
  bool each_mx = false;  // a probe per MX address, known only after the look-up
  std::vector<PlannedProbe> probes;
};

std::string to_text(const Plan& plan);
std::string to_json(const Plan& plan);

}  // namespace mailprobe::scenarios
