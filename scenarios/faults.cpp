#include "scenarios/faults.h"

namespace mailprobe::scenarios {

std::optional<std::string> fault_of(const Send& send) {
  if (send.dkim.fault != DkimFault::none) return "dkim-" + std::string(word(send.dkim.fault));
  switch (send.from) {
    case From::own: return std::nullopt;
    case From::missing:
    case From::twice: return "dmarc-from-" + std::string(word(send.from));
    case From::spf_fail:
    case From::spf_softfail:
    case From::spf_permerror:
    case From::spf_lookups:
    case From::dmarc_strict: return std::string(word(send.from));
    case From::dmarc_none:
    case From::dmarc_quarantine:
    case From::dmarc_reject: return send.dkim.sign ? std::nullopt : std::optional(std::string(word(send.from)));
    case From::subdomain: return send.dkim.sign ? std::nullopt : std::optional<std::string>("dmarc-subdomain");
  }
  return std::nullopt;
}

std::optional<std::string> label_of(From from) {
  if (from == From::own || from == From::missing || from == From::twice) return std::nullopt;
  return std::string(word(from));
}

}  // namespace mailprobe::scenarios
