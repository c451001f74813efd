#include "base/u_labels.h"

#include <idn2.h>

#include <memory>

#include "base/address.h"

namespace mailprobe {

namespace {

constexpr std::size_t longest = 253;  // RFC 1035 §2.3.4: an A-label is never shorter than what it stands for

}  // namespace

std::string with_u_labels(std::string_view domain) {
  std::string given(domain);
  if (!domain.contains("xn--") || domain.size() > longest) return given;
  char* text = nullptr;
  if (idn2_to_unicode_8z8z(given.c_str(), &text, 0) != IDN2_OK) return given;
  const std::unique_ptr<char, decltype(&idn2_free)> owned(text, idn2_free);
  const auto back = DomainName::parse(text);
  return back && back->text() == given ? std::string(text) : given;
}

}  // namespace mailprobe
