#include "reporter/each_text.h"

namespace mailprobe::reporter {

namespace {

using Visit = std::function<void(std::string&)>;

class Walk {
 public:
  explicit Walk(const Visit& visit) : visit_(visit) {}

  void operator()(std::string& text) const { visit_(text); }

  template <class T>
  void operator()(std::optional<T>& value) const {
    if (value) (*this)(*value);
  }

  template <class T>
  void operator()(std::vector<T>& values) const {
    for (auto& value : values) (*this)(value);
  }

  void operator()(evidence::Document& d) const {
    all(d.run, d.self, d.target, d.probes, d.sessions, d.findings, d.expectations, d.scores, d.comparison);
  }
  void operator()(evidence::Run& r) const { all(r.id, r.version, r.command, r.scenario, r.target, r.problem); }
  void operator()(evidence::Self& s) const { all(s.address, s.helo, s.ptr, s.port25, s.records); }
  void operator()(evidence::OwnRecord& r) const { all(r.what, r.name, r.type, r.wanted, r.found, r.problem); }
  void operator()(evidence::Target& t) const {
    all(t.domain, t.problem, t.mx, t.ns, t.caa);
    for (auto& [name, record] : t.policies) (*this)(record);
    if (t.mta_sts) (*this)(*t.mta_sts);
    (*this)(t.dmarc_domain);
    for (auto& failure : t.failed) all(failure.what, failure.problem);
    if (!t.spf_survey) return;
    all(t.spf_survey->problems, t.spf_survey->failures);
    for (auto& sender : t.spf_survey->senders) all(sender.domain, sender.term, sender.networks);
  }
  void operator()(evidence::MtaSts& s) const {
    all(s.id, s.mx, s.unlisted, s.source, s.fetched_from, s.problem);
    if (s.tls) (*this)(*s.tls);
  }
  void operator()(evidence::MxHost& m) const {
    all(m.host, m.tlsa, m.addresses, m.caa, m.problem, m.canonical);
    if (m.tlsa_lookup) all(m.tlsa_lookup->base, m.tlsa_lookup->unusable, m.tlsa_lookup->problem);
  }
  void operator()(evidence::MxAddress& a) const { all(a.ip, a.ptr, a.tls, a.session, a.starttls_injection, a.survey); }
  void operator()(evidence::StarttlsInjection& i) const { all(i.command, i.session); }
  void operator()(evidence::CaaRecord& r) const { all(r.owner, r.tag, r.value, r.problem); }
  void operator()(evidence::NameServer& s) const { all(s.host, s.addresses); }
  void operator()(TlsOption& o) const { visit_(o.name); }
  void operator()(TlsChain& c) const {
    all(c.key, c.certificates);
    if (c.verified) all(c.verified->result, c.verified->detail);
    if (c.dane) all(c.dane->result, c.dane->matched, c.dane->detail);
    if (c.ocsp) all(c.ocsp->status, c.ocsp->reason, c.ocsp->problem);
  }
  void operator()(TlsStep& s) const { all(s.asked, s.answered); }
  void operator()(TlsOmission& o) const { all(o.what, o.why); }
  void operator()(TlsSurvey& s) const {
    all(s.versions, s.suites, s.groups, s.hashes, s.keys, s.preferred_suite, s.preference, s.chains, s.steps,
        s.omitted);
  }
  void operator()(TlsFacts& t) const {
    all(t.version, t.cipher, t.group, t.sni, t.peer_signature, t.certificates);
    if (t.verified) all(t.verified->result, t.verified->detail);
    if (t.dane) all(t.dane->result, t.dane->matched, t.dane->detail);
  }
  void operator()(Certificate& c) const {
    all(c.subject, c.issuer, c.names, c.key, c.signature, c.sha256, c.spki_sha256);
  }
  void operator()(evidence::Probe& p) const {
    all(p.id, p.name, p.identity, p.variation, p.control_of, p.fault, p.from, p.reverse_path, p.to, p.message_id);
    if (p.sent) (*this)(p.sent->raw);
    all(p.policy.applied, p.policy.reason, p.via, p.attempts, p.smtp, p.dns_witness, p.dns, p.watch, p.mailbox);
    all(p.traps, p.reply_watch, p.sessions, p.reply, p.replies, p.reports, p.reflection, p.forward, p.smuggling);
  }
  void operator()(evidence::Smuggling& s) const { all(s.sequence, s.id, s.replies, s.folder, s.raw); }
  void operator()(evidence::ReplyFacts& r) const { all(r.enhanced, r.text); }
  void operator()(evidence::ReplyWatch& w) const { all(w.address, w.listening, w.places, w.error); }
  void operator()(evidence::Reply& r) const { all(r.session, r.raw, r.spf, r.dkim, r.dmarc, r.arc, r.statuses); }
  void operator()(evidence::DeliveryStatus& s) const {
    all(s.recipient, s.action, s.status, s.diagnostic, s.remote_mta, s.reporting_mta);
  }
  void operator()(evidence::Reflection& r) const {
    all(r.schema, r.version, r.host, r.session, r.spf, r.dkim, r.dmarc, r.arc, r.headers);
  }
  void operator()(evidence::Report& r) const {
    all(r.kind, r.organization, r.id, r.domain, r.policy, r.joined_by, r.notes, r.rows);
    if (r.mail) all(r.mail->from, r.mail->signed_by);
  }
  void operator()(evidence::ReportRow& r) const {
    all(r.source_ip, r.disposition, r.dkim, r.spf, r.results, r.result_type, r.receiving_mx, r.reason);
  }
  void operator()(evidence::TrapAsked& t) const { all(t.name, t.address); }
  void operator()(evidence::TrapLeftOut& t) const { all(t.name, t.reason); }
  void operator()(evidence::PolicyFetch& f) const { all(f.address, f.name, f.outcome); }
  void operator()(evidence::TrapWatch& t) const { all(t.asked, t.left_out, t.policy_fetches); }
  void operator()(evidence::Raw& r) const { all(r.path, r.sha256); }
  void operator()(evidence::Attempt& a) const {
    all(a.host, a.address, a.local_address, a.helo, a.events, a.tls, a.capabilities, a.phase, a.error);
    if (a.reply) all(a.reply->enhanced, a.reply->text);
  }
  void operator()(Event& e) const { visit_(e.text); }
  void operator()(evidence::DnsQuery& q) const { all(q.name, q.type, q.from, q.use, q.seen, q.client_subnet); }
  void operator()(evidence::DnsWitness& w) const { all(w.zone, w.domain, w.control, w.our_resolvers, w.problem); }
  void operator()(evidence::MailboxWatch& w) const {
    all(w.name, w.url, w.folders, w.marks, w.events, w.tls, w.error, w.answers);
  }
  void operator()(evidence::Session& s) const {
    all(s.probe, s.trap, s.address, s.ptr, s.ptr_claimed, s.helo, s.helo_addresses, s.tls, s.tls_alert, s.mail_from,
        s.recipients, s.spf, s.events, s.end);
  }
  void operator()(evidence::FolderMark& m) const { visit_(m.folder); }
  void operator()(evidence::MailboxAnswer& a) const { all(a.kind, a.folder, a.raw, a.statuses); }
  void operator()(evidence::MailboxCopy& m) const {
    all(m.folder, m.special_use, m.hops, m.authentication_results, m.filter, m.raw, m.spf, m.dkim, m.dmarc, m.arc);
  }
  void operator()(auth::Hop& h) const { all(h.from, h.by, h.protocol, h.tls); }
  void operator()(auth::AuthenticationResults& a) const { all(a.authserv_id, a.results, a.raw); }
  void operator()(auth::MethodResult& r) const {
    all(r.method, r.result, r.reason);
    for (auto& [name, value] : r.properties) all(name, value);
  }
  void operator()(auth::SpfStep& s) const { all(s.domain, s.term); }
  void operator()(auth::Spf& s) const { all(s.domain, s.mechanism, s.path, s.identity, s.reason, s.explanation); }
  void operator()(auth::Dkim& d) const {
    all(d.domain, d.selector, d.algorithm, d.canonicalization, d.header_b, d.reason, d.mutation);
  }
  void operator()(auth::Mutation& m) const { all(m.kind, m.part, m.diff, m.canonicalizations, m.headers); }
  void operator()(auth::Dmarc& d) const {
    all(d.reason, d.domain, d.record_domain, d.claimed_disposition, d.failure_options, d.rua, d.ruf);
  }
  void operator()(auth::Arc& a) const { all(a.reason, a.instances); }
  void operator()(auth::ArcInstance& i) const { all(i.domain, i.selector, i.cv, i.authserv_id, i.results); }
  void operator()(evidence::Finding& f) const {
    all(f.check, f.subject, f.probe, f.summary, f.evidence, f.advice, f.reference, f.explained_by);
  }
  void operator()(evidence::Expectation& e) const { all(e.probe, e.text, e.expected, e.found, e.evidence); }
  void operator()(evidence::Score& s) const { all(s.profile, s.category, s.why); }
  void operator()(evidence::EarlierRun& r) const { all(r.id, r.version); }
  void operator()(evidence::Difference& d) const {
    all(d.what, d.subject, d.check, d.probe, d.before, d.after, d.summary, d.evidence);
  }
  void operator()(evidence::TrendPoint& p) const { (*this)(p.id); }
  void operator()(evidence::Comparison& c) const {
    all(c.with, c.better, c.worse, c.changed, c.appeared, c.gone, c.trend);
  }

 private:
  template <class... T>
  void all(T&... values) const {
    ((*this)(values), ...);
  }

  const Visit& visit_;
};

}  // namespace

void each_text(evidence::Document& document, const Visit& visit) {
  const Walk walk(visit);
  walk(document);
}

}  // namespace mailprobe::reporter
