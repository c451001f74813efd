// The embedded lab: DNS with signed zones, accepting MTAs good and faulty, a mailbox server and a CA, in one process,
// without privileges, on free loopback ports. Demonstration and tests; never listens beyond 127/8.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "receiver/settings.h"

namespace mailprobe::lab {

struct LabTarget {
  std::string address;  // "reflector@footer.test"
  std::string shows;    // one sentence: what to see there
};

const std::vector<LabTarget>& targets();

/// Everything by which a probe reaches the lab; app/ makes a configuration of it.
struct Access {
  std::string dns_address;  // "127.53.0.1"
  std::uint16_t dns_port = 0, smtp_port = 0, https_port = 0, submission_port = 0, imaps_port = 0, imap_port = 0;
  std::vector<std::string> trust_anchors;  // DS records, a zone each
  std::vector<std::string> zones;          // that the stub serves
  std::string ca_pem;
  std::string domain, address, helo, source_ip;  // the probe's identity
  std::map<std::string, std::string> dkim_keys;  // selector → private key PEM (lab keys, made at start, worth nothing)
  std::string receiver_address, receiver_host;   // of the probe: where answers are sent to, on smtp_port
  std::string receiver_chain, receiver_key;      // PEM
  std::string imap_host, imap_user, imap_password;
  std::string submission_host, submission_user, submission_password;
  std::string questions;                  // the file; empty: its DNS is no witness
  std::vector<receiver::TrapHost> traps;  // of the probe's receiver; ipv6-only where there is IPv6
  std::string weak_domain;                // empty: its DNS publishes no weak keys
  std::string policy_address;             // where their policy is to be served, on https_port
};

struct LabOptions {
  std::size_t many = 0;             // generated domains beside its targets (lab/many.h)
  std::filesystem::path questions;  // its DNS writes there what it was asked, and is a witness (receiver/query_log.h)
  std::filesystem::path trap_key;   // of the probe's traps, which are published then (receiver/trap_key.h)
  std::filesystem::path weak_keys;  // of the probe, which are published then (receiver/weak_keys.h)
};

class Lab {
 public:
  /// Makes CA, keys and zones, binds the listeners and spawns the servers on the current executor.
  static Task<Result<std::unique_ptr<Lab>>> start(LabOptions options);
  static Task<Result<std::unique_ptr<Lab>>> start();  // without any of them
  ~Lab();
  [[nodiscard]] const Access& access() const;
  void stop();

 private:
  struct Impl;
  explicit Lab(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mailprobe::lab
