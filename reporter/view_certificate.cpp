#include "reporter/chain.h"
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

std::string remaining(const Certificate& certificate, Time at) {
  if (certificate.not_after < at) return "expired " + distance_phrase(at, certificate.not_after);
  if (certificate.not_before > at) return "not yet valid";
  return distance_phrase(at, certificate.not_after);
}

View sent_view(View node, const Certificate& certificate, Time at) {
  const bool in_time = certificate.not_before <= at && at <= certificate.not_after;
  return std::move(node.set("sent", true)
                       .set("key", certificate.key)
                       .set("signature", certificate.signature)
                       .set("from_day", day(certificate.not_before))
                       .set("to_day", day(certificate.not_after))
                       .set("left", remaining(certificate, at))
                       .set("left_tone", in_time ? "pass" : "fail")
                       .set("elapsed", std::to_string(elapsed_share(certificate, at)))
                       .set("terms", terms({{"Subject", certificate.subject},
                                            {"Names", joined(certificate.names)},
                                            {"Issuer", certificate.issuer},
                                            {"SHA-256", certificate.sha256, true},
                                            {"Key’s SHA-256", certificate.spki_sha256, true}})));
}

View node_view(const ChainNode& node, Time at) {
  Views marks, step;
  for (const auto& [tone, label] : node.marks) badge(marks.emplace_back(), tone, label);
  for (const auto& [tone, label] : node.step)
    badge(step.emplace_back().set("icon", tone == "fail" ? "cross" : "down"), tone, label);
  View view;
  view.set("tone", node.tone).set("role", node.role).set("name", node.name);
  view.set("has_marks", !marks.empty()).set("marks", std::move(marks)).set("step", std::move(step));
  return node.certificate ? sent_view(std::move(view), *node.certificate, at) : view;
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

Views chain_views(const TlsFacts& tls, Time at) {
  Views views;
  for (const auto& node : chain_of(tls, at)) views.push_back(node_view(node, at));
  return views;
}

void view_certificate(View& probe, const Page& from, const evidence::Probe& of) {
  Views verified;
  const bool has = of.smtp && of.smtp->tls;
  if (has) {
    const auto& tls = *of.smtp->tls;
    if (tls.verified) verified.push_back(verification_view(*tls.verified));
  }
  probe.set("has_tls", has)
      .set("tls_server", has ? of.smtp->host : "")
      .set("tls_terms", has ? session_terms(*of.smtp->tls, of) : Views{})
      .set("verification", std::move(verified))
      .set("chain", has ? chain_views(*of.smtp->tls, from.document.run.started) : Views{});
}

}  // namespace mailprobe::reporter
