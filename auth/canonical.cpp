#include "auth/canonical.h"

#include "auth/header_block.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

bool wsp(char c) { return c == ' ' || c == '\t'; }

/// Runs of white space become one space; those at the end go.
void append_reduced(std::string& out, std::string_view line) {
  bool space = false;
  for (const char c : line) {
    if (wsp(c)) {
      space = true;
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += c;
  }
}

/// Empty lines at the end go; a body that is not empty ends with CRLF (RFC 6376 §3.4.3).
std::size_t end_without_empty_lines(std::string_view body) {
  auto end = body.size();
  while (end >= 4 && body.substr(end - 4, 4) == "\r\n\r\n") end -= 2;
  return end == 2 && body.substr(0, 2) == "\r\n" ? 0 : end;
}

std::string simple_body(std::string_view body) {
  std::string out(body.substr(0, end_without_empty_lines(body)));
  if (!out.ends_with("\r\n")) out += "\r\n";  // RFC 6376 §3.4.3: an empty body is one CRLF
  return out;
}

std::string relaxed_body(std::string_view body) {
  std::string out;
  out.reserve(body.size() + 2);
  std::size_t kept = 0;  // up to the last line that is not empty
  while (!body.empty()) {
    const auto end = body.find("\r\n");
    const auto before = out.size();
    append_reduced(out, body.substr(0, end));
    const bool empty = out.size() == before;
    out += "\r\n";
    if (!empty) kept = out.size();
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 2);
  }
  out.resize(kept);  // RFC 6376 §3.4.4: an empty body is nothing at all
  return out;
}

}  // namespace

std::string canonical_header(std::string_view raw, Canon canon) {
  if (canon == Canon::simple) return std::string(raw);
  const auto colon = raw.find(':');
  auto name = raw.substr(0, colon);
  while (!name.empty() && wsp(name.back())) name.remove_suffix(1);
  std::string out = to_lower(name) + ":";
  if (colon != std::string_view::npos) {
    std::string reduced;  // RFC 6376 §3.4.2: unfold, reduce, trim at both ends
    append_reduced(reduced, unfold(raw.substr(colon + 1)));
    out += reduced.starts_with(' ') ? std::string_view(reduced).substr(1) : std::string_view(reduced);
  }
  return out + "\r\n";
}

std::string canonical_body(std::string_view body, Canon canon) {
  return canon == Canon::simple ? simple_body(body) : relaxed_body(body);
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
