#include "probe/collect_reports.h"

#include <algorithm>

#include "auth/evaluate.h"
#include "auth/public_suffix.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "probe/sent_to.h"
#include "reports/join.h"
#include "reports/providers.h"
#include "reports/report.h"

namespace mailprobe::probe {

namespace {

using reports::Report;

reports::Ours ours_of(const Settings& settings) {
  reports::Ours ours{.domains = {}, .sources = settings.source_ips, .trap_wait = settings.limits.trap_wait};
  for (const auto& [name, identity] : settings.identities) ours.domains.insert(to_lower(identity.domain));
  if (!settings.receiver.trap_domain.empty()) ours.domains.insert(to_lower(settings.receiver.trap_domain));
  return ours;
}

/// What a report says of one probe.
struct Joined {
  std::size_t probe = 0;
  std::vector<std::string> targets;
  std::vector<evidence::Report> reports;
};

struct Subjects {
  std::vector<std::pair<std::size_t, reports::Subject>> all;  // by the probe's place
};

Subjects subjects_of(const evidence::Document& document, const evidence::RawReader& raw, const reports::Ours& ours) {
  Subjects subjects;
  for (std::size_t i = 0; i < document.probes.size(); ++i) {
    const auto& probe = document.probes[i];
    const auto sent = probe.sent ? raw(probe.sent->raw) : std::nullopt;
    if (auto subject = reports::subject_of(document, probe, sent, ours))
      subjects.all.emplace_back(i, std::move(*subject));
  }
  return subjects;
}

std::string domain_of(std::string_view address) {
  return to_lower(address.substr(std::min(address.rfind('@') + 1, address.size())));
}

/// Of all runs, as far as they were noted.
Result<std::vector<reports::SentNote>> sent_meanwhile(const Settings& settings, const Report& report) {
  const auto period = reports::period_of(report);
  const auto found = SentTo::beside(settings.runs).between(period.from, period.until);
  if (!found) return std::unexpected(found.error());
  std::vector<reports::SentNote> notes;
  notes.reserve(found->size());
  for (const auto& each : *found) notes.push_back({each.id, each.from_domain, domain_of(each.recipient), *each.at});
  return notes;
}

struct Outlook {
  std::vector<Joined> joined;
  bool before = false;  // something of it is in the evidence already
};

Outlook look(const Report& report, const evidence::Document& document, const Subjects& subjects,
             const reports::Ours& ours) {
  Outlook outlook;
  for (const auto& [index, subject] : subjects.all) {
    auto said = reports::join(report, subject, ours);
    const auto known = std::erase_if(
        said, [&](const evidence::Report& each) { return reports::joined_before(document.probes[index], each); });
    outlook.before = outlook.before || known > 0;
    if (!said.empty()) outlook.joined.push_back({index, subject.targets, std::move(said)});
  }
  return outlook;
}

// --- the mail that it came by ---------------------------------------------------------------------------------------

auth::Context context_of(const std::optional<evidence::Session>& session) {
  auth::Context context;
  context.time = session ? session->started : now();
  if (!session) return context;
  if (const auto client = IpAddress::parse(session->address)) context.envelope.client = client->unmapped();
  context.envelope.helo = session->helo.value_or("");
  context.envelope.mail_from = session->mail_from;
  return context;
}

evidence::ReportMail mail_of(const auth::Dmarc& dmarc, const std::vector<auth::Dkim>& signatures) {
  evidence::ReportMail mail;
  mail.from = dmarc.domain;
  mail.dmarc = dmarc.result;
  for (const auto& dkim : signatures)
    if (dkim.result == auth::DkimOutcome::pass &&
        std::ranges::find(mail.signed_by, dkim.domain) == mail.signed_by.end())
      mail.signed_by.push_back(dkim.domain);
  return mail;
}

/// As our receiver found it, with the keys of then; else now.
Task<evidence::ReportMail> examine_mail(ReportFile file, dns::Resolver& resolver) {
  if (file.found) co_return mail_of(file.found->dmarc, file.found->dkim);
  const auto context = context_of(file.session);
  const auto raw = to_crlf(file.bytes);
  const auto found = co_await auth::evaluate(raw, context, resolver);
  co_return mail_of(found.dmarc, found.dkim);
}

/// RFC 9990 §3.5.2: an aligned pass. RFC 8460 §3: a signature of the domain that reports.
bool authenticated(const evidence::ReportMail& mail) {
  const auto organisation = auth::registrable_domain(mail.from);
  const bool is_signed = std::ranges::any_of(
      mail.signed_by, [&](const std::string& domain) { return auth::registrable_domain(domain) == organisation; });
  return !mail.from.empty() && (mail.dmarc == auth::DmarcOutcome::pass || is_signed);
}

bool names_itself(const Report& report, const std::string& from) {
  return std::ranges::any_of(report.reporters(), [&](const std::string& name) {
    return auth::registrable_domain(name) == auth::registrable_domain(from);
  });
}

/// In the name of who took the mail: whose name and whose mail it is about a report says itself, as anybody can. Only
/// a selector of one probe is known to nobody but those who had its message: then who reports may be any of them.
bool vouched(const evidence::ReportMail& mail, const std::string& joined_by, const Report& report,
             const std::vector<std::string>& targets) {
  if (!authenticated(mail)) return false;
  return reports::reports_for({mail.from}, targets) || (joined_by == "selector" && names_itself(report, mail.from));
}

// --- one report after the other -------------------------------------------------------------------------------------

std::string name_of(const Report& report) {
  return std::string(report.dmarc() != nullptr ? "the DMARC" : "the TLS") + " report of " +
         safe_text(report.organization(), 100) + " (" + safe_text(report.id(), 100) + ")";
}

std::string domains_of(const Report& report) {
  std::string text;
  for (const auto& domain : report.domains()) text += (text.empty() ? "" : ", ") + domain;
  return safe_text(text, 200);
}

/// Why nothing is joined, for people.
std::string nothing_of(const Report& report, const Outlook& outlook, const reports::Ours& ours) {
  if (!reports::about_us(report, ours)) return " is about " + domains_of(report) + ", none of our domains: left alone";
  if (outlook.before) return " is in the evidence already";
  return " does not speak of this run";
}

class Collecting {
 public:
  Collecting(const Settings& settings, evidence::Document& document, const evidence::RawReader& raw,
             dns::Resolver& resolver, Progress progress)
      : settings_(settings),
        ours_(ours_of(settings)),
        document_(document),
        subjects_(subjects_of(document, raw, ours_)),
        resolver_(resolver),
        progress_(std::move(progress)) {}

