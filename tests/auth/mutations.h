// Messages that were changed on the way, and what was found of it, for tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "auth/mutation.h"

namespace mailprobe::auth {

inline const std::string header =
    "From: Probe <probe@example.org>\r\nTo: reflector@target.test\r\nSubject: Test of delivery\r\n"
    "Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n";
inline const std::string plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";

inline std::vector<std::string> kinds(const std::vector<Mutation>& mutations) {
  std::vector<std::string> out;
  out.reserve(mutations.size());
  for (const auto& mutation : mutations) out.push_back(mutation.kind);
  return out;
}

inline std::string_view bytes(const std::string& message, const std::optional<ByteRange>& range) {
  const auto from = static_cast<std::size_t>(range->first), to = static_cast<std::size_t>(range->second);
  return std::string_view(message).substr(from, to - from);
}

inline const Mutation& only(const std::vector<Mutation>& mutations, std::string_view kind) {
  static const Mutation none;
  for (const auto& mutation : mutations)
    if (mutation.kind == kind) return mutation;
  ADD_FAILURE() << "no " << kind;
  return none;
}

}  // namespace mailprobe::auth
