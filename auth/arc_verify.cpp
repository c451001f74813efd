#include "auth/arc_verify.h"

#include "auth/arc_chain.h"
#include "auth/dkim_verify.h"
#include "auth/limits.h"

// Order of events (RFC 8617 §5.2):
//  1. the sets are collected, and what each claims is kept whatever comes next
//  2. structure and cv= (steps 1 to 3)
//  3. the newest ARC-Message-Signature (step 4)
//  4. the seals, newest first (step 6)
//  5. of a chain that passes: how far back a signature still verifies (step 5, "oldest-pass"), which changes nothing

namespace mailprobe::auth {

namespace {

std::vector<ArcInstance> claims_of(const std::vector<ArcSet>& sets) {
  std::vector<ArcInstance> all;
  all.reserve(sets.size());
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto& set = sets[i];
    const auto& claims = set.results.claims.field;
    all.push_back({.instance = static_cast<int>(i) + 1,
                   .domain = set.seal.signature.domain,
                   .selector = set.seal.signature.selector,
                   .cv = set.seal.cv,
                   .authserv_id = claims.authserv_id,
                   .results = claims.results});
  }
  return all;
}

void break_chain(Arc& arc, const std::string& what, std::size_t index, const Dkim& dkim) {
  arc.result = ArcOutcome::fail;
  arc.temporary = dkim.result == DkimOutcome::temperror;  // RFC 8617 §5.2.1: a failure none the less
  arc.reason = what + " i=" + std::to_string(index + 1) + ": " + dkim.reason;
}

/// One chain's verification: what all of its signatures share.
class Validation {
 public:
  Validation(const Message& message, const ArcChain& chain, Time time, dns::Resolver& resolver, BodyHashes& bodies,
             std::vector<ArcCheck>* checks)
      : message_(message),
        sets_(chain.sets),
        time_(time),
        resolver_(resolver),
        work_(bodies, limits::arc_keys_tried),
        checks_(checks) {}

  Task<Dkim> signature(std::size_t index) {
    Dkim dkim;
    const auto& set = sets_[index];
    const ReadSignature read{message_, *set.signature_field, set.signature.signature};
    co_await verify_signature(dkim, read, work_, time_, resolver_);
    note(index, false, dkim);
    co_return dkim;
  }

  Task<Dkim> seal(std::size_t index) {
    Dkim dkim;
    const auto data = sealed_bytes(sets_, 0, index);
    co_await verify_data(dkim, sets_[index].seal.signature, data, work_, resolver_);
    note(index, true, dkim);
    co_return dkim;
  }

  /// RFC 8617 §5.2, step 5: 0 where every signature verifies, else the lowest instance down to which all are known to
  /// (limits::signed_header bounds what is hashed for it).
  Task<int> oldest_pass() {
    for (auto index = sets_.size() - 1; index-- > 0;) {
      const auto older = co_await signature(index);
      if (older.result != DkimOutcome::pass) co_return static_cast<int>(index) + 2;
    }
    co_return 0;
  }

 private:
  void note(std::size_t index, bool seal, const Dkim& dkim) {
    if (checks_ != nullptr) checks_->push_back({static_cast<int>(index) + 1, seal, dkim});
  }

  const Message& message_;
  const std::vector<ArcSet>& sets_;
  Time time_;
  dns::Resolver& resolver_;
  SharedWork work_;
  std::vector<ArcCheck>* checks_;
};

}  // namespace

Task<Arc> verify_arc(const Message& message, Time time, dns::Resolver& resolver, BodyHashes* bodies,
                     std::vector<ArcCheck>* checks) {
  Arc arc;
  const auto chain = read_arc_chain(message);
  arc.instances = claims_of(chain.sets);
  if (!chain.present) co_return arc;
  arc.result = ArcOutcome::fail;
  arc.reason = chain.objection;
  if (message.truncated) arc.reason = "more than " + std::to_string(limits::header_fields) + " header fields";
  if (!arc.reason.empty()) co_return arc;

  BodyHashes own(message.body);
  Validation validation(message, chain, time, resolver, bodies != nullptr ? *bodies : own, checks);
  const auto newest = co_await validation.signature(chain.sets.size() - 1);
  if (newest.result != DkimOutcome::pass) {
    break_chain(arc, "ARC-Message-Signature", chain.sets.size() - 1, newest);
    co_return arc;
  }
  for (auto index = chain.sets.size(); index-- > 0;) {
    const auto seal = co_await validation.seal(index);
    if (seal.result == DkimOutcome::pass) continue;
    break_chain(arc, "ARC-Seal", index, seal);
    co_return arc;
  }
  arc.result = ArcOutcome::pass;
  arc.oldest_pass = co_await validation.oldest_pass();
  co_return arc;
}

}  // namespace mailprobe::auth
