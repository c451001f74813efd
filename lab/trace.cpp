#include "lab/trace.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::lab {

namespace {

std::string text(std::string_view from) { return std::string(from); }

/// RFC 3848: S with TLS, A with authentication.
std::string protocol(const smtp::ServerState& state) {
  if (!state.esmtp) return "SMTP";
  return text("ESMTP") + (state.tls ? "S" : "") + (state.user.empty() ? "" : "A");
}

/// A host's name for itself, which may be anything: nothing of it must look like more of the field.
std::string harmless(std::string_view helo) {
  std::string name(helo.substr(0, 255));
  std::ranges::replace_if(
      name,
      [](char c) {
        return !is_alpha(c) && !is_digit(c) && std::string_view("-._:[]").find(c) == std::string_view::npos;
      },
      '?');
  return name;
}

bool in_token(char c) {  // RFC 2045 §5.1, and "@": pvalue may be an address
  static constexpr std::string_view tspecials = "()<>,;:\\\"/[]?=";
  return c > 0x20 && c < 0x7f && tspecials.find(c) == std::string_view::npos;
}

/// pvalue: as it is where the grammar lets it, else quoted (RFC 8601 §2.2).
std::string pvalue(std::string_view value) {
  if (!value.empty() && std::ranges::all_of(value, in_token)) return text(value);
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return quoted + "\"";
}

std::string property(std::string_view name, std::string_view value) {
  return value.empty() ? "" : " " + text(name) + "=" + pvalue(value);
}

std::string spf_result(const auth::Spf& spf, const auth::Envelope& envelope) {
  const bool from_helo = spf.identity == "helo" || !envelope.mail_from || envelope.mail_from->empty();
  return "spf=" + text(word(spf.result)) +
         (from_helo ? property("smtp.helo", envelope.helo) : property("smtp.mailfrom", *envelope.mail_from));
}

std::string dkim_result(const auth::Dkim& dkim) {
  return "dkim=" + text(word(dkim.result)) + property("header.d", dkim.domain) + property("header.s", dkim.selector) +
         property("header.a", dkim.algorithm) + property("header.b", dkim.header_b);  // RFC 6008 §4
}

std::string dmarc_result(const auth::Dmarc& dmarc) {
  auto line = "dmarc=" + text(dmarc.result ? word(*dmarc.result) : "none");
  if (dmarc.policy) line += " (p=" + text(word(*dmarc.policy)) + ")";
  return line + property("header.from", dmarc.domain);
}

}  // namespace

std::string return_path(const Path& reverse_path) { return "Return-Path: <" + reverse_path.text() + ">\r\n"; }

std::string received(const smtp::ServerState& state, const std::string& host, const Path& recipient, Time time) {
  auto field = "Received: from " + harmless(state.helo) + " ([" + state.peer_address + "])\r\n";
  if (state.tls) field += "\t(using " + state.tls->version + " with cipher " + state.tls->cipher + ")\r\n";
  field += "\tby " + host + " with " + protocol(state) + " id " + base32(random_bytes(5)) + "\r\n";
  return field + "\tfor <" + recipient.text() + ">; " + rfc5322(time) + "\r\n";
}

std::string authentication_results(const std::string& authserv_id, const auth::Envelope& envelope,
                                   const auth::Evaluation& evaluation) {
  std::string field = "Authentication-Results: " + authserv_id;
  if (evaluation.spf) field += ";\r\n\t" + spf_result(*evaluation.spf, envelope);
  for (const auto& dkim : evaluation.dkim) field += ";\r\n\t" + dkim_result(dkim);
  if (evaluation.dkim.empty()) field += ";\r\n\tdkim=none";
  return field + ";\r\n\t" + dmarc_result(evaluation.dmarc) + "\r\n";
}

}  // namespace mailprobe::lab
