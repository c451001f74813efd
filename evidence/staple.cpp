#include "evidence/staple.h"

#include "evidence/findings.h"

namespace mailprobe::evidence {

namespace {

using enum Verdict;

constexpr auto clock_skew = std::chrono::minutes(5);  // between the responder's clock and ours

std::string day_of(const std::optional<Time>& time) { return time ? rfc3339(*time).substr(0, 10) : "an unknown day"; }

Staple revoked(const OcspFacts& ocsp) {
  return {fail,
          "the stapled OCSP response says that it was revoked on " + day_of(ocsp.revoked) +
              (ocsp.reason ? " (" + plain(*ocsp.reason, 40) + ")" : ""),
          "Replace the certificate, and its key if that is known to others"};
}

/// RFC 6960 §3.2, §4.2.2.1: one that is older than its nextUpdate is no longer to be relied upon.
std::optional<Staple> judge_age(const OcspFacts& ocsp, Time at) {
  if (ocsp.next_update && *ocsp.next_update < at)
    return Staple{warn, "the stapled OCSP response is stale: it was to be renewed by " + rfc3339(*ocsp.next_update),
                  "Let the server fetch a new response before the old one runs out"};
  if (ocsp.this_update && *ocsp.this_update > at + clock_skew)
    return Staple{warn, "the stapled OCSP response is from the future: " + rfc3339(*ocsp.this_update),
                  "Set the server's clock, and let it fetch a new response"};
  return std::nullopt;
}

Staple judge_response(const OcspFacts& ocsp, Time at) {
  if (ocsp.problem)
    return {warn, "the stapled OCSP response does not count: " + plain(*ocsp.problem, 200),
            "Let the server staple what the certificate's own CA answers, or nothing"};
  if (ocsp.status == "revoked") return revoked(ocsp);  // a stale one too: a revocation is not taken back
  if (auto old = judge_age(ocsp, at)) return *old;
  if (ocsp.status == "good")
    return {pass, "OCSP stapled: good" + (ocsp.next_update ? " until " + day_of(ocsp.next_update) : ""), {}};
  return {warn,
          "the stapled OCSP response says that its CA does not know the certificate (" + plain(ocsp.status, 20) + ")",
          "Ask the CA: a certificate that it does not know may be a forged one"};
}

}  // namespace

Staple judge_staple(const TlsChain& chain, Time at) {
  const bool must = !chain.certificates.empty() && chain.certificates.front().must_staple;
  auto staple = chain.ocsp ? judge_response(*chain.ocsp, at) : Staple{};
  if (!must) return staple;
  if (chain.stapled == false)  // RFC 7633 §4.2.3.1
    return {fail, "it asks for a stapled OCSP response, and there is none (must-staple, RFC 7633 §4)",
            "Turn on OCSP stapling, or have the certificate issued without must-staple"};
  if (staple.verdict == warn) staple.verdict = fail;  // no better than none
  return staple;
}

}  // namespace mailprobe::evidence
