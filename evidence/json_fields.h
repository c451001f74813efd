// Which members the evidence document has, and in which order: one list a type, used for writing and for reading, so
// that the two cannot differ. No JSON library here. Names and shapes: docs/architecture.md, Evidence document.
#pragma once

#include <concepts>
#include <type_traits>

#include "evidence/document.h"

namespace mailprobe::evidence {

template <class T, class Type>
concept Like = std::same_as<std::remove_const_t<T>, Type>;

/// `visit(name, member)` for what there is; `visit.known(name, member)` where an empty text or a 0 stands for what is
/// not known, or not there, which is null; `visit.later(name, member)` for what earlier versions did not write, and
/// which may be missing.
template <class Visitor>
void fields(Visitor& visit, Like<Raw> auto& raw) {
  visit("base64", raw.base64);
  visit("path", raw.path);
  visit("sha256", raw.sha256);
}

template <class Visitor>
void fields(Visitor& visit, Like<Run> auto& run) {
  visit("id", run.id);
  visit("version", run.version);
  visit("started", run.started);
  visit("finished", run.finished);
  visit("command", run.command);
  visit("scenario", run.scenario);
  visit("target", run.target);
  visit("exit", run.exit);
  visit("interrupted", run.interrupted);
  visit("problem", run.problem);
  visit.later("skipped", run.skipped);
}

template <class Visitor>
void fields(Visitor& visit, Like<Skipped> auto& one) {
  visit("probe", one.probe);
  visit("check", one.check);
  visit("reason", one.reason);
}

template <class Visitor>
void fields(Visitor& visit, Like<OwnRecord> auto& record) {
  visit("what", record.what);
  visit("name", record.name);
  visit("type", record.type);
  visit("wanted", record.wanted);
  visit("found", record.found);
  visit("holds", record.holds);
  visit("cause", record.cause);
  visit("problem", record.problem);
}

template <class Visitor>
void fields(Visitor& visit, Like<Self> auto& self) {
  visit("address", self.address);
  visit("helo", self.helo);
  visit("ptr", self.ptr);
  visit("port25", self.port25);
  visit("clock_skew", self.clock_skew);
  visit("records", self.records);
}

template <class Visitor>
void fields(Visitor& visit, Like<MxAddress> auto& address) {
  visit("ip", address.ip);
  visit("dnssec", address.dnssec);
  visit("ptr", address.ptr);
  visit.later("ptr_confirmed", address.ptr_confirmed);
  visit("tls", address.tls);
  visit.later("survey", address.survey);
  visit.later("session", address.session);
  visit.later("starttls_injection", address.starttls_injection);
}

template <class Visitor>
void fields(Visitor& visit, Like<StarttlsInjection> auto& injection) {
  visit("command", injection.command);
  visit("executed", injection.executed);
  visit.later("plain_mail", injection.plain_mail);
  visit("session", injection.session);
}

template <class Visitor>
void fields(Visitor& visit, Like<CaaRecord> auto& record) {
  visit("owner", record.owner);
  visit("critical", record.critical);
  visit("tag", record.tag);
  visit("value", record.value);
  visit("problem", record.problem);
}

template <class Visitor>
void fields(Visitor& visit, Like<NameServer> auto& server) {
  visit("host", server.host);
  visit("addresses", server.addresses);
}

template <class Visitor>
void fields(Visitor& visit, Like<TlsaLookup> auto& lookup) {
  visit("base", lookup.base);
  visit("state", lookup.state);
  visit("dnssec", lookup.dnssec);
  visit("unusable", lookup.unusable);
  visit("problem", lookup.problem);
  visit("cause", lookup.cause);
}

template <class Visitor>
void fields(Visitor& visit, Like<FailedLookUp> auto& failure) {
  visit("what", failure.what);
  visit("cause", failure.cause);
  visit("problem", failure.problem);
}

template <class Visitor>
void fields(Visitor& visit, Like<MtaSts> auto& sts) {
  visit("id", sts.id);
  visit("mode", sts.mode);
  visit("mx", sts.mx);
  visit("max_age", sts.max_age);
  visit("unlisted", sts.unlisted);
  visit("source", sts.source);
  visit("fetched", sts.fetched);
  visit("fetched_from", sts.fetched_from);
  visit("tls", sts.tls);
  visit.later("changed_under_id", sts.changed_under_id);
  visit("problem", sts.problem);
  visit("cause", sts.cause);
}

template <class Visitor>
void fields(Visitor& visit, Like<MxHost> auto& host) {
  visit("host", host.host);
  visit("preference", host.preference);
  visit("dnssec", host.dnssec);
  visit("tlsa", host.tlsa);
  visit.later("tlsa_lookup", host.tlsa_lookup);
  visit("addresses", host.addresses);
  visit.later("caa", host.caa);
  visit("problem", host.problem);
  visit.later("canonical", host.canonical);
}

template <class Visitor>
void fields(Visitor& visit, Like<Target> auto& target) {
  visit("domain", target.domain);
  visit("shape", target.shape);
  visit("dnssec", target.dnssec);
  visit("problem", target.problem);
  visit("cause", target.cause);
  visit("mx", target.mx);
  visit.later("ns", target.ns);
  visit.later("caa", target.caa);
  visit("policies", target.policies);
  visit.later("failed", target.failed);
  visit.later("mta_sts", target.mta_sts);
  visit.later("spf_survey", target.spf_survey);
  visit.later("dmarc_domain", target.dmarc_domain);
}

template <class Visitor>
void fields(Visitor& visit, Like<AppliedPolicy> auto& policy) {
  visit("applied", policy.applied);
  visit("floor", policy.floor);
  visit("reason", policy.reason);
}

template <class Visitor>
void fields(Visitor& visit, Like<ReplyFacts> auto& reply) {
  visit("code", reply.code);
  visit("enhanced", reply.enhanced);
  visit("text", reply.text);
}

template <class Visitor>
void fields(Visitor& visit, Like<Event> auto& event) {
  visit("t_ms", event.t_ms);
  visit("dir", event.dir);
  visit("text", event.text);
}

template <class Visitor>
void fields(Visitor& visit, Like<Attempt> auto& attempt) {
  visit("host", attempt.host);
  visit("address", attempt.address);
  visit("port", attempt.port);
  visit.later("local_address", attempt.local_address);
  visit("helo", attempt.helo);
  visit("started", attempt.started);
  visit("duration_ms", attempt.duration_ms);
  visit("events", attempt.events);
  visit("tls", attempt.tls);
  visit("starttls_offered", attempt.starttls_offered);
  visit("capabilities", attempt.capabilities);
  visit("outcome", attempt.outcome);
  visit("phase", attempt.phase);
  visit("reply", attempt.reply);
  visit("cause", attempt.cause);
  visit("error", attempt.error);
}

template <class Visitor>
void fields(Visitor& visit, Like<Session> auto& session) {
  visit("probe", session.probe);
  visit("case", session.trap);
  visit("address", session.address);
  visit("ptr", session.ptr);
  visit.later("ptr_confirmed", session.ptr_confirmed);
  visit.later("ptr_claimed", session.ptr_claimed);
  visit("helo", session.helo);
  visit.later("helo_addresses", session.helo_addresses);
  visit("tls", session.tls);
  visit.later("tls_alert", session.tls_alert);
  visit("mail_from", session.mail_from);
  visit.later("require_tls", session.require_tls);
  visit("recipients", session.recipients);
  visit("spf", session.spf);
  visit("events", session.events);
  visit("started", session.started);
  visit("duration_ms", session.duration_ms);
  visit("end", session.end);
}

template <class Visitor>
void fields(Visitor& visit, Like<DnsQuery> auto& query) {
  visit("t_ms", query.t_ms);
  visit("name", query.name);
  visit("type", query.type);
  visit("from", query.from);
  visit.later("use", query.use);
  visit.later("seen", query.seen);
  visit.later("client_subnet", query.client_subnet);
}

template <class Visitor>
void fields(Visitor& visit, Like<DnsWitness> auto& witness) {
  visit("zone", witness.zone);
  visit("domain", witness.domain);
  visit("spf", witness.spf);
  visit.later("control", witness.control);
  visit.later("our_resolvers", witness.our_resolvers);
  visit.later("cause", witness.cause);
  visit.later("problem", witness.problem);
  visit.later("dropped", witness.dropped);
}

template <class Visitor>
void fields(Visitor& visit, Like<MailboxAnswer> auto& answer) {
  visit("kind", answer.kind);
  visit("folder", answer.folder);
  visit("raw", answer.raw);
  visit.later("statuses", answer.statuses);
}

template <class Visitor>
void fields(Visitor& visit, Like<FolderMark> auto& mark) {
  visit("folder", mark.folder);
  visit("uidvalidity", mark.uidvalidity);
  visit("uidnext", mark.uidnext);
}

template <class Visitor>
void fields(Visitor& visit, Like<MailboxWatch> auto& watch) {
  visit("name", watch.name);
  visit("url", watch.url);
  visit("folders", watch.folders);
  visit.later("marks", watch.marks);
  visit("events", watch.events);
  visit("tls", watch.tls);
  visit("completed", watch.completed);
  visit("waited_ms", watch.waited_ms);
  visit("cause", watch.cause);
  visit("error", watch.error);
  visit("deleted", watch.deleted);
  visit("answers", watch.answers);
}

template <class Visitor>
void fields(Visitor& visit, Like<MailboxCopy> auto& copy) {
  visit("folder", copy.folder);
  visit("special_use", copy.special_use);
  visit("delay_ms", copy.delay_ms);
  visit("hops", copy.hops);
  visit("authentication_results", copy.authentication_results);
  visit("filter", copy.filter);
  visit("raw", copy.raw);
  visit("spf", copy.spf);
  visit("dkim", copy.dkim);
  visit("dmarc", copy.dmarc);
  visit("arc", copy.arc);
  visit("found_by_body", copy.found_by_body);
  visit("copies", copy.copies);
  visit.later("late", copy.late);
}

template <class Visitor>
void fields(Visitor& visit, Like<DeliveryStatus> auto& status) {
  visit("recipient", status.recipient);
  visit("action", status.action);
  visit("status", status.status);
  visit("diagnostic", status.diagnostic);
  visit("remote_mta", status.remote_mta);
  visit("reporting_mta", status.reporting_mta);
}

template <class Visitor>
void fields(Visitor& visit, Like<Reply> auto& reply) {
  visit("delay_ms", reply.delay_ms);
  visit("kind", reply.kind);
  visit("session", reply.session);
  visit("raw", reply.raw);
  visit("spf", reply.spf);
  visit("dkim", reply.dkim);
  visit("dmarc", reply.dmarc);
  visit("arc", reply.arc);
  visit("statuses", reply.statuses);
  visit("late", reply.late);
}

template <class Visitor>
void fields(Visitor& visit, Like<ReplyWatch> auto& watch) {
  visit("address", watch.address);
  visit("wanted", watch.wanted);
  visit.later("forward", watch.forward);
  visit("listening", watch.listening);
  visit("completed", watch.completed);
  visit("waited_ms", watch.waited_ms);
  visit("cause", watch.cause);
  visit("error", watch.error);
  visit.later("places", watch.places);
}

template <class Visitor>
void fields(Visitor& visit, Like<Reflection> auto& reflection) {
  visit("schema", reflection.schema);
  visit("version", reflection.version);
  visit("host", reflection.host);
  visit("received", reflection.received);
  visit("session", reflection.session);
  visit("spf", reflection.spf);
  visit("dkim", reflection.dkim);
  visit("dmarc", reflection.dmarc);
  visit("arc", reflection.arc);
  visit("headers", reflection.headers);
}

template <class Visitor>
void fields(Visitor& visit, Like<ReportRow> auto& row) {
  visit("count", row.count);
  visit("source_ip", row.source_ip);
  visit("disposition", row.disposition);
  visit("dkim", row.dkim);
  visit("spf", row.spf);
  visit("results", row.results);
  visit("result_type", row.result_type);
  visit("receiving_mx", row.receiving_mx);
  visit("reason", row.reason);
}

template <class Visitor>
void fields(Visitor& visit, Like<ReportMail> auto& mail) {
  visit("from", mail.from);
  visit("dmarc", mail.dmarc);
  visit("signed_by", mail.signed_by);
  visit("vouched", mail.vouched);
}

template <class Visitor>
void fields(Visitor& visit, Like<Report> auto& report) {
  visit("kind", report.kind);
  visit("organization", report.organization);
  visit("id", report.id);
  visit("domain", report.domain);
  visit("begin", report.begin);
  visit("end", report.end);
  visit("policy", report.policy);
  visit("successful", report.successful);
  visit("failed", report.failed);
  visit("joined_by", report.joined_by);
  visit("mail", report.mail);
  visit("notes", report.notes);
  visit("rows", report.rows);
}

template <class Visitor>
void fields(Visitor& visit, Like<Sent> auto& sent) {
  visit("raw", sent.raw);
  visit("at", sent.at);
}

template <class Visitor>
void fields(Visitor& visit, Like<TrapAsked> auto& asked) {
  visit("case", asked.name);
  visit("address", asked.address);
}

template <class Visitor>
void fields(Visitor& visit, Like<TrapLeftOut> auto& one) {
  visit("case", one.name);
  visit("reason", one.reason);
}

template <class Visitor>
void fields(Visitor& visit, Like<Unattended> auto& one) {
  visit("from", one.from);
  visit("until", one.until);
}

template <class Visitor>
void fields(Visitor& visit, Like<PolicyFetch> auto& one) {
  visit("time", one.time);
  visit("address", one.address);
  visit("name", one.name);
  visit("outcome", one.outcome);
}

template <class Visitor>
void fields(Visitor& visit, Like<TrapWatch> auto& watch) {
  visit("asked", watch.asked);
  visit("waited_ms", watch.waited_ms);
  visit("completed", watch.completed);
  visit.later("left_out", watch.left_out);
  visit.later("unattended", watch.unattended);
  visit.later("policy_fetches", watch.policy_fetches);
}

template <class Visitor>
void fields(Visitor& visit, Like<Smuggling> auto& smuggling) {
  visit("sequence", smuggling.sequence);
  visit("id", smuggling.id);
  visit("replies", smuggling.replies);
  visit("whole", smuggling.whole);
  visit("folder", smuggling.folder);
  visit("raw", smuggling.raw);
  visit("completed", smuggling.completed);
}

template <class Visitor>
void fields(Visitor& visit, Like<Probe> auto& probe) {
  visit("id", probe.id);
  visit("name", probe.name);
  visit("identity", probe.identity);
  visit("variation", probe.variation);
  visit("control_of", probe.control_of);
  visit.later("fault", probe.fault);
  visit("from", probe.from);
  visit("reverse_path", probe.reverse_path);
  visit("to", probe.to);
  visit("message_id", probe.message_id);
  visit.later("secret", probe.secret);
  visit("sent", probe.sent);
  visit("policy", probe.policy);
  visit("via", probe.via);
  visit("attempts", probe.attempts);
  visit("smtp", probe.smtp);
  visit.later("dns_witness", probe.dns_witness);
  visit("dns", probe.dns);
  visit("watch", probe.watch);
  visit("mailbox", probe.mailbox);
  visit.later("reply_watch", probe.reply_watch);
  visit.later("sessions", probe.sessions);
  visit.later("reply", probe.reply);
  visit.later("replies", probe.replies);
  visit.later("forward", probe.forward);
  visit.later("reports", probe.reports);
  visit.later("reflection", probe.reflection);
  visit.later("traps", probe.traps);
  visit.later("smuggling", probe.smuggling);
}

template <class Visitor>
void fields(Visitor& visit, Like<Finding> auto& finding) {
  visit("check", finding.check);
  visit("subject", finding.subject);
  visit("probe", finding.probe);
  visit("verdict", finding.verdict);
  visit("grade", finding.grade);
  visit("cause", finding.cause);
  visit("summary", finding.summary);
  visit("evidence", finding.evidence);
  visit("advice", finding.advice);
  visit("reference", finding.reference);
  visit.later("explained_by", finding.explained_by);
  visit("fix_by", finding.fix_by);
}

template <class Visitor>
void fields(Visitor& visit, Like<Expectation> auto& expectation) {
  visit("probe", expectation.probe);
  visit("text", expectation.text);
  visit("verdict", expectation.verdict);
  visit("cause", expectation.cause);
  visit("expected", expectation.expected);
  visit("found", expectation.found);
  visit("evidence", expectation.evidence);
}

template <class Visitor>
void fields(Visitor& visit, Like<Score> auto& score) {
  visit("profile", score.profile);
  visit("category", score.category);
  visit("value", score.value);
  visit("max", score.max);
  visit("why", score.why);
}

template <class Visitor>
void fields(Visitor& visit, Like<Document> auto& document) {
  visit("schema", document.schema);
  visit("run", document.run);
  visit("self", document.self);
  visit("target", document.target);
  visit("probes", document.probes);
  visit.later("sessions", document.sessions);
  visit("findings", document.findings);
  visit("expectations", document.expectations);
  visit("scores", document.scores);
  visit("comparison", document.comparison);
}

}  // namespace mailprobe::evidence
