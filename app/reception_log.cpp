#include "app/reception_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/safe_text.h"

namespace mailprobe::app {

namespace {

constexpr std::size_t max_named = 5;  // recipients: a stranger may name a hundred

/// Each once; how many more there were.
std::string recipients_of(const evidence::Session& session) {
  std::vector<std::string> each;
  for (const auto& recipient : session.recipients)
    if (std::ranges::find(each, recipient) == each.end()) each.push_back(recipient);
  std::string text;
  for (std::size_t i = 0; i < std::min(each.size(), max_named); ++i) text += ", to <" + safe_text(each[i]) + ">";
  if (each.size() > max_named) text += fmt::format(" and {} more", each.size() - max_named);
  return text;
}

}  // namespace

std::string session_line(const evidence::Session& session) {
  auto text = session.address;
  if (session.ptr) text += " (" + safe_text(*session.ptr) + ")";
  text += session.helo ? " as " + safe_text(*session.helo, 255) : " without EHLO";
  text += session.tls ? ", " + session.tls->version : ", no TLS";
  if (session.mail_from) text += ", from <" + safe_text(*session.mail_from) + ">";
  if (session.spf) text += ", spf=" + std::string(word(session.spf->result));
  text += recipients_of(session);
  return text + fmt::format(": {} after {} ms", session.end, session.duration_ms);
}

std::string fetch_line(const evidence::PolicyFetch& fetch) {
  const auto name = fetch.name ? " (" + safe_text(*fetch.name, 255) + ")" : std::string{};
  return fetch.address + " at the policy host" + name + ": " + fetch.outcome;
}

std::string letter_line(const receiver::Letter& letter) {
  const auto& found = letter.evaluation;
  std::string dkim;
  for (const auto& one : found.dkim)
    dkim += (dkim.empty() ? "" : ",") + safe_text(one.domain) + "=" + std::string(word(one.result));
  auto text = fmt::format("kept {}: {} bytes, dkim {}, dmarc={}", letter.name, letter.raw.size(),
                          dkim.empty() ? "none" : dkim, found.dmarc.result ? word(*found.dmarc.result) : "none");
  if (found.arc) text += ", arc=" + std::string(word(found.arc->result));
  if (letter.session.probe) text += ", answers " + *letter.session.probe;
  return text;
}

}  // namespace mailprobe::app
