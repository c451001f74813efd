#include "reporter/chain.h"

#include "evidence/dane_match.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

bool passes(const TlsFacts& tls) { return tls.verified && tls.verified->result == "pass"; }

bool fails_by(const TlsFacts& tls, Cause cause) { return tls.verified && tls.verified->cause == cause; }

bool signs_itself(const Certificate& certificate) { return certificate.subject == certificate.issuer; }

/// "3 1 1 ab…" without the digest.
std::string parameters(std::string_view record) {
  std::size_t end = 0;
  for (int field = 0; field < 3 && end != std::string_view::npos; ++field) end = record.find(' ', end + (field > 0));
  return std::string(record.substr(0, end));
}

void mark_time(ChainNode& node, Time at) {
  if (node.certificate->not_after < at) node.marks.push_back({"fail", "expired"});
  if (node.certificate->not_before > at) node.marks.push_back({"fail", "not yet valid"});
}

void mark_pin(ChainNode& node, const TlsFacts& tls, std::size_t depth) {
  if (!tls.dane || tls.dane->result != "pass") return;
  const auto pinned = evidence::is_of_the_issuer(*tls.dane) ? 1 : tls.dane->depth.value_or(0);
  if (static_cast<std::size_t>(pinned) != depth) return;
  const auto record = tls.dane->matched ? " " + parameters(*tls.dane->matched) : "";
  node.marks.push_back({"pass", "pinned by TLSA" + record});
}

/// A chain that DANE vouches for needs nobody else (RFC 7672 §3.1).
std::string unknown_tone(const TlsFacts& tls) { return tls.dane && tls.dane->result == "pass" ? "mute" : "fail"; }

/// What the chain comes to at its end.
void mark_end(ChainNode& node, const TlsFacts& tls) {
  if (!signs_itself(*node.certificate)) return;
  if (passes(tls))
    node.marks.push_back({"pass", "in our trust store"});
  else if (fails_by(tls, Cause::self_signed) || fails_by(tls, Cause::unknown_ca))
    node.marks.push_back({unknown_tone(tls), "signed by itself, and not known to us"});
}

/// A subject may be empty where the names stand in subjectAltName (RFC 5280 §4.1.2.6).
std::string shown_name(const Certificate& certificate) {
  auto name = common_name(certificate.subject);
  if (name.empty() && !certificate.names.empty()) name = certificate.names.front();
  return name.empty() ? "no name" : name;
}

ChainNode node_of(const TlsFacts& tls, std::size_t depth, Time at) {
  const auto& certificate = tls.certificates[depth];
  ChainNode node{.certificate = &certificate,
                 .role = depth == 0                  ? "Server certificate"
                         : signs_itself(certificate) ? "Root"
                                                     : "Intermediate",
                 .name = shown_name(certificate)};
  mark_time(node, at);
  if (depth == 0 && fails_by(tls, Cause::wrong_name)) node.marks.push_back({"fail", "for other names"});
  mark_pin(node, tls, depth);
  if (depth + 1 == tls.certificates.size()) mark_end(node, tls);
  node.tone = "info";
  for (const auto& mark : node.marks)
    if (mark.tone == "fail" || node.tone == "info") node.tone = mark.tone;
  return node;
}

ChainStep step_of(const Certificate& certificate, const Certificate& next) {
  if (certificate.issuer == next.subject) return {"info", "signed by"};
  return {"fail", "signed by " + common_name(certificate.issuer) + ", which is not what follows"};
}

/// The issuer of the last one that was sent, of which we know its name alone.
void add_unsent(std::vector<ChainNode>& chain, const TlsFacts& tls) {
  const auto& last = *chain.back().certificate;
  if (signs_itself(last)) return;
  const bool known = passes(tls), unknown = fails_by(tls, Cause::unknown_ca);
  ChainNode node{.role = "Issuer, not sent by the server", .name = common_name(last.issuer)};
  node.tone = known ? "pass" : unknown ? unknown_tone(tls) : "mute";
  if (known) node.marks.push_back({"pass", "in our trust store"});
  if (unknown) node.marks.push_back({node.tone, "not known to us"});
  mark_pin(node, tls, chain.size());
  chain.back().step = {{known || unknown ? "info" : "mute", "signed by"}};
  chain.push_back(std::move(node));
}

}  // namespace

std::string common_name(std::string_view subject) {
  const auto at = subject.find("CN=");
  if (at == std::string_view::npos) return std::string(subject);
  const auto rest = subject.substr(at + 3);
  return std::string(rest.substr(0, rest.find(',')));
}

std::string pin_of(const DaneFacts& dane) {
  if (dane.result != "pass") return dane.cause == Cause::policy ? "no TLSA record matches" : dane_text(dane);
  const auto record = dane.matched ? "TLSA " + parameters(*dane.matched) : std::string("a TLSA record");
  return record + " matches " + evidence::matched_words(dane);
}

std::vector<ChainNode> chain_of(const TlsFacts& tls, Time at) {
  std::vector<ChainNode> chain;
  chain.reserve(tls.certificates.size() + 1);
  for (std::size_t i = 0; i < tls.certificates.size(); ++i) {
    chain.push_back(node_of(tls, i, at));
    if (i + 1 < tls.certificates.size()) chain.back().step = {step_of(tls.certificates[i], tls.certificates[i + 1])};
  }
  if (!chain.empty()) add_unsent(chain, tls);
  return chain;
}

}  // namespace mailprobe::reporter
