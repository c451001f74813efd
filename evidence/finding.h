// A finding: one check's verdict about one subject, with its cause, its evidence and what to do about it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cause.h"
#include "base/words.h"

namespace mailprobe::evidence {

enum class Verdict { pass, warn, fail, info, inconclusive, not_applicable, not_tested, error };
enum class Grade { looked_up, evaluated, recorded, enforced };
enum class FixBy { domain_owner, provider, us, nobody };

struct Finding {
  std::string check;    // "inbound.starttls"
  std::string subject;  // "address mx.example.org 192.0.2.1", "probe default", "domain example.org"
  std::optional<std::string> probe;
  Verdict verdict = Verdict::not_tested;
  std::optional<Grade> grade;
  std::optional<Cause> cause;
  std::string summary;                // one sentence
  std::vector<std::string> evidence;  // JSON Pointers into the document (RFC 6901)
  std::string advice, reference;
  FixBy fix_by = FixBy::nobody;
  std::vector<std::string> explained_by{};  // JSON Pointers to self.* findings: a fault of ours that it may come from
};

}  // namespace mailprobe::evidence

namespace mailprobe {

template <>
struct Words<evidence::Verdict> {
  static constexpr std::array table{
      std::pair{evidence::Verdict::pass, std::string_view{"pass"}},
      std::pair{evidence::Verdict::warn, std::string_view{"warn"}},
      std::pair{evidence::Verdict::fail, std::string_view{"fail"}},
      std::pair{evidence::Verdict::info, std::string_view{"info"}},
      std::pair{evidence::Verdict::inconclusive, std::string_view{"inconclusive"}},
      std::pair{evidence::Verdict::not_applicable, std::string_view{"not-applicable"}},
      std::pair{evidence::Verdict::not_tested, std::string_view{"not-tested"}},
      std::pair{evidence::Verdict::error, std::string_view{"error"}},
  };
};

template <>
struct Words<evidence::Grade> {
  static constexpr std::array table{
      std::pair{evidence::Grade::looked_up, std::string_view{"looked-up"}},
      std::pair{evidence::Grade::evaluated, std::string_view{"evaluated"}},
      std::pair{evidence::Grade::recorded, std::string_view{"recorded"}},
      std::pair{evidence::Grade::enforced, std::string_view{"enforced"}},
  };
};

template <>
struct Words<evidence::FixBy> {
  static constexpr std::array table{
      std::pair{evidence::FixBy::domain_owner, std::string_view{"domain-owner"}},
      std::pair{evidence::FixBy::provider, std::string_view{"provider"}},
      std::pair{evidence::FixBy::us, std::string_view{"us"}},
      std::pair{evidence::FixBy::nobody, std::string_view{"nobody"}},
  };
};

}  // namespace mailprobe
