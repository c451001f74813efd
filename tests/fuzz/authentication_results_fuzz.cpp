// Authentication-Results: bounds; what is read and printed is read as the same again, and printing it changes nothing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "auth/authentication_results.h"
#include "auth/limits.h"

using namespace mailprobe::auth;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool same(const MethodResult& a, const MethodResult& b) {
  return a.method == b.method && a.result == b.result && a.properties.size() == b.properties.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto first = parse_authentication_results({reinterpret_cast<const char*>(data), size});
  if (!first) return 0;
  require(first->field.results.size() <= limits::results_in_one);
  require(first->field.results.size() == first->comments.size());
  const auto printed = print_authentication_results(*first);
  require(std::ranges::none_of(printed, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }));
  if (printed.size() > limits::authentication_result_bytes) return 0;  // escaping made it longer
  const auto second = parse_authentication_results(printed);
  require(second.has_value());
  require(std::ranges::equal(first->field.results, second->field.results, same));
  require(print_authentication_results(*second) == printed);
  return 0;
}
