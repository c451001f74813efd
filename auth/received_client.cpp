#include "auth/received_client.h"

#include <algorithm>

#include "base/text.h"

namespace mailprobe::auth {

namespace {

std::optional<IpAddress> address(std::string_view text) {
  if (istarts_with(text, "IPv6:")) text.remove_prefix(5);
  const auto parsed = IpAddress::parse(text);
  return parsed ? std::optional(parsed->unmapped()) : std::nullopt;
}

/// "[192.0.2.1]", "[IPv6:2001:db8::1]", "[192.0.2.1]:4711".
std::optional<IpAddress> bracketed(std::string_view text) {
  const auto open = text.find('[');
  if (open == std::string_view::npos) return std::nullopt;
  return address(text.substr(open + 1, text.find(']', open) - open - 1));
}

/// One word that is an address: Exchange "(192.0.2.1)", qmail "(user@192.0.2.1)".
std::optional<IpAddress> bare(std::string_view comment) {
  for (auto word : split(comment, ' ')) {
    if (const auto at = word.rfind('@'); at != std::string_view::npos) word.remove_prefix(at + 1);
    if (const auto found = address(word)) return found;
  }
  return std::nullopt;
}

/// "helo=name" (Exim), "HELO name" and "EHLO name" (qmail, Yahoo): cut out of the comment, for the client chose it.
std::string cut_helo(std::string& comment) {
  for (const std::string_view key : {"helo=", "helo ", "ehlo "}) {
    const auto at = ifind(comment, key);
    if (at == std::string::npos || (at > 0 && comment[at - 1] != ' ')) continue;
    const auto start = at + key.size();
    const auto end = std::min(comment.find(' ', start), comment.size());
    auto helo = comment.substr(start, end - start);
    comment.erase(at, end - at);
    return helo;
  }
  return {};
}

/// The name before "[": Postfix "(mx.example.org [192.0.2.1])", Sendmail "(IDENT:user@mx.example.org [192.0.2.1])".
std::string looked_up(std::string_view comment) {
  if (ifind(comment, "may be forged") != std::string_view::npos) return {};
  auto name = trim(comment.substr(0, comment.find('[')));
  name = name.substr(name.find_last_of(" @") + 1);  // npos + 1 is 0
  if (name.ends_with('.')) name.remove_suffix(1);
  if (iequals(name, "unknown") || !name.contains('.') || address(name)) return {};
  return std::string(name);
}

}  // namespace

void read_client(const std::vector<std::string>& comments, Received& received) {
  for (auto comment : comments) {
    if (auto helo = cut_helo(comment); !helo.empty()) received.helo = std::move(helo);
    auto found = bracketed(comment);
    if (found) received.client_name = looked_up(comment);
    if (!found) found = bare(comment);
    if (found) received.client = found;  // the last one: a HELO name with an address in it comes before
  }
  const bool own_name = !received.helo.empty();  // where HELO stands apart, the first word is what the host looked up
  if (!own_name) received.helo = received.from;
  const auto literal = bracketed(received.from);
  if (!received.client && literal)
    received.client = literal;
  else if (!received.client && own_name)
    received.client = address(received.from);
  if (own_name && received.client_name.empty() && !literal) received.client_name = looked_up(received.from);
}

}  // namespace mailprobe::auth
