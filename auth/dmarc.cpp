#include "auth/dmarc.h"

#include "auth/author.h"
#include "auth/dmarc_7489.h"
#include "auth/dmarc_identifiers.h"
#include "auth/dmarc_lookup.h"
#include "auth/limits.h"

// Order of events, RFC 9989 §5.3:
//  1. the author domain; none or several end the evaluation with `none`
//  2. the policy: the author domain's own record, else that of its organisational or public suffix domain (§4.10.1)
//  3. alignment of what SPF and DKIM authenticated, strict or relaxed (§4.10.2)
//  4. the result, the policy's word for this domain, and what it asks for
//  5. the same by RFC 7489, kept where it says otherwise

namespace mailprobe::auth {

namespace {

class Evaluator {
 public:
  Evaluator(Identifiers identifiers, dns::Resolver& resolver)
      : identifiers_(std::move(identifiers)), resolver_(resolver), lookup_(resolver) {}

  Task<Dmarc> run(std::string author) {
    dmarc_.domain = std::move(author);
    co_await evaluate();
    const auto old = co_await check_dmarc_7489(dmarc_.domain, identifiers_, lookup_);
    if (old && dmarc_.result && differs(*old)) dmarc_.rfc7489 = *old;
    co_return std::move(dmarc_);
  }

 private:
  Task<void> evaluate() {
    const auto policy = co_await discover();
    if (!policy.failure.empty()) co_return end(DmarcOutcome::temperror, policy.failure);
    if (!policy.present()) co_return end(DmarcOutcome::none, absence(policy));
    dmarc_.record_domain = policy.domain;
    if (!policy.record)
      co_return end(DmarcOutcome::permerror, "bad record at _dmarc." + policy.domain + ": " + policy.bad);
    co_await apply(policy.domain, *policy.record);
    const auto alignment = co_await align(*policy.record);
    conclude(alignment, *policy.record);
  }

  void end(DmarcOutcome result, std::string reason) {
    dmarc_.result = result;
    dmarc_.reason = std::move(reason);
  }

  /// RFC 9989 §4.10.1. Without a record the answer holds the author domain's own absence.
  Task<PolicyAt> discover() {
    auto own = co_await lookup_.at(dmarc_.domain);
    if (!own.failure.empty() || own.present()) co_return own;
    auto walk = co_await lookup_.walk(dmarc_.domain);
    own.failure = walk.failure;
    if (walk.policy) co_return std::move(*walk.policy);
    co_return own;
  }

  std::string absence(const PolicyAt& at) const {
    if (at.several) return "several records at _dmarc." + dmarc_.domain + ": all are discarded";
    return "no record for " + dmarc_.domain;
  }

  /// The published word that applies, and its disposition for a message that fails.
  /// Where the record asks for reports.
  void publish(const DmarcRecord& record) {
    const auto uris = [](const std::vector<ReportUri>& all) {
      std::vector<std::string> out;
      out.reserve(all.size());
      for (const auto& each : all) out.push_back(each.uri);
      return out;
    };
    dmarc_.failure_options = record.failure_options;
    dmarc_.rua = uris(record.rua);
    dmarc_.ruf = uris(record.ruf);
  }

  Task<void> apply(std::string domain, const DmarcRecord& record) {
    publish(record);
    auto policy = record.policy;
    if (domain != dmarc_.domain) {
      bool exists = true;
      if (record.non_existent) exists = co_await domain_exists();
      policy = record.for_subdomain(exists);
    }
    dmarc_.policy = policy;
  }

  /// RFC 9989 §3.2.13: non-existent is NXDOMAIN or no data for A, AAAA and MX alike; an error proves nothing.
  Task<bool> domain_exists() {
    for (const auto type : {dns::Type::a, dns::Type::aaaa, dns::Type::mx}) {
      const auto answer = co_await resolver_.query(dmarc_.domain, type);
      if (!answer.absent()) co_return true;
    }
    co_return false;
  }

  Task<Alignment> align(const DmarcRecord& record) {
    Alignment alignment;
    alignment.spf = co_await any_aligned(identifiers_.spf, record.strict_spf, alignment.failure);
    alignment.dkim = co_await any_aligned(identifiers_.dkim, record.strict_dkim, alignment.failure);
    if (!alignment.pass() && alignment.failure.empty())
      alignment.open = co_await any_aligned(identifiers_.open, false, alignment.failure);
    co_return alignment;
  }

  Task<bool> any_aligned(const std::set<std::string>& domains, bool strict, std::string& failure) {
    for (const auto& domain : domains) {
      const bool same = co_await aligned(domain, strict, failure);
      if (same) co_return true;
    }
    co_return false;
  }

  Task<bool> aligned(const std::string& domain, bool strict, std::string& failure) {
    if (strict || domain == dmarc_.domain) co_return domain == dmarc_.domain;
    if (unrelated(domain, dmarc_.domain)) co_return false;
    const auto ours = co_await lookup_.walk(dmarc_.domain);
    const auto theirs = co_await lookup_.walk(domain);
    if (ours.failure.empty() && theirs.failure.empty())
      co_return ours.organisational_domain == theirs.organisational_domain;
    failure = ours.failure.empty() ? theirs.failure : ours.failure;
    co_return false;
  }

  void conclude(const Alignment& alignment, const DmarcRecord& record) {
    if (identifiers_.spf_known) dmarc_.aligned_spf = alignment.spf;
    dmarc_.aligned_dkim = alignment.dkim;
    if (alignment.pass()) {
      dmarc_.disposition = DmarcPolicy::none;
      return end(DmarcOutcome::pass, "");
    }
    if (!identifiers_.spf_known) {
      dmarc_.reason = "no aligned DKIM pass, and SPF is not known";
      return;
    }
    if (!alignment.failure.empty()) return end(DmarcOutcome::temperror, alignment.failure);
    if (alignment.open) return end(DmarcOutcome::temperror, "an aligned SPF or DKIM result is temperror");
    dmarc_.disposition = record.testing ? one_level_milder(*dmarc_.policy) : *dmarc_.policy;  // RFC 9989 §4.7, t=
    end(DmarcOutcome::fail, "no aligned SPF pass and no aligned DKIM pass");
  }

  [[nodiscard]] bool differs(const DmarcResult7489& old) const {
    return old.result != dmarc_.result || old.policy != dmarc_.policy || old.disposition != dmarc_.disposition;
  }

  Dmarc dmarc_;
  Identifiers identifiers_;
  dns::Resolver& resolver_;
  DmarcLookup lookup_;
};

}  // namespace

Task<Dmarc> check_dmarc(const Message& message, const std::optional<Spf>& spf, const std::vector<Dkim>& dkim,
                        dns::Resolver& resolver) {
  if (message.truncated) {  // a second From may stand behind the limit
    Dmarc unknown;
    unknown.result = DmarcOutcome::permerror;
    unknown.reason = "not evaluated: more than " + std::to_string(limits::header_fields) + " header fields";
    co_return unknown;
  }
  auto author = author_domain(message);
  if (!author) {
    Dmarc none;
    none.result = DmarcOutcome::none;
    none.reason = author.error().message;
    co_return none;
  }
  Evaluator evaluator(identifiers_of(spf, dkim), resolver);
  co_return co_await evaluator.run(std::move(*author));
}

}  // namespace mailprobe::auth
