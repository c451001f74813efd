// What the receiver is configured with, as plain data: where it listens, what it shows, for whom it takes mail.
// app/config_receiver.cpp reads it from YAML.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/ip.h"
#include "base/secret.h"

namespace mailprobe::receiver {

struct ListenAt {
  IpAddress address;
  std::uint16_t port = 25;
};

/// Files in PEM.
struct CertificateFiles {
  std::string certificate, key;
};

/// Our own DNS as a witness: served by us, or by a name server whose log of questions is read.
struct DnsSettings {
  std::vector<ListenAt> listen;
  std::string host;                          // in NS and SOA; empty: the receiver's
  std::map<std::string, std::string> zones;  // origin → master file: served too, signed with a key that is kept
  std::map<std::string, std::string> unsigned_zones;  // origin → records: served as they are
  std::optional<std::string> log;                     // of another name server, or of a process that serves for us

  /// Of keys that nobody is to accept (receiver/weak_keys.h): has nothing else, and is served with the rest.
  std::optional<std::string> weak_domain;

  [[nodiscard]] bool wanted() const { return !listen.empty() || log; }
};

/// The same in memory: the lab's.
struct CertificateText {
  std::string chain;
  Secret key;
};

/// One of evidence/traps.h, at an address of its own.
struct TrapHost {
  std::string name;  // the case
  IpAddress address;
  std::uint16_t port = 25;
};

/// Of what is kept and nobody takes away: receiver/pruning.h.
struct KeepBounds {
  std::chrono::milliseconds age = std::chrono::days(30);
  std::uintmax_t size = 1024ULL * 1024 * 1024;  // octets of the whole spool
};

struct Settings {
  std::vector<ListenAt> listen;  // empty: nothing is received
  std::string host;              // ours: in the banner, and for SPF's %{r}
  /// The first is shown where a client asks for no name, or for one that none has (SNI). None: no STARTTLS.
  std::vector<CertificateFiles> certificates;
  std::vector<CertificateText> certificate_texts;  // after them
  std::size_t connections = 2500, per_client = 50;
  std::size_t max_size = 10 * 1024 * 1024;
  std::size_t in_flight = 128 * 1024 * 1024;  // octets of all messages that are coming in, at once
  KeepBounds keep;
  /// How long a probe whose DMARC cannot be evaluated is tried again before it is refused.
  std::chrono::milliseconds judge_for = std::chrono::days(1);
  std::vector<Mailbox> reports, reflectors;  // addresses
  DnsSettings dns;
  std::vector<TrapHost> traps;
  std::string trap_domain;              // of ours, that the traps' names are below
  std::optional<ListenAt> policy_host;  // where their MTA-STS policy is served; none: those traps have none
};

}  // namespace mailprobe::receiver
