#include "evidence/explained.h"

#include <algorithm>
#include <array>
#include <span>

#include "evidence/pointer.h"

namespace mailprobe::evidence {

namespace {

using Checks = std::span<const std::string_view>;

// Who looks at where mail comes from puts it off, refuses it, or files it as junk.
constexpr std::array<std::string_view, 5> by_origin{"inbound.connect", "path.accepted", "path.delivered",
                                                    "path.filter-verdict", "path.latency"};
// Who finds no record of ours, or a wrong one, has nothing to evaluate, or finds fault with the message.
constexpr std::array<std::string_view, 8> by_records{
    "path.accepted",         "path.delivered",         "path.filter-verdict",     "path.authentication-results",
    "inbound.spf-evaluated", "inbound.dkim-evaluated", "inbound.dmarc-evaluated", "path.dkim-survival"};
// Times are compared with ours: of certificates and signatures, and of what came when.
constexpr std::array<std::string_view, 9> by_clock{
    "inbound.certificate", "inbound.dane", "inbound.mta-sts", "path.latency",  "path.hops",
    "path.dkim-survival",  "path.arc",     "outbound.dkim",   "outbound.dmarc"};
constexpr std::array<std::string_view, 4> by_port{"inbound.connect", "inbound.ipv6", "inbound.starttls",
                                                  "path.accepted"};
// Who will not have our certificate goes away, or goes on without TLS.
constexpr std::array<std::string_view, 6> by_certificate{"outbound.starttls",         "outbound.tls-version",
                                                         "outbound.dane-enforced",    "outbound.mta-sts-enforced",
                                                         "outbound.dnssec-validates", "outbound.greylist-retry"};
// Who was put off comes again later, or not at all.
constexpr std::array<std::string_view, 5> by_spool{"outbound.starttls", "outbound.tls-version", "outbound.spf",
                                                   "outbound.dkim", "outbound.dmarc"};

struct Row {
  std::string_view self;
  Checks explains;
};
constexpr std::array<Row, 8> rows{{{"self.ptr", by_origin},
                                   {"self.helo", by_origin},
                                   {"self.blocklists", by_origin},
                                   {"self.records", by_records},
                                   {"self.clock", by_clock},
                                   {"self.port25", by_port},
                                   {"self.certificate", by_certificate},
                                   {"self.spool", by_spool}}};

bool is_open(const Finding& finding) {
  using enum Verdict;
  return finding.verdict == fail || finding.verdict == warn || finding.verdict == inconclusive ||
         finding.verdict == error;
}

bool explains(const Finding& ours, const Finding& finding) {
  if (ours.summary.starts_with("trap ")) return false;  // only answers go there
  const auto row = std::ranges::find(rows, ours.check, &Row::self);
  return row != rows.end() && std::ranges::find(row->explains, finding.check) != row->explains.end();
}

}  // namespace

void mark_explained(std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (findings[i].verdict != Verdict::fail) continue;
    for (auto& other : findings)
      if (is_open(other) && explains(findings[i], other)) other.explained_by.push_back(pointer("findings", i));
  }
}

std::vector<const Finding*> explanations(const std::vector<Finding>& findings, const Finding& of) {
  std::vector<const Finding*> all;
  for (std::size_t i = 0; i < findings.size() && !of.explained_by.empty(); ++i)
    if (std::ranges::find(of.explained_by, pointer("findings", i)) != of.explained_by.end())
      all.push_back(&findings[i]);
  return all;
}

}  // namespace mailprobe::evidence
