// What a run is configured with, as plain data. app/config reads it from YAML; the lab makes one of its own.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "auth/dkim_sign.h"
#include "base/address.h"
#include "base/ip.h"
#include "base/secret.h"
#include "base/vocabulary.h"
#include "dns/unbound_resolver.h"
#include "receiver/settings.h"

namespace mailprobe::probe {

struct DkimKey {
  std::string selector;
  auth::SigningKey key;
  std::vector<std::pair<auth::Canon, auth::Canon>> canonicalizations;  // header, body; one signature for each
};

struct Identity {
  std::string name;
  std::string domain;
  Mailbox address;
  std::vector<DkimKey> dkim;
};

/// Where a password or a token comes from; exactly one is set. Read when it is needed, not before.
struct SecretSource {
  std::optional<std::string> command;        // password_command, run by /bin/sh
  std::optional<std::string> token_command;  // an OAuth 2.0 access token: XOAUTH2
  std::optional<std::string> file;           // password_file, 0600
  std::optional<Secret> value;               // MAILPROBE_…_PASSWORD, or the lab's
};

struct Url {
  std::string scheme, host;  // "imaps", "imap", "smtp", "submission", "submissions"
  std::uint16_t port = 0;
  [[nodiscard]] std::string text() const { return scheme + "://" + host + ":" + std::to_string(port); }
};

struct MailboxAccount {
  std::string name;
  Url url;
  std::string user;
  Mailbox address;
  SecretSource secret;
  std::vector<std::string> folders, authserv_ids;
  std::vector<std::string> more_folders = {};  // of a run's scenarios, beside them
};

struct Submission {
  std::string name;
  Url url;
  std::string user;
  SecretSource secret;
  std::optional<std::string> reverse_path;
};

struct Limits {
  int connections_per_mx = 1, per_minute_per_mx = 2, per_day_per_recipient = 50;
  std::chrono::milliseconds wait = std::chrono::minutes(5);
  std::chrono::milliseconds trap_wait = std::chrono::hours(4);
};

struct Settings {
  std::string source;  // the file, or "the embedded lab"
  std::map<std::string, Identity> identities;
  std::string helo;
  std::vector<IpAddress> source_ips;
  std::map<std::string, MailboxAccount> mailboxes;
  std::map<std::string, Submission> submission;
  std::string control;
  std::string clock;                    // "HOST" or "HOST:PORT" of an NTP server; empty: our clock is not looked at
  std::vector<std::string> blocklists;  // zones of DNS block lists (RFC 5782)
  std::map<std::uint16_t, std::uint16_t> ports;  // for loopback addresses only
  std::string contact;
  dns::ResolverOptions resolver;
  std::string ca_file, ca_pem;
  bool private_policy_hosts = false;  // MTA-STS policies may come from private addresses too
  std::string store, runs;
  Limits limits;
  receiver::Settings receiver;
  std::string receiver_folder;  // where the processes of one configuration meet; empty: beside `runs`
};

/// What `send` was asked for, beyond the settings.
struct SendOptions {
  Mailbox to;
  std::optional<std::string> identity, mailbox, via;
  std::optional<std::pair<std::string, std::uint16_t>> server;  // --server HOST:PORT
  bool each_mx = false;
  std::optional<IpAddress> source_ip;
  bool ipv4_only = false, ipv6_only = false;
  TlsFloor floor = TlsFloor::encrypt;
  bool require_tls = false;  // --requiretls
  std::optional<std::chrono::milliseconds> wait;
  bool chunking = false;  // the message goes by BDAT
  bool no_wait = false;
  bool reply = false;        // --reply: an answer is asked for, and waited for
  bool delete_copy = false;  // --delete: after it is safely stored
  bool traps = false;        // answers to all our traps are asked for, and watched
  bool survey = false;       // what the TLS of the servers accepts is asked, when the mail has gone
  std::string command;       // the arguments as given, for run.command

  // Of `run` alone.
  std::size_t jobs = 1;                            // messages under way at once
  bool intrusive = false;                          // what only an attacker sends may go out too
  bool fail_fast = false;                          // nothing more is sent once an expectation has failed
  std::optional<std::chrono::milliseconds> retry;  // for coming back after a temporary refusal; else the wait
  std::optional<std::string> resume;               // the folder of the run to go on with
  std::string request;                             // kept in the run's folder: how to go on with it (app/run_request.h)
};

/// What `inspect` was asked for, beyond the settings.
struct InspectOptions {
  std::optional<IpAddress> source_ip;
  bool ipv4_only = false, ipv6_only = false;
  bool survey = true;                                             // of what TLS each address accepts
  bool full = false;                                              // every cipher suite, one by one
  bool fresh = false;                                             // MTA-STS policies, whatever is kept of them
  std::chrono::milliseconds deadline = std::chrono::seconds(60);  // of one domain
  std::set<std::string> intrusive;                                // domains that --intrusive was confirmed for
};

}  // namespace mailprobe::probe
