// A received message judged whole: SPF, every DKIM signature, DMARC, the recorded Authentication-Results and the hops.
// The one entry that `verify` and the mailbox witness share. No I/O besides DNS; order of events stands in
// evaluate.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/results.h"
#include "base/ip.h"
#include "base/task.h"
#include "dns/resolver.h"

namespace mailprobe::auth {

struct ArcCheck;
struct SpfEvent;

/// What is known of the session by which the message came in; SPF needs address and one of the names.
struct Envelope {
  std::optional<IpAddress> client;
  std::string helo;
  std::optional<std::string> mail_from;  // "" is the null reverse-path; unknown where absent
};

struct Context {
  Envelope envelope;
  Time time;                              // the clock for x= and t=
  std::vector<std::string> authserv_ids;  // whose Authentication-Results to believe; empty: by position
  /// The address (ours, or our relay's) from which the target's first host took the message: fields above that Received
  /// are the target's own. Nothing known: no field is trusted by position.
  std::optional<IpAddress> handed_over_from;
  std::string sent;  // the bytes sent, where we have them: mutation analysis needs them
  /// SPF as it was evaluated while the message came in (RFC 7208 §2.4); null: it is evaluated now.
  std::optional<Spf> spf;
};

struct Evaluation {
  std::optional<Spf> spf;  // null without an address or without a name
  std::vector<Dkim> dkim;  // topmost first
  std::optional<Arc> arc;
  Dmarc dmarc;
  std::vector<AuthenticationResults> authentication_results;  // topmost first
  std::vector<Hop> hops;                                      // in the order of travel
  std::optional<IpAddress> client;                            // whom SPF was asked about; null: not known
  bool truncated = false;                                     // more header fields than limits::header_fields
};

/// What the message's own trace says of the session by which it came in, for SPF. By hosts: the first Received from
/// above that one of `trusted_hosts` (names, or domains that they are in) wrote about a client outside; nothing where
/// another host's stands above it. By address: the topmost Received whose client it is. The reverse-path is that of the
/// Received, else of the Return-Path on top.
std::optional<Envelope> recorded_envelope(std::string_view message, const std::vector<std::string>& trusted_hosts);
std::optional<Envelope> recorded_envelope(std::string_view message, const IpAddress& handed_over_from);

/// The reverse-path of a Return-Path above the first Received (RFC 5321 §4.4); unknown without one.
std::optional<std::string> recorded_return_path(std::string_view message);

/// What the envelope lacks is completed by the Received of its client, or of context.handed_over_from where it has
/// none; a reverse-path that no such Received knows, by the Return-Path on top. `message` with CRLF line endings
/// (to_crlf for files that have LF).
Task<Evaluation> evaluate(std::string_view message, const Context& context, dns::Resolver& resolver,
                          std::vector<SpfEvent>* spf_steps = nullptr, std::vector<ArcCheck>* arc_checks = nullptr);

}  // namespace mailprobe::auth
