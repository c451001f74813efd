#include "auth/received_tls.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace mailprobe::auth {

namespace {

struct Claim {
  std::string version;
  std::size_t end = 0;  // past the version, in its comment
};

/// "TLSv1.3", "TLS1.3", "TLS1_3", "TLSv1/SSLv3", "SSLv3": one spelling, "TLSv1" for 1.0.
std::optional<Claim> version_in(std::string_view comment) {
  for (std::size_t at = 0; (at = comment.find_first_of("TtSs", at)) != std::string_view::npos; ++at) {
    const bool tls = istarts_with(comment.substr(at), "TLS"), ssl = istarts_with(comment.substr(at), "SSL");
    if (!tls && !ssl) continue;
    auto next = at + 3;
    if (next < comment.size() && lower(comment[next]) == 'v') ++next;
    if (next >= comment.size() || !is_digit(comment[next])) continue;
    std::string version = std::string(tls ? "TLSv" : "SSLv") + comment[next++];
    const bool minor =
        next + 1 < comment.size() && std::string_view("._").contains(comment[next]) && is_digit(comment[next + 1]);
    if (minor && comment[next + 1] != '0') version += std::string(".") + comment[next + 1];
    return Claim{version, minor ? next + 2 : next};
  }
  return std::nullopt;
}

std::string word_at(std::string_view text) { return std::string(text.substr(0, text.find_first_of(" ,:;()"))); }

/// "cipher=X", "with cipher X", "TLSv1.3:X:256".
std::string cipher_in(std::string_view comment, std::size_t after_version) {
  for (const std::string_view key : {"cipher=", "cipher "})
    if (const auto at = ifind(comment, key); at != std::string_view::npos)
      return word_at(comment.substr(at + key.size()));
  if (after_version < comment.size() && comment[after_version] == ':')
    return word_at(comment.substr(after_version + 1));
  return {};
}

/// RFC 3848, RFC 6531 §4.3: the S behind SMTP or LMTP.
bool says_tls(std::string_view protocol) {
  constexpr std::array<std::string_view, 4> ends{"SMTPS", "SMTPSA", "LMTPS", "LMTPSA"};
  return std::ranges::any_of(ends, [&](std::string_view end) {
    return protocol.size() >= end.size() && iequals(protocol.substr(protocol.size() - end.size()), end);
  });
}

}  // namespace

std::optional<std::string> claimed_tls(const std::vector<std::string>& comments, std::string_view protocol,
                                       std::string_view cipher) {
  for (const auto& comment : comments) {
    const auto claim = version_in(comment);
    if (!claim) continue;
    const auto named = cipher.empty() ? cipher_in(comment, claim->end) : std::string(cipher);
    return claim->version + (named.empty() ? "" : " " + named);
  }
  if (!cipher.empty()) return "TLS " + std::string(cipher);
  return says_tls(protocol) ? std::optional<std::string>("TLS") : std::nullopt;
}

}  // namespace mailprobe::auth
