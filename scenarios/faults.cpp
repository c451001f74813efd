#include "scenarios/faults.h"

namespace mailprobe::scenarios {

std::optional<std::string> fault_of(const Send& send) {
  if (send.end_of_data) return "smuggling-" + std::string(word(*send.end_of_data));
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

std::string_view bytes_of(EndOfData end) {
  using namespace std::string_view_literals;
  switch (end) {
    case EndOfData::lf_dot_lf: return "\n.\n"sv;
    case EndOfData::lf_dot_cr: return "\n.\r"sv;
    case EndOfData::cr_dot_lf: return "\r.\n"sv;
    case EndOfData::cr_dot_cr: return "\r.\r"sv;
    case EndOfData::lf_dot_crlf: return "\n.\r\n"sv;
    case EndOfData::cr_dot_crlf: return "\r.\r\n"sv;
    case EndOfData::crlf_dot_crcrlf: return "\r\n.\r\r\n"sv;
    case EndOfData::crcrlf_dot_crcrlf: return "\r\r\n.\r\r\n"sv;
    case EndOfData::crlf_nul_dot_crlf: return "\r\n\0.\r\n"sv;
  }
  return {};
}

}  // namespace mailprobe::scenarios
