#include "evidence/policy_had.h"

#include <algorithm>

#include "base/text.h"
#include "evidence/pointer.h"
#include "evidence/traps.h"

namespace mailprobe::evidence {

namespace {

class Fetches {
 public:
  Fetches(const Trapped& traps, const AtTrap& came)
      : probe_(traps.probe()),
        at_(traps.at()),
        until_(came.session->started),
        sent_(probe_.sent && probe_.sent->at ? *probe_.sent->at : until_ - policy_age),
        host_("mta-sts." + traps.domain(*came.session->trap)) {}

  /// The first that such is true of, before the mail came.
  template <class Such>
  [[nodiscard]] const PolicyFetch* first(Such such) const {
    const auto& all = probe_.traps->policy_fetches;
    const auto found =
        std::ranges::find_if(all, [&](const PolicyFetch& one) { return one.time <= until_ && such(one); });
    return found == all.end() ? nullptr : &*found;
  }
  [[nodiscard]] bool served(const PolicyFetch& one) const {
    return one.outcome == "served" && (!one.name || iequals(*one.name, host_));
  }
  /// One of those that called at our traps.
  [[nodiscard]] bool by_the_sender(const PolicyFetch& one) const {
    return std::ranges::any_of(probe_.sessions, [&](const Session& session) { return session.address == one.address; });
  }
  /// Since the message went out, and not made good: who was refused or failed may have been the sender, whose policy
  /// may be fetched by another host than sends.
  [[nodiscard]] bool in_vain(const PolicyFetch& one) const {
    if (one.time < sent_) return false;
    if (one.outcome == "started") return true;
    if (one.outcome != "refused" && one.outcome != "failed") return false;
    if (one.name && !iequals(*one.name, host_)) return false;
    return first([&](const PolicyFetch& later) {
             return later.time >= one.time && later.address == one.address && served(later);
           }) == nullptr;
  }
  [[nodiscard]] std::string pointer_to(const PolicyFetch& one) const {
    return at_ + pointer("policy_fetches", static_cast<std::size_t>(&one - probe_.traps->policy_fetches.data()));
  }
  /// Nobody served it for some of the time.
  [[nodiscard]] const Unattended* gap() const {
    const auto& all = probe_.traps->unattended;
    const auto found = std::ranges::find_if(all, [&](const Unattended& one) { return one.from <= until_; });
    return found == all.end() ? nullptr : &*found;
  }

 private:
  const Probe& probe_;
  std::string at_;  // of its traps
  Time until_, sent_;
  std::string host_;
};

Judgement doubt(const AtTrap& came, std::string why, std::string advice) {
  return {.verdict = Verdict::inconclusive,
          .summary = "Mail came to a host that fails its MTA-STS policy, " + over(*came.session) + ", from " +
                     from(*came.session) + ", but " + std::move(why),
          .cause = Cause::own_limit,
          .advice = std::move(advice),
          .evidence = {came.at}};
}

Judgement doubt_of(const PolicyFetch& one, const AtTrap& came, std::string where) {
  const auto who = plain(one.address, 60) + " at " + rfc3339(one.time);
  const std::string or_else = ": who finds no policy sends as if there were none";
  auto judgement =
      one.outcome == "started"
          ? doubt(came, "our policy host was started at " + rfc3339(one.time) + ": who asked before found nobody",
                  "Let mailprobe reflect run throughout, and send again")
      : one.outcome == "refused"
          ? doubt(came, "a limit of ours refused a fetch of that policy by " + who + or_else,
                  "Raise receiver.connections_per_client or receiver.connections, and send again")
          : doubt(came, "a fetch of that policy by " + who + " failed" + or_else,
                  "See that the certificate of the policy host is one that others trust: mailprobe doctor looks");
  judgement.evidence.push_back(std::move(where));
  return judgement;
}

}  // namespace

PolicyHad policy_had(const Trapped& traps, const AtTrap& came) {
  const Fetches fetches(traps, came);
  const auto* own = fetches.first([&](const auto& one) { return fetches.served(one) && fetches.by_the_sender(one); });
  if (own != nullptr) return {.fetched_at = fetches.pointer_to(*own), .doubt = {}};
  if (const auto* bad = fetches.first([&](const auto& one) { return fetches.in_vain(one); }))
    return {.fetched_at = {}, .doubt = doubt_of(*bad, came, fetches.pointer_to(*bad))};
  if (const auto* gap = fetches.gap())
    return {.fetched_at = {},
            .doubt = doubt(came,
                           "nobody served that policy from " + rfc3339(gap->from) + " to " + rfc3339(gap->until) +
                               ": it may have been asked for then",
                           "Let mailprobe reflect run throughout, and send again")};
  // Whoever it was: it shows that the policy was there for all, and who does not ask for it does not obey it.
  const auto* other =
      fetches.first([](const auto& one) { return one.outcome == "served" || one.outcome == "not-found"; });
  if (other != nullptr) return {.fetched_at = fetches.pointer_to(*other), .doubt = {}};
  auto nobody = doubt(came,
                      "nobody but ourselves has fetched that policy within a day before: it may not be asked for, or "
                      "not be within reach",
                      "See that port 443 of receiver.policy_host is open to everybody, and send again: any fetch from "
                      "outside shows that it is");
  nobody.cause = Cause::no_control;
  return {.fetched_at = {}, .doubt = std::move(nobody)};
}

}  // namespace mailprobe::evidence
