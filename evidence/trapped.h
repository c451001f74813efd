// What is known of one probe's traps: who came to which, over what, and what may be said where nobody did. Read off the
// document; the checks that judge it are checks_traps.cpp and checks_trap_hosts.cpp. RFC 3207, RFC 7672, RFC 8460.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/findings.h"
#include "evidence/reported.h"
#include "evidence/trap_signs.h"

namespace mailprobe::evidence {

/// A session at a trap, and where it stands in the document.
struct AtTrap {
  const Session* session;
  std::string at;
};

class Trapped {
 public:
  /// Of a probe that has traps; `at` is its pointer. The references outlive it.
  Trapped(const Document& document, const Probe& probe, std::string at)
      : document_(document), probe_(probe), at_(std::move(at)) {}

  [[nodiscard]] bool asked(std::string_view name) const { return address_of(name) != nullptr; }
  /// Mail to that trap was written, as far as can be seen, and what has not come by now does not come.
  [[nodiscard]] bool absence_counts(std::string_view name) const {
    return probe_.traps->completed && !turned_away(name) && written_to(name);
  }
  [[nodiscard]] std::string waited() const;
  [[nodiscard]] std::string at() const { return at_ + pointer("traps"); }
  [[nodiscard]] const Probe& probe() const { return probe_; }
  /// Of that trap: "trap-sts-wrong.probe.example.org"; empty where it was not asked for.
  [[nodiscard]] std::string domain(std::string_view name) const;

  /// In the order in which they began, without those that we turned away.
  [[nodiscard]] std::vector<AtTrap> sessions(std::string_view name) const;
  /// The first that was let in with mail for us.
  [[nodiscard]] std::optional<AtTrap> arrival(std::string_view name) const;
  /// The first that saw our certificate and went away without a message, where that bars it for good
  /// (evidence/trap_signs.h).
  [[nodiscard]] std::optional<AtTrap> refusal(std::string_view name) const;
  /// The first, at whichever host of ours, that is like this.
  [[nodiscard]] std::optional<AtTrap> any(bool (*like_this)(const Session& session)) const;
  /// A bounce of mail to the trap that tells of that barrier: where it stands.
  [[nodiscard]] std::optional<std::string> bounce(std::string_view name, Barrier barrier) const;
  /// A TLS report that counts, of sessions with the trap that failed for the reason that it is there for.
  [[nodiscard]] std::optional<std::string> report(std::string_view name, Refusing by) const;

  /// Nothing came, and it is too early, or we turned calls away, or nobody received all the while, or nothing else came
  /// either, or not all addresses were answered: what can be said then.
  [[nodiscard]] Judgement open(std::string_view name, std::string_view control) const;

 private:
  /// The first call there that a limit of ours refused.
  [[nodiscard]] std::optional<AtTrap> turned_away(std::string_view name) const;
  [[nodiscard]] std::optional<Judgement> limited(std::string_view name) const;
  /// Somebody called there, or a bounce tells that somebody gave up.
  [[nodiscard]] bool seen(std::string_view name) const;
  /// It was seen there, or at every sound host that was asked for: the answer went to all.
  [[nodiscard]] bool written_to(std::string_view name) const;
  [[nodiscard]] Judgement not_answered() const;
  [[nodiscard]] const std::string* address_of(std::string_view name) const;

  const Document& document_;
  const Probe& probe_;
  std::string at_;
};

/// "192.0.2.1 (mx1.target.test)"
std::string from(const Session& session);
/// "over TLSv1.3", "in plain text"
std::string over(const Session& session);

/// What the traps that are no barrier say: hosts that have no STARTTLS, another name's certificate, one version of TLS,
/// IPv6 only. Each as a finding of its own, about "trap CASE".
void judge_trap_hosts(const Trapped& traps, const Probe& probe, Findings& findings);
/// The check that a trap is there for, as a word; a control has none.
std::optional<std::string_view> host_check(std::string_view trap);

}  // namespace mailprobe::evidence
