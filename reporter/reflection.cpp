#include "reporter/reflection.h"

#include "base/text.h"
#include "reporter/answers.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::Probe;
using evidence::Reflection;

/// A row that has something of ours to stand beside it.
SeenRow beside(std::string what, std::string theirs, std::string ours) {
  SeenRow row{.what = std::move(what), .result = {}, .theirs = std::move(theirs), .ours = std::move(ours), .agree = {}};
  if (!row.theirs.empty() && !row.ours.empty()) row.agree = iequals(row.theirs, row.ours);
  return row;
}

SeenRow told(std::string what, std::string_view result, std::string theirs) {
  return {.what = std::move(what), .result = std::string(result), .theirs = std::move(theirs), .ours = {}, .agree = {}};
}

std::string tls_text(const std::optional<TlsFacts>& tls, bool session_known) {
  if (tls) return tls_name(tls->version) + (tls->cipher.empty() ? "" : ", " + tls->cipher);
  return session_known ? "plain text" : "";
}

/// From the attempt that was accepted: over another the message did not come.
void add_session(std::vector<SeenRow>& rows, const Probe& probe) {
  const auto& session = probe.reflection->session;
  const auto* sent = probe.smtp && probe.smtp->outcome == Outcome::accepted && !probe.via ? &*probe.smtp : nullptr;
  if (!session.address.empty())
    rows.push_back(
        told("From", "", session.address + ", " + (session.ptr ? *session.ptr : "PTR " + ptr_text(session))));
  if (session.helo) rows.push_back(beside("HELO", *session.helo, sent != nullptr ? sent->helo : ""));
  const auto theirs = tls_text(session.tls, !session.address.empty());
  if (!theirs.empty()) rows.push_back(beside("TLS", theirs, sent != nullptr ? tls_text(sent->tls, true) : ""));
  if (session.mail_from) rows.push_back(beside("Reverse-path", *session.mail_from, probe.reverse_path));
}

std::string with_reason(std::string text, const std::string& reason) {
  return reason.empty() ? text : text + (text.empty() ? "" : ": ") + reason;
}

void add_spf(std::vector<SeenRow>& rows, const Reflection& seen) {
  if (!seen.spf) return;
  auto text = seen.spf->domain + (seen.spf->mechanism ? ", " + *seen.spf->mechanism : "");
  rows.push_back(told("SPF", word(seen.spf->result), with_reason(std::move(text), seen.spf->reason)));
}

void add_dkim(std::vector<SeenRow>& rows, const Reflection& seen) {
  for (const auto& dkim : seen.dkim)
    rows.push_back(told("DKIM " + dkim.selector, word(dkim.result),
                        with_reason(dkim.domain + ", " + dkim.algorithm + " " + dkim.canonicalization, dkim.reason)));
  if (seen.dkim.empty()) rows.push_back(told("DKIM", "none", "no signature"));
}

void add_dmarc(std::vector<SeenRow>& rows, const Reflection& seen) {
  const auto& dmarc = seen.dmarc;
  auto text = dmarc.domain;
  if (dmarc.policy) text += ", policy " + std::string(word(*dmarc.policy));
  rows.push_back(told("DMARC", dmarc.result ? word(*dmarc.result) : "", with_reason(std::move(text), dmarc.reason)));
}

}  // namespace

std::vector<SeenRow> seen_rows(const Probe& probe) {
  std::vector<SeenRow> rows;
  if (!probe.reflection) return rows;
  const auto& seen = *probe.reflection;
  add_session(rows, probe);
  add_spf(rows, seen);
  add_dkim(rows, seen);
  add_dmarc(rows, seen);
  if (seen.arc) rows.push_back(told("ARC", word(seen.arc->result), seen.arc->reason));
  return rows;
}

std::string reflector_text(const Reflection& seen) {
  return "mailprobe " + seen.version + " at " + seen.host + (seen.received ? ", " + moment(*seen.received) : "");
}

}  // namespace mailprobe::reporter
