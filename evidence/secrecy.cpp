#include "evidence/secrecy.h"

#include <algorithm>
#include <optional>
#include <string>

#include "evidence/checks_copy.h"

namespace mailprobe::evidence {

namespace {

/// Each text in which somebody who has had the message may repeat what stands in it. Names of ours, digests and words
/// of a fixed vocabulary are none of them.
class Quotes {
 public:
  explicit Quotes(const Hidden& hidden) : hidden_(hidden) {}

  void operator()(std::string& text) const { text = hidden_.masked(text); }
  template <class T>
  void operator()(std::optional<T>& value) const {
    if (value) (*this)(*value);
  }
  template <class T>
  void operator()(std::vector<T>& values) const {
    for (auto& value : values) (*this)(value);
  }

  void operator()(Probe& p) const {
    all(p.attempts, p.smtp, p.watch, p.mailbox, p.reply_watch, p.sessions, p.reply, p.replies, p.forward);
    all(p.reports, p.reflection, p.smuggling);
  }
  void operator()(Event& e) const { (*this)(e.text); }
  void operator()(ReplyFacts& r) const { (*this)(r.text); }
  void operator()(Attempt& a) const { all(a.events, a.capabilities, a.reply, a.error); }
  void operator()(StarttlsInjection& i) const { (*this)(i.session); }
  void operator()(MxAddress& a) const { all(a.session, a.starttls_injection); }
  void operator()(MxHost& h) const { (*this)(h.addresses); }
  void operator()(DeliveryStatus& s) const { all(s.recipient, s.action, s.status, s.diagnostic, s.remote_mta); }
  void operator()(MailboxAnswer& a) const { all(a.folder, a.statuses); }
  void operator()(FolderMark& m) const { (*this)(m.folder); }
  void operator()(MailboxWatch& w) const { all(w.folders, w.marks, w.events, w.error, w.answers); }
  void operator()(ReplyWatch& w) const { (*this)(w.error); }
  void operator()(MailboxCopy& m) const {
    all(m.folder, m.hops, m.authentication_results, m.filter, m.spf, m.dkim, m.dmarc, m.arc);
  }
  void operator()(Session& s) const { all(s.helo, s.mail_from, s.spf, s.events); }
  void operator()(Reply& r) const { all(r.session, r.spf, r.dkim, r.dmarc, r.arc, r.statuses); }
  void operator()(Reflection& r) const { all(r.host, r.session, r.spf, r.dkim, r.dmarc, r.arc, r.headers); }
  void operator()(ReportRow& r) const { all(r.results, r.reason); }
  void operator()(Report& r) const { all(r.notes, r.rows); }
  void operator()(Smuggling& s) const { all(s.replies, s.folder); }
  void operator()(auth::Hop& h) const { all(h.from, h.by, h.protocol, h.tls); }
  void operator()(auth::MethodResult& r) const {
    (*this)(r.reason);
    for (auto& [name, value] : r.properties) (*this)(value);
  }
  void operator()(auth::AuthenticationResults& a) const { all(a.results, a.raw); }
  void operator()(auth::Spf& s) const { all(s.reason, s.explanation); }
  void operator()(auth::Mutation& m) const { (*this)(m.diff); }
  void operator()(auth::Dkim& d) const { all(d.reason, d.mutation); }
  void operator()(auth::Dmarc& d) const { all(d.reason, d.claimed_disposition); }
  void operator()(auth::ArcInstance& i) const { (*this)(i.results); }
  void operator()(auth::Arc& a) const { all(a.reason, a.instances); }
  void operator()(Finding& f) const { all(f.summary, f.advice); }
  void operator()(Expectation& e) const { (*this)(e.found); }

  template <class... T>
  void all(T&... values) const {
    ((*this)(values), ...);
  }

 private:
  const Hidden& hidden_;
};

void drop_diagnostics(std::vector<DeliveryStatus>& statuses) {
  for (auto& status : statuses)
    if (status.diagnostic) status.diagnostic = not_shown;
}

/// "X-Spam-Flag: YES (not shown: …)": what decides is judged again.
void drop_value(std::string& field) {
  auto deciding = deciding_part(field);
  if (!deciding.empty()) deciding += ' ';
  field =
      field.substr(0, std::min(field.find(':'), field.size())) + ": " + deciding + "(" + std::string(not_shown) + ")";
}

/// The words of whoever had the message, in its results for it; the results themselves are judged.
void drop_words(auth::AuthenticationResults& recorded) {
  if (!recorded.raw.empty()) recorded.raw = not_shown;
  for (auto& result : recorded.results)
    if (!result.reason.empty()) result.reason = not_shown;
}

/// What came with a late copy.
void drop_words(MailboxCopy& copy) {
  std::ranges::for_each(copy.filter, drop_value);
  for (auto& recorded : copy.authentication_results) drop_words(recorded);
  if (!copy.arc) return;
  for (auto& instance : copy.arc->instances)
    for (auto& result : instance.results)
      if (!result.reason.empty()) result.reason = not_shown;
}

}  // namespace

void each_raw(Probe& probe, const std::function<void(Raw&)>& visit) {
  if (probe.sent) visit(probe.sent->raw);
  if (probe.watch)
    for (auto& answer : probe.watch->answers) visit(answer.raw);
  if (probe.mailbox) visit(probe.mailbox->raw);
  if (probe.reply) visit(probe.reply->raw);
  for (auto& reply : probe.replies) visit(reply.raw);
  if (probe.forward) visit(probe.forward->raw);
  if (probe.smuggling && probe.smuggling->raw) visit(*probe.smuggling->raw);
}

void each_mutation(Probe& probe, const std::function<void(auth::Mutation&)>& visit) {
  const auto visit_all = [&](std::vector<auth::Dkim>& signatures) {
    for (auto& signature : signatures) std::ranges::for_each(signature.mutation, visit);
  };
  if (probe.mailbox) visit_all(probe.mailbox->dkim);
  if (probe.reply) visit_all(probe.reply->dkim);
  for (auto& reply : probe.replies) visit_all(reply.dkim);
  if (probe.forward) visit_all(probe.forward->dkim);
  if (probe.reflection) visit_all(probe.reflection->dkim);
}

void leave_out_message(Probe& probe) {
  if (!probe.secret) return;
  each_raw(probe, [](Raw& raw) { raw.base64.reset(); });
  each_mutation(probe, [](auth::Mutation& mutation) {
    if (!mutation.diff.empty()) mutation.diff = " " + std::string(not_shown);
  });
  if (probe.reflection && !probe.reflection->headers.empty()) probe.reflection->headers = not_shown;
}

void mask_quotes(Probe& probe, const Hidden& hidden) {
  if (!hidden.empty()) Quotes{hidden}(probe);
}

void mask_quotes(Document& document, const Hidden& hidden) {
  if (hidden.empty()) return;
  Quotes{hidden}.all(document.run.problem, document.target.mx, document.probes, document.sessions, document.findings,
                     document.expectations);
}

void leave_out_late(Probe& probe, std::size_t known) {
  if (!probe.secret) return;
  leave_out_message(probe);
  if (probe.mailbox && probe.mailbox->late) drop_words(*probe.mailbox);
  const auto drop_late = [](Reply& reply) {
    if (reply.late) drop_diagnostics(reply.statuses);
  };
  if (probe.reply) drop_late(*probe.reply);
  for (auto& reply : probe.replies) drop_late(reply);
  if (!probe.watch) return;
  auto& answers = probe.watch->answers;
  for (auto i = known; i < answers.size(); ++i) drop_diagnostics(answers[i].statuses);
}

}  // namespace mailprobe::evidence
