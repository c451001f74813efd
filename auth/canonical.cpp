#include "auth/canonical.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "auth/reduce_line.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

bool wsp(char c) { return c == ' ' || c == '\t'; }

/// Whether no white space would be reduced: no tab, no two spaces, none at a line's end. Often so, and found out many
/// octets at a time: compilers turn a loop of a known length into a few vector instructions.
bool already_reduced(std::string_view text) {
  constexpr std::size_t block = 32;
  if (!text.empty() && wsp(text.back())) return false;
  const auto odd = [](char c, char next) {
    return static_cast<std::uint8_t>((c == '\t') | ((c == ' ') & ((next == ' ') | (next == '\r'))));
  };
  std::size_t at = 0;
  for (; at + block < text.size(); at += block) {
    const char* from = text.data() + at;
    std::uint8_t found = 0;
    for (std::size_t i = 0; i < block; ++i) found |= odd(from[i], from[i + 1]);
    if (found != 0) return false;
  }
  for (; at + 1 < text.size(); ++at)
    if (odd(text[at], text[at + 1]) != 0) return false;
  return true;
}

/// Runs of white space become one space; those at the end go, and so do folds.
void append_reduced(std::string& out, std::string_view line) {
  const auto start = out.size();
  out.resize(start + line.size());
  char* to = out.data() + start;
  bool space = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (wsp(c)) {
      space = true;
    } else if (c == '\r' && i + 1 < line.size() && line[i + 1] == '\n') {
      ++i;
    } else {
      if (space) *to++ = ' ';
      space = false;
      *to++ = c;
    }
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
}

/// Empty lines at the end go; a body that is not empty ends with CRLF (RFC 6376 §3.4.3).
std::size_t end_without_empty_lines(std::string_view body) {
  auto end = body.size();
  while (end >= 4 && body.substr(end - 4, 4) == "\r\n\r\n") end -= 2;
  return end == 2 && body.substr(0, 2) == "\r\n" ? 0 : end;
}

std::string relaxed_body(std::string_view body) {
  std::string out(body.size() + 2 + reduce_room, '\0');
  char* to = out.data();
  const char* kept = to;  // up to the last line that is not empty
  while (!body.empty()) {
    const auto end = body.find("\r\n");
    auto line = body.substr(0, end);
    while (!line.empty() && wsp(line.back())) line.remove_suffix(1);
    const char* const before = to;
    to = reduce_line(line, to);
    const bool empty = to == before;
    *to++ = '\r';
    *to++ = '\n';
    if (!empty) kept = to;
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 2);
  }
  out.resize(static_cast<std::size_t>(kept - out.data()));  // RFC 6376 §3.4.4: an empty body is nothing at all
  return out;
}

}  // namespace

void append_canonical_header(std::string& out, std::string_view raw, Canon canon) {
  if (canon == Canon::simple) {
    out += raw;
    return;
  }
  const auto colon = raw.find(':');
  auto name = raw.substr(0, colon);
  while (!name.empty() && wsp(name.back())) name.remove_suffix(1);
  std::ranges::transform(name, std::back_inserter(out), lower);
  out += ':';
  // RFC 6376 §3.4.2: unfold, reduce, trim at both ends
  if (colon != std::string_view::npos) append_reduced(out, trim(raw.substr(colon + 1)));
  out += "\r\n";
}

std::string canonical_header(std::string_view raw, Canon canon) {
  std::string out;
  append_canonical_header(out, raw, canon);
  return out;
}

std::string_view canonical_body(std::string_view body, Canon canon, std::string& storage) {
  const auto form = body.substr(0, end_without_empty_lines(body));
  if (canon == Canon::relaxed) {
    if ((form.empty() || form.ends_with("\r\n")) && already_reduced(form)) return form;
    return storage = relaxed_body(body);
  }
  if (form.ends_with("\r\n")) return form;
  storage = form;
  return storage += "\r\n";  // RFC 6376 §3.4.3: an empty body is one CRLF
}

std::string canonical_body(std::string_view body, Canon canon) {
  std::string storage;
  return std::string(canonical_body(body, canon, storage));
}

std::string without_signature(std::string_view raw) {
  std::size_t at = raw.find(':');
  at = at == std::string_view::npos ? 0 : at + 1;
  while (at < raw.size()) {
    auto end = raw.find(';', at);
    if (end == std::string_view::npos) end = raw.size();
    const auto spec = raw.substr(at, end - at);
    const auto equals = spec.find('=');
    if (equals != std::string_view::npos && trim(spec.substr(0, equals)) == "b") {
      const bool last = end == raw.size();
      std::string out(raw.substr(0, at + equals + 1));
      if (last && raw.ends_with("\r\n")) out += "\r\n";
      return out.append(raw.substr(end));
    }
    at = end + 1;
  }
  return std::string(raw);
}

}  // namespace mailprobe::auth
