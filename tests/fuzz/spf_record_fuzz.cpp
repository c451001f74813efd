// SPF records and their macros: bounds, and that a checked macro-string expands to something that fits.
#include <cstdint>
#include <cstdlib>

#include "auth/limits.h"
#include "auth/spf_domain.h"
#include "auth/spf_macro.h"
#include "auth/spf_record.h"

using namespace mailprobe;
using namespace mailprobe::auth;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void expand(std::string_view text, bool explanation, const SpfMacroValues& values) {
  const bool valid = check_macros(text, explanation).has_value();
  const auto out = expand_macros(text, values, explanation);
  require(out.size() <= limits::spf_expansion);
  if (valid && !explanation && queryable(shortened(out))) require(shortened(out).size() <= 253);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const SpfMacroValues values{"a-b.c@example.org", "example.org", "mx.example.org", "example.org",
                              IpAddress::parse("2001:db8::1").value()};
  expand(text, false, values);
  expand(text, true, values);
  const auto record = parse_spf(text);
  if (!record) return 0;
  for (const auto& term : record->terms) {
    require(term.prefix4 <= 32 && term.prefix6 <= 128 && !term.text.empty());
    require(text.find(term.text) != std::string_view::npos);
    if (!term.domain_spec.empty()) require(check_macros(term.domain_spec, false).has_value());
  }
  if (record->redirect) require(check_macros(*record->redirect, false).has_value());
  return 0;
}
