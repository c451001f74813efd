#include "evidence/trail.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace mailprobe::evidence {

std::string Trail::next() {
  if (!rest_.starts_with('/')) return {};
  rest_.remove_prefix(1);
  const auto end = std::min(rest_.find('/'), rest_.size());
  std::string step(rest_.substr(0, end));
  rest_.remove_prefix(end);
  // RFC 6901 §4: ~1 before ~0, so that ~01 is the text "~1".
  for (const auto& [from, to] : {std::pair{"~1", '/'}, std::pair{"~0", '~'}})
    for (auto at = step.find(from); at != std::string::npos; at = step.find(from, at + 1)) step.replace(at, 2, 1, to);
  return step;
}

std::size_t Trail::next_index(std::size_t size) {
  const auto step = next();
  std::size_t index = size;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  const bool whole = error == std::errc{} && end == step.data() + step.size();
  return whole ? std::min(index, size) : size;
}

}  // namespace mailprobe::evidence
