// Which probes a report speaks of: by our domain, the address that sent, the envelope, the period, the selector, and by
// whom the report is. Aggregates name no message: what fits is joined with how, what may fit as well is not. Pure.
// RFC 9990 §3.1, RFC 8460 §4.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "evidence/document.h"
#include "reports/report.h"

namespace mailprobe::reports {

/// What we know of ourselves.
struct Ours {
  std::set<std::string> domains;          // of our identities and traps, lower case
  std::vector<IpAddress> sources;         // addresses that we are configured to send from
  std::chrono::milliseconds trap_wait{};  // how long after a probe its target may still write to us
};

/// Whether any domain that the report is about is ours, or above or below one of ours.
bool about_us(const Report& report, const Ours& ours);

/// One probe of a document as its target may report it.
struct Subject {
  std::string id;                          // the probe's
  std::string header_from, envelope_from;  // domains; "" is the null reverse-path
  std::string to_domain;
  Time at;                             // handed over, or refused
  std::vector<IpAddress> sources;      // empty: not known
  std::vector<std::string> selectors;  // of its signatures, as names of keys; empty: not known
  std::vector<std::string> targets;    // organisational domains: of the address and of the MX hosts
  std::vector<IpAddress> senders;      // that the target opened sessions from
  Time until;                          // when the target last wrote, or may have
};

/// A message of ours as it was noted when it went out, of this run or another.
struct SentNote {
  std::string id, from_domain, to_domain;
  Time at;
};

/// The time that a report may be about, by our clock.
struct Period {
  Time from, until;
};
Period period_of(const Report& report);

/// nullopt: it never got as far as an answer from the target. `sent` is the message, where it can be read.
std::optional<Subject> subject_of(const evidence::Document& document, const evidence::Probe& probe,
                                  const std::optional<std::string>& sent, const Ours& ours);

/// What the report says of it; nothing where it speaks of other mail. A TLS report gives one for each of its policies.
std::vector<evidence::Report> join(const Report& report, const Subject& subject, const Ours& ours);

/// What join() gave of a DMARC report, where more messages of ours fit than its rows count, and none is named: then
/// they are about some of these, and it is not known which. `joined_by` becomes "among", and `notes` say so.
void weigh(evidence::Report& joined, const Report& report, const Subject& subject, const std::vector<SentNote>& sent);

/// Whether the probe has it already: organisation, id and domain (RFC 9990 §3.5.4). Anybody can give a report another
/// one's id: where nobody vouches for the one that is there, it does not keep out one that is vouched for.
bool joined_before(const evidence::Probe& probe, const evidence::Report& report);

}  // namespace mailprobe::reports