  Task<Result<void>> take(ReportFile file);
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  Result<void> weigh(const Report& report, std::vector<Joined>& joined) const;
  bool add(const Report& report, const std::optional<evidence::ReportMail>& mail, Joined joined);

  const Settings& settings_;
  reports::Ours ours_;
  evidence::Document& document_;
  Subjects subjects_;
  dns::Resolver& resolver_;
  Progress progress_;
  std::size_t count_ = 0;
};

/// Against what else went out in that time.
Result<void> Collecting::weigh(const Report& report, std::vector<Joined>& joined) const {
  const auto sent = sent_meanwhile(settings_, report);
  if (!sent) return std::unexpected(sent.error());
  for (auto& each : joined) {
    const auto subject = std::ranges::find(subjects_.all, each.probe, &std::pair<std::size_t, reports::Subject>::first);
    for (auto& said : each.reports) reports::weigh(said, report, subject->second, *sent);
  }
  return {};
}

/// Into the probe. False: all of it was there, and as well vouched for.
bool Collecting::add(const Report& report, const std::optional<evidence::ReportMail>& mail, Joined joined) {
  auto& probe = document_.probes[joined.probe];
  bool added = false;
  for (auto& said : joined.reports) {
    said.mail = mail;
    if (mail) said.mail->vouched = vouched(*mail, said.joined_by, report, joined.targets);
    if (reports::joined_before(probe, said)) continue;
    probe.reports.push_back(std::move(said));
    added = true;
  }
  return added;
}

Task<Result<void>> Collecting::take(ReportFile file) {
  const auto report = reports::read_report(file.bytes);
  const auto where = safe_text(file.name, 300);
  if (!report) {
    if (file.meant) co_return fail(Failure::usage, where + " is no report: " + report.error().message);
    progress_.say(where + " holds no report: " + report.error().message);
    co_return Result<void>{};
  }
  auto outlook = look(*report, document_, subjects_, ours_);
  if (outlook.joined.empty()) {
    progress_.say(name_of(*report) + nothing_of(*report, outlook, ours_));
    co_return Result<void>{};
  }
  if (auto done = weigh(*report, outlook.joined); !done) co_return done;
  std::optional<evidence::ReportMail> mail;
  if (report->by_mail) mail = co_await examine_mail(std::move(file), resolver_);
  bool added = false;
  for (auto& each : outlook.joined) added = add(*report, mail, std::move(each)) || added;
  if (!added) {
    progress_.say(name_of(*report) + " is in the evidence already");
    co_return Result<void>{};
  }
  ++count_;
  progress_.say(name_of(*report) + " speaks of this run");
  co_return Result<void>{};
}

}  // namespace

Task<Result<std::size_t>> collect_reports(const Settings& settings, evidence::Document& document,
                                          evidence::RawReader raw, ReportSource source, dns::Resolver& resolver,
                                          Progress progress) {
  auto amended = document;
  Collecting collecting(settings, amended, raw, resolver, std::move(progress));
  while (source) {
    auto next = source();
    if (!next) break;
    if (!*next) co_return std::unexpected((*next).error());
    auto file = std::move(**next);
    const auto taken = co_await collecting.take(std::move(file));
    if (!taken) co_return std::unexpected(taken.error());
  }
  document = std::move(amended);
  co_return collecting.count();
}

}  // namespace mailprobe::probe
