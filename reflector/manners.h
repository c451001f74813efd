// Whether a received message is a probe that may be answered, and to whom. Pure rules; how often somebody is answered
// is reflector/answer_limits.h. Loop-safe: what answers, reports, or comes by a list is never answered.
// RFC 3834 §2 and §5, RFC 5230 §4.6 (lists), RFC 9989 (DMARC); docs/threats.md, Manners.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "auth/header_block.h"
#include "auth/results.h"
#include "base/address.h"
#include "base/words.h"

namespace mailprobe::reflector {

constexpr std::size_t max_answers = 16;  // of one probe

enum class Refusal {
  not_a_probe,        // no X-Mailprobe-Id
  bad_id,             // several, or not what an id looks like
  answer,             // of ours, or of a program like us
  auto_submitted,     // other than "no": RFC 3834 §2
  not_asked,          // Auto-Submitted is not there: a probe that wants an answer says "no"
  report,             // multipart/report
  list,               // List-*, Precedence
  hops,               // it goes in circles
  null_reverse_path,  // RFC 3834 §2
  reverse_path,       // is not known, or is none
  dmarc,              // not a pass
  dmarc_unknown,      // could not be evaluated for now
  not_covered,        // DMARC passes by a signature that does not cover what makes it a probe
  nobody,             // no address may be answered
};

struct Question {
  const auth::Message& message;
  std::optional<std::string> reverse_path;  // "" is the null one; nullopt: not known
  const std::vector<auth::Dkim>& dkim;      // of its signatures
  const auth::Dmarc& dmarc;
};

/// What the rules need of the world.
struct House {
  std::vector<Mailbox> ours;  // addresses that are answered from: never answered
  std::function<bool(const Mailbox& address)> suppressed = [](const Mailbox&) { return false; };
};

struct Judgement {
  std::string probe;                                          // its id, where there is a good one
  std::optional<Refusal> refusal;                             // nullopt: answer `recipients`
  std::string detail;                                         // of the refusal, in words; safe to print
  std::vector<Mailbox> recipients;                            // at most max_answers, each once, the reverse-path first
  std::vector<std::pair<std::string, std::string>> left_out;  // an address, safe to print, and why
};

Judgement judge(const Question& question, const House& house);

}  // namespace mailprobe::reflector

namespace mailprobe {

template <>
struct Words<reflector::Refusal> {
  static constexpr std::array table{
      std::pair{reflector::Refusal::not_a_probe, std::string_view{"not-a-probe"}},
      std::pair{reflector::Refusal::bad_id, std::string_view{"bad-id"}},
      std::pair{reflector::Refusal::answer, std::string_view{"answer"}},
      std::pair{reflector::Refusal::auto_submitted, std::string_view{"auto-submitted"}},
      std::pair{reflector::Refusal::not_asked, std::string_view{"not-asked"}},
      std::pair{reflector::Refusal::report, std::string_view{"report"}},
      std::pair{reflector::Refusal::list, std::string_view{"list"}},
      std::pair{reflector::Refusal::hops, std::string_view{"hops"}},
      std::pair{reflector::Refusal::null_reverse_path, std::string_view{"null-reverse-path"}},
      std::pair{reflector::Refusal::reverse_path, std::string_view{"reverse-path"}},
      std::pair{reflector::Refusal::dmarc, std::string_view{"dmarc"}},
      std::pair{reflector::Refusal::dmarc_unknown, std::string_view{"dmarc-unknown"}},
      std::pair{reflector::Refusal::not_covered, std::string_view{"not-covered"}},
      std::pair{reflector::Refusal::nobody, std::string_view{"nobody"}},
  };
};

}  // namespace mailprobe
