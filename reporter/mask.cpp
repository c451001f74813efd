#include "reporter/mask.h"

#include "base/text.h"

namespace mailprobe::reporter {

namespace {

/// atext and the dot (RFC 5322 §3.2.3), and UTF-8 (RFC 6531 §3.3).
bool local_character(char c) {
  constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~.";
  return is_alpha(c) || is_digit(c) || others.contains(c) || static_cast<unsigned char>(c) >= 0x80;
}

bool domain_starts(std::string_view text, std::size_t at) {
  return at < text.size() &&
         (is_alpha(text[at]) || is_digit(text[at]) || text[at] == '[' || static_cast<unsigned char>(text[at]) >= 0x80);
}

/// Where the local part that ends before `end` begins; `end` where there is none.
std::size_t local_begin(std::string_view text, std::size_t end) {
  if (end > 0 && text[end - 1] == '"') {
    for (auto i = end - 1; i > 0; --i)
      if (text[i - 1] == '"' && (i < 2 || text[i - 2] != '\\')) return i - 1;
    return end;
  }
  auto begin = end;
  while (begin > 0 && local_character(text[begin - 1])) --begin;
  return begin;
}

/// "smtp.mailfrom=alice" and "mailto:alice": the name in front is no part of the address.
std::size_t behind_property(std::string_view text, std::size_t begin, std::size_t end) {
  const auto local = text.substr(begin, end - begin);
  for (const std::string_view name : {"mailfrom=", "rcptto=", "from=", "to=", "i=", "rua=", "auth=", "envelope-from="})
    if (const auto at = ifind(local, name); at != std::string_view::npos && at + name.size() < local.size())
      return begin + at + name.size();
  return begin;
}

struct At {
  std::size_t begin, length;  // of "@" or its encoding
};

At next_at(std::string_view text, std::size_t from) {
  At found{text.size(), 0};
  for (const std::string_view sign : {"@", "%40", "=40"})
    if (const auto at = text.find(sign, from); at < found.begin) found = {at, sign.size()};
  return found;
}

bool word_character(char c) {
  return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '@' || static_cast<unsigned char>(c) >= 0x80;
}

bool joined(char c, char beyond) { return word_character(c) || (c == '.' && word_character(beyond)); }

bool stands_alone(std::string_view text, std::size_t at, std::size_t length) {
  const auto character = [&](std::size_t i) { return i < text.size() ? text[i] : ' '; };
  if (at > 0 && joined(text[at - 1], at > 1 ? text[at - 2] : ' ')) return false;
  return !joined(character(at + length), character(at + length + 1));
}

/// "/home/anna/x": not "a/b", "https://host/x/y" or the place that a policy is fetched from (RFC 8461 §3.3). What is
/// left of a name with spaces in it has several slashes.
bool is_path(std::string_view word) {
  if (word.find("://") != std::string_view::npos || word.starts_with("/.well-known/")) return false;
  return (word.size() > 1 && word.front() == '/') || std::ranges::count(word, '/') > 1;
}

}  // namespace

std::string mask_addresses(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (auto at = next_at(text, 0); at.length > 0; at = next_at(text, at.begin + at.length)) {
    const auto begin = std::max(copied, local_begin(text, at.begin));
    if (begin >= at.begin || !domain_starts(text, at.begin + at.length)) continue;
    const auto local = behind_property(text, begin, at.begin);
    out.append(text.substr(copied, local - copied)).append(masked);
    copied = at.begin;
  }
  return out.append(text.substr(copied));
}

std::string mask_words(std::string_view text, const std::set<std::string>& words) {
  std::string out(text);
  for (const auto& secret : words) {
    std::size_t from = 0;
    for (auto at = ifind(out, secret); at != std::string_view::npos;) {
      if (stands_alone(out, at, secret.size())) {
        out.replace(at, secret.size(), masked);
        from = at + masked.size();
      } else {
        from = at + 1;
      }
      const auto next = ifind(std::string_view(out).substr(from), secret);
      at = next == std::string_view::npos ? next : from + next;
    }
  }
  return out;
}

std::string mask_paths(std::string_view text) {
  constexpr std::string_view around = "\"'(),;:";
  std::string out;
  for (const auto word : split(text, ' ')) {
    if (!out.empty() || word.data() != text.data()) out += ' ';
    const auto begin = std::min(word.find_first_not_of(around), word.size());
    const auto end = begin == word.size() ? begin : word.find_last_not_of(around) + 1;
    const auto inner = word.substr(begin, end - begin);
    out.append(word.substr(0, begin)).append(is_path(inner) ? masked : inner).append(word.substr(end));
  }
  return out;
}

}  // namespace mailprobe::reporter
