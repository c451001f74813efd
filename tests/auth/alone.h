// What one message alone tells of its first signature, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/single_message.h"
#include "tests/auth/letter.h"

namespace mailprobe::test {

class AloneTest : public LetterTest {
 protected:
  AloneTest() : LetterTest("v=spf1 ip4:192.0.2.1 -all") {}

  auth::Known known(const std::string& message) {
    return auth::known_alone(message, auth::split_message(message), judge(message).dkim).at(0);
  }
  static std::string all(const auth::Known& known) {
    std::string text;
    for (const auto& words : known.words) text += words + "\n";
    return text;
  }
  static auth::SignOptions simple() {
    auto simple = options();
    simple.header = simple.body = auth::Canon::simple;
    return simple;
  }
  static std::string_view bytes(const std::string& message, const auth::Mutation& mutation) {
    const auto [from, to] = *mutation.received;
    return std::string_view(message).substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
  }
  static std::vector<std::string> kinds(const auth::Known& known) {
    std::vector<std::string> out;
    out.reserve(known.mutation.size());
    for (const auto& mutation : known.mutation) out.push_back(mutation.kind);
    return out;
  }
};

}  // namespace mailprobe::test
