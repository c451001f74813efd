#include "reports/join.h"

#include <algorithm>

#include "auth/dkim_signature.h"
#include "auth/header_block.h"
#include "auth/public_suffix.h"
#include "base/address.h"
#include "base/text.h"
#include "evidence/own_address.h"
#include "reports/limits.h"
#include "reports/providers.h"

namespace mailprobe::reports {

namespace {

using evidence::Document;
using evidence::Probe;
using evidence::ReportRow;

constexpr std::chrono::minutes slack{10};  // between our clock and the target's, and while it decides

std::string domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string{} : to_lower(address.substr(at + 1));
}

bool below(std::string_view name, std::string_view domain) {
  return name == domain ||
         (name.size() > domain.size() && name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.');
}

void add_once(std::vector<std::string>& all, std::string value) {
  if (!value.empty() && std::ranges::find(all, value) == all.end()) all.push_back(std::move(value));
}

template <class T>
bool holds(const std::vector<T>& all, const T& value) {
  return std::ranges::find(all, value) != all.end();
}

/// Not through a relay, whose address we do not know, nor from behind NAT. One that does not say where it went out from
/// may have done so from any that is configured.
std::vector<IpAddress> sources_of(const Document& document, const Probe& probe, const Ours& ours) {
  if (probe.via) return {};
  std::vector<IpAddress> sources;
  const auto own = evidence::own_address(document, probe);
  if (own) sources.push_back(*own);
  const bool said =
      std::ranges::any_of(probe.attempts, [](const auto& attempt) { return attempt.local_address.has_value(); });
  for (const auto& source : ours.sources)
    if (!said && !holds(sources, source)) sources.push_back(source);
  if (std::ranges::any_of(sources, evidence::is_behind_nat)) sources.clear();
  return sources;
}

std::string key_name(std::string_view selector, std::string_view domain) {
  return to_lower(selector) + "._domainkey." + to_lower(domain);
}

std::vector<std::string> selectors_of(const std::string& sent) {
  std::vector<std::string> selectors;
  const auto message = auth::split_message(sent);
  for (const auto* field : message.all("DKIM-Signature")) {
    auth::DkimSignature read;
    const auto signature = auth::parse_dkim_signature(field->value, read);
    if (signature) add_once(selectors, key_name(signature->selector, signature->domain));
  }
  return selectors;
}

std::vector<std::string> targets_of(const Document& document, const std::string& to_domain) {
  std::vector<std::string> targets;
  add_once(targets, auth::registrable_domain(to_domain));
  for (const auto& mx : document.target.mx) add_once(targets, auth::registrable_domain(to_lower(mx.host)));
  return targets;
}

/// Whether the target took it, refused it after the message, or may have taken it.
std::optional<Time> decided_at(const Probe& probe) {
  if (!probe.smtp) return std::nullopt;
  if (probe.sent && probe.sent->at) return probe.sent->at;
  if (!probe.smtp->reply) return std::nullopt;
  return probe.smtp->started + std::chrono::milliseconds(probe.smtp->duration_ms);
}

// --- DMARC ----------------------------------------------------------------------------------------------------------

/// Whose mail it is: From, reverse-path, address. A reverse-path that is left out says nothing.
bool sender_fits(const DmarcRecord& record, const Subject& subject) {
  if (record.header_from != subject.header_from) return false;
  if (!subject.sources.empty() && !holds(subject.sources, record.source_ip)) return false;
  if (!record.envelope_from || record.envelope_from->empty()) return true;
  const auto at = record.envelope_from->rfind('@');
  const auto domain = to_lower(at == std::string::npos ? *record.envelope_from : record.envelope_from->substr(at + 1));
  return domain == subject.envelope_from;
}

/// Keys of our domain, and below it, in the record; those of a list or a forwarder say nothing.
std::vector<std::string> own_selectors(const DmarcRecord& record, const Subject& subject) {
  std::vector<std::string> selectors;
  for (const auto& result : record.results)
    if (result.method == "dkim" && below(to_lower(result.domain), subject.header_from))
      add_once(selectors, key_name(result.selector, result.domain));
  return selectors;
}

/// A selector that only this probe has names it; one that its message did not have excludes it.
enum class Selectors { name_it, fit, exclude_it };

Selectors compare_selectors(const DmarcRecord& record, const Subject& subject) {
  const auto listed = own_selectors(record, subject);
  const auto unique = [&](const std::string& selector) {
    return !subject.id.empty() && selector.find(to_lower(subject.id)) != std::string::npos;
  };
  if (std::ranges::any_of(listed, unique)) return Selectors::name_it;
  // Below our domain each probe has its own: that of another one excludes, whatever else stands beside it.
  const auto of_another = [&](const std::string& key) {
    return !key.ends_with("._domainkey." + subject.header_from) && !holds(subject.selectors, key);
  };
  if (!subject.selectors.empty() && std::ranges::any_of(listed, of_another)) return Selectors::exclude_it;
  const bool known = listed.empty() || subject.selectors.empty() ||
                     std::ranges::any_of(listed, [&](const auto& each) { return holds(subject.selectors, each); });
  return known ? Selectors::fit : Selectors::exclude_it;
}

/// By what the record is known to be of this target; "" where it is not.
std::string joined_by(const DmarcRecord& record, const Report& report, const Subject& subject) {
  if (!sender_fits(record, subject)) return {};
  const auto selectors = compare_selectors(record, subject);
  if (selectors == Selectors::name_it) return "selector";
  if (selectors == Selectors::exclude_it) return {};
  if (record.envelope_to && !record.envelope_to->empty()) {
    const auto domain = domain_of("@" + record.envelope_to->substr(record.envelope_to->rfind('@') + 1));
    return domain == subject.to_domain ? "recipient" : "";
  }
  return reports_for(report.reporters(), subject.targets) ? "reporter" : "";
}

auth::MethodResult method_result(const DmarcAuthResult& result) {
  auth::MethodResult out{.method = result.method, .result = result.result, .reason = result.human_result};
  if (result.method == "dkim") {
    out.properties = {{"header.d", result.domain}, {"header.s", result.selector}};
  } else {
    out.properties = {{result.scope == "helo" ? "smtp.helo" : "smtp.mailfrom", result.domain}};
  }
  std::erase_if(out.properties, [](const auto& property) { return property.second.empty(); });
  return out;
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> reasons_of(const DmarcRecord& record) {
  std::string text;
  for (const auto& reason : record.reasons)
    text += (text.empty() ? "" : "; ") + reason.type + (reason.comment.empty() ? "" : ": " + reason.comment);
  return unless_empty(text);
}

ReportRow row_of(const DmarcRecord& record) {
  ReportRow row;
  row.count = record.count;
  row.source_ip = record.source_ip.text();
  row.disposition = unless_empty(record.disposition);
  row.dkim = unless_empty(record.dkim);
  row.spf = unless_empty(record.spf);
  row.reason = reasons_of(record);
  row.results.reserve(record.results.size());
  for (const auto& result : record.results) row.results.push_back(method_result(result));
  return row;
}

evidence::Report report_of(const Report& report, std::string domain) {
  evidence::Report out;
  out.kind = report.kind();
  out.organization = report.organization();
  out.id = report.id();
  out.domain = std::move(domain);
  out.begin = report.begin();
  out.end = report.end();
  out.notes = report.notes;
  return out;
}

/// What a record is known by counts more than what another is: a selector names the probe, then all else is others'.
std::vector<evidence::Report> join_dmarc(const Report& report, const DmarcReport& dmarc, const Subject& subject) {
  auto out = report_of(report, dmarc.domain);
  out.policy = unless_empty(dmarc.p);
  for (const auto& record : dmarc.records) {
    const auto how = joined_by(record, report, subject);
    if (how.empty() || (out.joined_by == "selector" && how != "selector")) continue;
    if (how == "selector" && out.joined_by != how) out.rows.clear();
    out.joined_by = how;
    out.rows.push_back(row_of(record));
    if (out.rows.size() == limits::rows) break;
  }
  if (out.rows.empty()) return {};
  return {std::move(out)};
}

// --- TLS ------------------------------------------------------------------------------------------------------------

ReportRow row_of(const TlsFailure& failure) {
  ReportRow row;
  row.count = failure.failed_sessions;
  if (failure.sending_mta_ip) row.source_ip = failure.sending_mta_ip->text();
  row.result_type = unless_empty(failure.result_type);
  row.receiving_mx = unless_empty(failure.receiving_mx_hostname);
  const bool both = !failure.reason_code.empty() && !failure.additional_information.empty();
  row.reason = unless_empty(failure.reason_code + (both ? ": " : "") + failure.additional_information);
  return row;
}

/// Of the domain that the target answers to, or of a trap.
bool policy_fits(const TlsPolicy& policy, const Subject& subject, const Ours& ours) {
  if (below(policy.domain, subject.header_from) || below(policy.domain, subject.envelope_from)) return true;
  return std::ranges::any_of(ours.domains, [&](const auto& domain) { return policy.domain == domain; });
}

std::string joined_by(const TlsPolicy& policy, const Report& report, const Subject& subject) {
  const bool session = std::ranges::any_of(policy.failures, [&](const TlsFailure& failure) {
    return failure.sending_mta_ip && holds(subject.senders, *failure.sending_mta_ip);
  });
  if (session) return "session";
  return reports_for(report.reporters(), subject.targets) ? "reporter" : "";
}

std::vector<evidence::Report> join_tls(const Report& report, const TlsReport& tls, const Subject& subject,
                                       const Ours& ours) {
  std::vector<evidence::Report> all;
  for (const auto& policy : tls.policies) {
    if (policy.domain.empty() || !policy_fits(policy, subject, ours)) continue;
    auto out = report_of(report, policy.domain);
    out.joined_by = joined_by(policy, report, subject);
    if (out.joined_by.empty()) continue;
    out.policy = unless_empty(policy.type);
    out.successful = policy.successful;
    out.failed = policy.failed;
    for (const auto& failure : policy.failures) {
      if (out.rows.size() == limits::rows) break;
      out.rows.push_back(row_of(failure));
    }
    all.push_back(std::move(out));
  }
  return all;
}

// --- how many it may be about ---------------------------------------------------------------------------------------

/// By what is known of it: who it was from, whom it went to, when.
bool may_be_meant(const SentNote& note, const std::string& joined_by, const Report& report, const Subject& subject) {
  const auto period = period_of(report);
  if (note.id == subject.id || note.from_domain != subject.header_from) return false;
  if (note.at < period.from || note.at > period.until) return false;
  if (note.to_domain == subject.to_domain) return true;
  return joined_by != "recipient" && reports_for(report.reporters(), {auth::registrable_domain(note.to_domain)});
}

}  // namespace

Period period_of(const Report& report) { return {report.begin() - slack, report.end() + slack}; }

void weigh(evidence::Report& joined, const Report& report, const Subject& subject, const std::vector<SentNote>& sent) {
  if (report.dmarc() == nullptr || joined.joined_by == "selector") return;
  std::int64_t counted = 0;
  for (const auto& row : joined.rows) counted += row.count;
  const auto others = std::ranges::count_if(
      sent, [&](const auto& note) { return may_be_meant(note, joined.joined_by, report, subject); });
  if (others + 1 <= counted) return;
  joined.joined_by = "among";
  joined.notes.push_back("counts " + std::to_string(counted) + " of " + std::to_string(others + 1) +
                         " messages of ours that it may be about: which is not known");
}

bool about_us(const Report& report, const Ours& ours) {
  for (const auto& domain : report.domains())
    for (const auto& own : ours.domains)
      if (below(domain, own) || below(own, domain)) return true;
  return false;
}

std::optional<Subject> subject_of(const Document& document, const Probe& probe, const std::optional<std::string>& sent,
                                  const Ours& ours) {
  const auto at = decided_at(probe);
  if (!at) return std::nullopt;
  Subject subject;
  subject.id = probe.id;
  subject.header_from = domain_of(probe.from);
  subject.envelope_from = domain_of(probe.reverse_path);
  subject.to_domain = domain_of(probe.to);
  subject.at = *at;
  subject.sources = sources_of(document, probe, ours);
  if (sent) subject.selectors = selectors_of(*sent);
  subject.targets = targets_of(document, subject.to_domain);
  subject.until = *at + ours.trap_wait;
  for (const auto& session : probe.sessions) {
    subject.until = std::max(subject.until, session.started);
    const auto sender = IpAddress::parse(session.address);
    if (sender) subject.senders.push_back(sender->unmapped());
  }
  return subject;
}

std::vector<evidence::Report> join(const Report& report, const Subject& subject, const Ours& ours) {
  if (!about_us(report, ours)) return {};
  // A probe is one moment; what the target sends, it sends until some time after it.
  const auto until = report.tls() != nullptr ? subject.until : subject.at;
  const auto period = period_of(report);
  if (period.until < subject.at || period.from > until) return {};
  if (report.dmarc() != nullptr) return join_dmarc(report, *report.dmarc(), subject);
  return join_tls(report, *report.tls(), subject, ours);
}

bool joined_before(const Probe& probe, const evidence::Report& report) {
  const auto is_trusted = [](const evidence::Report& each) { return !each.mail || each.mail->vouched; };
  return std::ranges::any_of(probe.reports, [&](const evidence::Report& other) {
    if (is_trusted(report) && !is_trusted(other)) return false;
    return other.kind == report.kind && other.organization == report.organization && other.id == report.id &&
           other.domain == report.domain && other.policy == report.policy;
  });
}

}  // namespace mailprobe::reports
