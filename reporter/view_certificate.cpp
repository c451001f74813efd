#include "reporter/measurements.h"
#include "reporter/phrases.h"
#include "reporter/picture.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& name : words) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// "CN=mx.example.org,O=…" is named by its common name.
std::string common_name(std::string_view subject) {
  const auto at = subject.find("CN=");
  if (at == std::string_view::npos) return std::string(subject);
  const auto rest = subject.substr(at + 3);
  return std::string(rest.substr(0, rest.find(',')));
}

std::string remaining(const Certificate& certificate, Time at) {
  if (certificate.not_after < at) return "expired " + distance_phrase(at, certificate.not_after);
  if (certificate.not_before > at) return "not yet valid";
  return distance_phrase(at, certificate.not_after);
}

View certificate_view(const Certificate& certificate, std::size_t depth, Time at) {
  const bool in_time = certificate.not_before <= at && at <= certificate.not_after;
  return View()
      .set("role", depth == 0 ? "Server certificate" : "Issuer")
      .set("name", common_name(certificate.subject))
      .set("from_day", day(certificate.not_before))
      .set("to_day", day(certificate.not_after))
      .set("left", remaining(certificate, at))
      .set("left_tone", in_time ? "pass" : "fail")
      .set("elapsed", std::to_string(elapsed_share(certificate, at)))
      .set("terms", terms({{"Subject", certificate.subject},
                           {"Names", joined(certificate.names)},
                           {"Issuer", certificate.issuer},
                           {"Key", certificate.key},
                           {"Signed with", certificate.signature},
                           {"SHA-256", certificate.sha256, true},
                           {"Key’s SHA-256", certificate.spki_sha256, true}}));
}

View verification_view(const Verification& verified) {
  const bool pass = verified.result == "pass";
  View view;
  badge(view, pass ? "pass" : "fail", pass ? "Verified" : "Does not verify");
  return view.set("why", verified.cause ? cause_phrase(*verified.cause) : "").set("detail", verified.detail);
}

Views session_terms(const TlsFacts& tls, const evidence::Probe& of) {
  const auto handshake = handshake_ms(*of.smtp);
  return terms({{"Version", tls_name(tls.version)},
                {"Cipher", tls.cipher},
                {"Key exchange", tls.group.value_or("")},
                {"Server’s signature", tls.peer_signature.value_or("")},
                {"Name asked for (SNI)", tls.sni.value_or("")},
                {"Handshake", handshake ? duration(*handshake) : ""},
                {"DANE", tls.dane ? dane_text(*tls.dane) : ""},
                {"Policy applied", of.policy.applied + (of.policy.reason.empty() ? "" : ": " + of.policy.reason)},
                {"Floor (--tls)", std::string(word(of.policy.floor))}});
}

}  // namespace

void view_certificate(View& probe, const Page& from, const evidence::Probe& of) {
  Views chain, verified;
  const bool has = of.smtp && of.smtp->tls;
  if (has) {
    const auto& tls = *of.smtp->tls;
    for (std::size_t i = 0; i < tls.certificates.size(); ++i)
      chain.push_back(certificate_view(tls.certificates[i], i, from.document.run.started));
    if (tls.verified) verified.push_back(verification_view(*tls.verified));
  }
  probe.set("has_tls", has)
      .set("tls_server", has ? of.smtp->host : "")
      .set("tls_terms", has ? session_terms(*of.smtp->tls, of) : Views{})
      .set("verification", std::move(verified))
      .set("chain", std::move(chain));
}

}  // namespace mailprobe::reporter
