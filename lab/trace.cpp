#include "lab/trace.h"

#include "base/encoding.h"

namespace mailprobe::lab {

namespace {

std::string text(std::string_view from) { return std::string(from); }

/// RFC 3848: S with TLS, A with authentication.
std::string protocol(const smtp::ServerState& state) {
  if (!state.esmtp) return "SMTP";
  return text("ESMTP") + (state.tls ? "S" : "") + (state.user.empty() ? "" : "A");
}

std::string spf_result(const auth::Spf& spf, const auth::Envelope& envelope) {
  const bool from_helo = spf.identity == "helo" || !envelope.mail_from || envelope.mail_from->empty();
  return "spf=" + text(word(spf.result)) +
         (from_helo ? " smtp.helo=" + envelope.helo : " smtp.mailfrom=" + *envelope.mail_from);
}

std::string dkim_result(const auth::Dkim& dkim) {
  return "dkim=" + text(word(dkim.result)) + " header.d=" + dkim.domain + " header.s=" + dkim.selector +
         " header.a=" + dkim.algorithm + " header.b=" + dkim.header_b;  // RFC 6008 §4
}

std::string dmarc_result(const auth::Dmarc& dmarc) {
  auto line = "dmarc=" + text(dmarc.result ? word(*dmarc.result) : "none");
  if (dmarc.policy) line += " (p=" + text(word(*dmarc.policy)) + ")";
  if (!dmarc.domain.empty()) line += " header.from=" + dmarc.domain;
  return line;
}

}  // namespace

std::string return_path(const Path& reverse_path) { return "Return-Path: <" + reverse_path.text() + ">\r\n"; }

std::string received(const smtp::ServerState& state, const std::string& host, const Path& recipient, Time time) {
  auto field = "Received: from " + state.helo + " ([" + state.peer_address + "])\r\n";
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
