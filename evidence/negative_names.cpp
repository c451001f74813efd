#include "evidence/negative_names.h"

namespace mailprobe::evidence {

namespace {

constexpr int too_many = 11;  // RFC 7208 §4.6.4: ten look-ups are the most

std::string many_includes(std::string_view domain) {
  std::string record = "v=spf1";
  for (int i = 0; i < too_many; ++i) record += " include:spf-fail." + std::string(domain);
  return record + " -all";
}

}  // namespace

/// Where SPF is to fail alone, DMARC asks for nothing; where DMARC is to fail, SPF is neutral, which is no pass.
std::vector<NegativeName> negative_names(std::string_view domain) {
  const std::string neutral = "v=spf1 ?all", nothing = "v=DMARC1; p=none";
  return {{.label = "spf-fail", .spf = "v=spf1 -all", .dmarc = nothing},
          {.label = "spf-softfail", .spf = "v=spf1 ~all", .dmarc = nothing},
          {.label = "spf-permerror", .spf = "v=spf1 ip4:not-an-address -all", .dmarc = nothing},
          {.label = "spf-lookups", .spf = many_includes(domain), .dmarc = nothing},
          {.label = "dmarc-none", .spf = neutral, .dmarc = nothing},
          {.label = "dmarc-quarantine", .spf = neutral, .dmarc = "v=DMARC1; p=quarantine"},
          {.label = "dmarc-reject", .spf = neutral, .dmarc = "v=DMARC1; p=reject"},
          {.label = "dmarc-strict", .spf = neutral, .dmarc = "v=DMARC1; p=reject; adkim=s; aspf=s"},
          {.label = "subdomain", .spf = neutral, .dmarc = {}}};
}

}  // namespace mailprobe::evidence
