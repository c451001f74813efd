#include "reporter/exhibits.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "evidence/trail.h"
#include "reporter/answers.h"
#include "reporter/escape.h"
#include "reporter/exhibit_parts.h"
#include "reporter/headline.h"
#include "reporter/phrases.h"
#include "reporter/report_words.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::Document;
using evidence::Finding;
using evidence::MxAddress;
using evidence::MxHost;
using evidence::Probe;
using evidence::Trail;

Exhibit titled(std::string title, std::string section, ExhibitLines lines) {
  return {
      .title = std::move(title), .pointer = {}, .section = std::move(section), .probe = {}, .lines = std::move(lines)};
}

ExhibitLines one(std::string text) {
  if (text.empty()) return {};
  return {{"", std::move(text)}};
}

// --- sessions of ours ------------------------------------------------------------------------------------------------

ExhibitLines lines_of(const Attempt& attempt, const std::string& member, std::string_view check) {
  const bool about_tls = check == "inbound.starttls" || check == "inbound.tls-version" ||
                         check == "inbound.tls-cipher" || check == "inbound.certificate" || check == "inbound.dane" ||
                         check == "inbound.mta-sts";
  if (member == "tls" && attempt.tls && check != "inbound.starttls") return tls_lines(*attempt.tls, check);
  if (member == "capabilities") return capability_lines(attempt, check);
  if (member == "events") return banner_lines(attempt);
  if (about_tls && (member != "error" || attempt.phase == "tls" || attempt.phase == "starttls"))
    return starttls_lines(attempt);
  return decision_lines(attempt);
}

/// The certificate has a section of its own, where the attempt is the one that it shows.
std::string section_of(const Probe& probe, const Attempt& attempt, const std::string& member, std::string_view check) {
  const bool last = !probe.attempts.empty() && &attempt == &probe.attempts.back();
  const bool shown = member == "tls" && last && probe.smtp && probe.smtp->tls && check != "inbound.starttls";
  return shown ? "tls" : "sessions";
}

Exhibit of_attempt(const Probe& probe, const Attempt& attempt, Trail trail, std::string_view check) {
  const auto member = trail.next();
  const auto section = section_of(probe, attempt, member, check);
  return titled((section == "tls" ? "TLS with " : "The session with ") + attempt.host + " (" + attempt.address + ")",
                section, lines_of(attempt, member, check));
}

// --- the copy and what came to us ------------------------------------------------------------------------------------

std::string method_of(std::string_view check) {
  constexpr std::string_view before = "inbound.", behind = "-evaluated";
  if (!check.starts_with(before) || !check.ends_with(behind)) return {};
  return std::string(check.substr(before.size(), check.size() - before.size() - behind.size()));
}

Exhibit of_copy(const Probe& probe, Trail trail, std::string_view check) {
  const auto member = trail.next();
  if (!probe.mailbox || member.empty() || member == "folder" || member == "delay_ms")
    return titled("The mailbox", probe.watch ? "sessions" : "way", folder_lines(probe));
  const auto& copy = *probe.mailbox;
  if (member == "authentication_results")
    return titled("Authentication-Results of the copy", "authentication", recorded_lines(copy, method_of(check)));
  if (member == "dkim") return titled("The signatures of the copy", "dkim", signature_lines(copy));
  if (member == "raw") return titled("What changed", "message", change_lines(copy, check != "path.header-intact"));
  if (member == "hops") return titled("Received", "way", hop_lines(copy));
  if (member == "spf") return titled("SPF", "authentication", spf_lines(copy.spf));
  if (member == "dmarc") return titled("DMARC", "authentication", dmarc_lines(copy.dmarc));
  if (member == "arc") return titled("ARC", "authentication", arc_lines(copy.arc));
  if (member != "filter") return {};
  ExhibitLines lines;
  for (const auto& line : copy.filter) lines.push_back({"", line});
  if (lines.empty()) lines.push_back({"note", "no header field of a filter"});
  return titled("What the filter wrote", "way", std::move(lines));
}

Exhibit of_reply(const evidence::Reply& reply, const std::string& section, Trail trail) {
  const auto member = trail.next();
  if (member == "spf") return titled("SPF of the answer", section, spf_lines(reply.spf));
  if (member == "dkim") return titled("The signatures of the answer", section, dkim_lines(reply.dkim));
  if (member == "dmarc") return titled("DMARC of the answer", section, dmarc_lines(reply.dmarc));
  if (member == "arc") return titled("ARC of the answer", section, arc_lines(reply.arc));
  ExhibitLines lines = session_lines(reply.session);
  for (const auto& status : reply.statuses)
    lines.push_back({"in", status.status + " " + status.diagnostic.value_or(status.action)});
  return titled("What came", section, std::move(lines));
}

Exhibit of_session(const Probe& probe, const evidence::Session& session, Trail trail, std::string_view check) {
  const auto member = trail.next();
  const auto section = session.trap && probe.traps ? "traps" : has_answers_section(probe) ? "answers" : "";
  auto lines = session_lines(session);
  if (member == "tls" && session.tls) lines = tls_lines(*session.tls, check);
  if (member == "address") lines = one(session.address);
  if (member == "helo") lines = one("HELO " + session.helo.value_or("(none)"));
  if (member == "ptr") lines = one(session.address + " → " + ptr_text(session));
  return titled("The session from " + client_text(session), section, std::move(lines));
}

Exhibit of_reply_watch(const Probe& probe) {
  if (!probe.reply_watch || !handed_over(probe)) return {};
  const auto& watch = *probe.reply_watch;
  ExhibitLines lines = one("waited " + duration(watch.waited_ms) + " at " + watch.address);
  if (watch.error) lines.push_back({"note", *watch.error});
  return titled("The wait for an answer", has_answers_section(probe) ? "answers" : "", std::move(lines));
}

Exhibit of_traps(const Probe& probe, Trail trail) {
  if (!probe.traps) return {};
  if (trail.next() == "left_out")
    if (const auto* left = trail.of(probe.traps->left_out))
      return titled("Trap " + left->name, "traps", one(left->reason));
  if (!handed_over(probe)) return {};
  return titled("The traps", "traps",
                one("waited " + duration(probe.traps->waited_ms) + " for mail to " +
                    count_of(probe.traps->asked.size(), "trap")));
}

Exhibit of_smuggling(const Probe& probe) {
  if (!probe.smuggling) return {};
  const auto& seen = *probe.smuggling;
  ExhibitLines lines = one("behind " + seen.sequence + (seen.folder ? ": found in " + *seen.folder : ": not found"));
  for (const auto& reply : seen.replies) lines.push_back({"in", fmt::format("{} {}", reply.code, reply.text)});
  return titled("The second message", probe.mailbox || probe.sent ? "message" : "", std::move(lines));
}

Exhibit of_report(const evidence::Report& report) {
  auto lines = one(report_facts(report));
  for (const auto& row : report_rows(report)) lines.push_back({"", row.what + ": " + row.result});
  return titled(report_title(report), "reports", std::move(lines));
}

Exhibit of_query(const evidence::DnsQuery& query) {
  return titled("A question at our DNS", "lookups",
                one(fmt::format("{} {} by {} after {}", query.name, query.type, query.from, duration(query.t_ms))));
}

Exhibit of_witness(const Probe& probe) {
  if (!probe.dns_witness) return {};
  const auto& witness = *probe.dns_witness;
  return titled("Our DNS", "lookups",
                one(witness.problem
                        ? *witness.problem
                        : fmt::format("{} at names below {}", count_of(probe.dns.size(), "question"), witness.domain)));
}

/// As far as the section is about the probe as a whole: what the server said, and where the message is.
Exhibit of_fate(const Probe& probe) {
  if (probe.mailbox || !probe.smtp) return titled("The mailbox", "way", folder_lines(probe));
  return titled("The session with " + probe.smtp->host, "sessions", decision_lines(*probe.smtp));
}

Exhibit of_witnesses(const Probe& probe, const std::string& member, Trail& trail) {
  if (member == "dns") {
    const auto* query = trail.of(probe.dns);
    return query != nullptr && probe.dns_witness ? of_query(*query) : of_witness(probe);
  }
  if (member == "dns_witness") return of_witness(probe);
  if (member == "reply_watch") return of_reply_watch(probe);
  if (member == "traps") return of_traps(probe, trail);
  if (member == "smuggling") return of_smuggling(probe);
  if (member != "reports") return {};
  const auto* report = trail.of(probe.reports);
  return report == nullptr ? Exhibit{} : of_report(*report);
}

Exhibit of_probe(const Probe& probe, Trail trail, std::string_view check) {
  const auto member = trail.next();
  if (member.empty()) return of_fate(probe);
  if (member == "smtp" && probe.smtp) return of_attempt(probe, *probe.smtp, trail, check);
  if (member == "attempts")
    if (const auto* attempt = trail.of(probe.attempts)) return of_attempt(probe, *attempt, trail, check);
  if (member == "mailbox" || member == "watch") return of_copy(probe, trail, check);
  const auto answers = has_answers_section(probe) ? "answers" : "";
  if (member == "reply" && probe.reply) return of_reply(*probe.reply, answers, trail);
  if (member == "forward" && probe.forward) return of_reply(*probe.forward, answers, trail);
  if (member == "replies")
    if (const auto* reply = trail.of(probe.replies)) return of_reply(*reply, answers, trail);
  if (member == "sessions")
    if (const auto* session = trail.of(probe.sessions)) return of_session(probe, *session, trail, check);
  return of_witnesses(probe, member, trail);
}

// --- what the target publishes ---------------------------------------------------------------------------------------

std::string signed_words(Dnssec dnssec) { return ", DNSSEC: " + std::string(word(dnssec)); }

Exhibit of_mx_list(const evidence::Target& target) {
  ExhibitLines lines;
  for (const auto& host : target.mx)
    lines.push_back(
        {"", fmt::format("MX {} {}{}", host.preference, host.host, host.problem ? ": " + *host.problem : "")});
  if (lines.empty()) lines = one(std::string(word(target.shape)));
  if (target.problem) lines.push_back({"note", *target.problem});
  return titled("MX of " + target.domain, "dns", std::move(lines));
}

ExhibitLines caa_lines(const std::optional<std::vector<evidence::CaaRecord>>& records) {
  ExhibitLines lines;
  if (!records) return lines;
  for (const auto& record : *records)
    lines.push_back({"", fmt::format("{} CAA {} \"{}\"", record.owner, record.tag, record.value)});
  if (lines.empty()) lines.push_back({"note", "no CAA record"});
  return lines;
}

ExhibitLines tlsa_lines(const MxHost& host) {
  ExhibitLines lines;
  for (const auto& record : host.tlsa) lines.push_back({"", "TLSA " + record});
  if (host.tlsa_lookup) {
    const auto& seen = *host.tlsa_lookup;
    lines.push_back({"note", fmt::format("{} at {}{}{}", word(seen.state), seen.base, signed_words(seen.dnssec),
                                         seen.problem ? ": " + *seen.problem : "")});
  }
  return lines;
}

ExhibitLines option_lines(const std::vector<TlsOption>& options) {
  std::string accepted, refused;
  for (const auto& option : options) {
    auto& list = option.answer == TlsAnswer::accepted ? accepted : refused;
    if (option.answer != TlsAnswer::not_tested) list.append(list.empty() ? "" : ", ").append(option.name);
  }
  ExhibitLines lines;
  if (!accepted.empty()) lines.push_back({"", "accepted: " + accepted});
  if (!refused.empty()) lines.push_back({"", "refused: " + refused});
  return lines;
}

ExhibitLines survey_lines(const TlsSurvey& survey, Trail trail, std::string_view check) {
  const auto member = trail.next();
  if (member == "versions") return option_lines(survey.versions);
  if (member == "suites") return option_lines(survey.suites);
  if (member == "groups") return option_lines(survey.groups);
  if (member == "hashes") return option_lines(survey.hashes);
  if (member == "chains")
    if (const auto* chain = trail.of(survey.chains)) {
      if (check == "inbound.dane" && chain->dane) return one(chain->key + ": " + dane_text(*chain->dane));
      return certificate_lines(chain->certificates, chain->verified);
    }
  return one(count_of(survey.steps.size(), "handshake"));
}

Exhibit of_address(const MxHost& host, const MxAddress& address, Trail trail, std::string_view check) {
  const auto member = trail.next(), whose = host.host + " (" + address.ip + ")";
  if (member == "ptr") return titled("PTR", "dns", one(address.ip + " → " + address.ptr.value_or("no name")));
  if (member == "survey" && address.survey)
    return titled("What the TLS of " + whose + " accepts", "tls-accepted", survey_lines(*address.survey, trail, check));
  if (member == "starttls_injection" && address.starttls_injection)
    return titled("The session with " + whose, "", decision_lines(address.starttls_injection->session));
  if (!address.session) return {};
  return titled("The session with " + whose, "servers", lines_of(*address.session, trail.next(), check));
}

Exhibit of_host(const MxHost& host, Trail trail, std::string_view check) {
  const auto member = trail.next();
  if (member == "addresses")
    if (const auto* address = trail.of(host.addresses)) return of_address(host, *address, trail, check);
  if (member == "tlsa" || member == "tlsa_lookup") return titled("TLSA of " + host.host, "dns", tlsa_lines(host));
  if (member == "caa") return titled("CAA of " + host.host, "dns", caa_lines(host.caa));
  return titled("The host " + host.host, "dns",
                one(fmt::format("MX {} {}{}{}", host.preference, host.host, signed_words(host.dnssec),
                                host.problem ? ": " + *host.problem : "")));
}

Exhibit of_policy(const evidence::Target& target, const std::string& name) {
  const auto record = target.policies.find(name);
  ExhibitLines lines;
  if (record != target.policies.end() && record->second) lines = one(*record->second);
  for (const auto& failure : target.failed)
    if (failure.what == name) lines.push_back({"note", failure.problem});
  if (lines.empty()) lines.push_back({"note", "no record"});
  return titled("The record of " + target.domain, "dns", std::move(lines));
}

Exhibit of_mta_sts(const evidence::Target& target) {
  if (!target.mta_sts) return {};
  const auto& policy = *target.mta_sts;
  ExhibitLines lines;
  if (policy.mode) lines.push_back({"", fmt::format("mode: {}", word(*policy.mode))});
  for (const auto& pattern : policy.mx) lines.push_back({"", "mx: " + pattern});
  if (policy.max_age) lines.push_back({"", fmt::format("max_age: {}", *policy.max_age)});
  if (policy.problem) lines.push_back({"note", *policy.problem});
  return titled("The MTA-STS policy of " + target.domain, "dns", std::move(lines));
}

Exhibit of_target(const evidence::Target& target, Trail trail, std::string_view check) {
  const auto member = trail.next();
  if (member == "mx")
    if (const auto* host = trail.of(target.mx)) return of_host(*host, trail, check);
  if (member == "policies") return of_policy(target, trail.next());
  if (member == "mta_sts") return of_mta_sts(target);
  if (member == "caa") return titled("CAA of " + target.domain, "dns", caa_lines(target.caa));
  if (member == "dnssec")
    return titled("DNSSEC of " + target.domain, "dns", one("the MX answer is " + std::string(word(target.dnssec))));
  if (member == "ns" && target.ns) {
    ExhibitLines lines;
    for (const auto& server : *target.ns) lines.push_back({"", "NS " + server.host});
    return titled("NS of " + target.domain, "dns", std::move(lines));
  }
  return of_mx_list(target);
}

// --- ours ------------------------------------------------------------------------------------------------------------

Exhibit of_self(const evidence::Self& self, Trail trail) {
  const auto member = trail.next();
  if (member == "port25") return titled("Our port 25", "", one(self.port25.value_or("")));
  if (member == "clock_skew" && self.clock_skew)
    return titled("Our clock", "", one(fmt::format("{} s ahead", *self.clock_skew)));
  if (member == "ptr") return titled("Our PTR", "", one(self.ptr.value_or("no name")));
  const auto* record = member == "records" ? trail.of(self.records) : nullptr;
  if (record == nullptr) return {};
  ExhibitLines lines{{"", "wanted: " + record->wanted}};
  for (const auto& found : record->found) lines.push_back({"", "found: " + found});
  if (record->problem) lines.push_back({"note", *record->problem});
  return titled(record->name + " " + record->type, "records", std::move(lines));
}

Exhibit lead(const Document& document, std::string_view pointer, std::string_view check);

/// What an expectation about a check was compared with: what stands behind that, one step further and no more.
Exhibit of_finding(const Document& document, Trail trail) {
  const auto* finding = trail.of(document.findings);
  if (finding == nullptr) return {};
  for (const auto& pointer : finding->evidence) {
    if (pointer.starts_with("/findings")) continue;
    auto exhibit = lead(document, pointer, finding->check);
    if (!exhibit.lines.empty()) return exhibit;
  }
  return titled("The finding " + finding->check, "findings",
                one(std::string(word(finding->verdict)) + ": " + finding->summary));
}

Exhibit lead(const Document& document, std::string_view pointer, std::string_view check) {
  Trail trail(pointer);
  const auto first = trail.next();
  if (first == "target") return of_target(document.target, trail, check);
  if (first == "self") return of_self(document.self, trail);
  if (first == "findings") return of_finding(document, trail);
  if (first != "probes") return {};
  const auto* probe = trail.of(document.probes);
  if (probe == nullptr) return {};
  auto exhibit = of_probe(*probe, trail, check);
  exhibit.probe = static_cast<std::size_t>(probe - document.probes.data());
  return exhibit;
}

void cut(ExhibitLines& lines) {
  if (lines.size() > most_exhibit_lines) {
    const auto more = lines.size() - most_exhibit_lines + 1;
    lines.resize(most_exhibit_lines - 1);
    lines.push_back({"note", fmt::format("… and {} more", more)});
  }
  for (auto& line : lines) line.text = one_line(line.text, most_exhibit_text);
}

}  // namespace

std::vector<Exhibit> exhibits(const Document& document, const Finding& finding) {
  std::vector<Exhibit> all;
  for (const auto& pointer : finding.evidence) {
    if (all.size() == most_exhibits) break;
    auto exhibit = lead(document, pointer, finding.check);
    cut(exhibit.lines);
    const auto same = [&](const Exhibit& other) {
      return std::ranges::equal(other.lines, exhibit.lines, {}, &ExhibitLine::text, &ExhibitLine::text);
    };
    if (exhibit.lines.empty() || std::ranges::any_of(all, same)) continue;
    exhibit.pointer = one_line(pointer, most_exhibit_text);
    exhibit.title = one_line(exhibit.title, most_exhibit_text);
    all.push_back(std::move(exhibit));
  }
  return all;
}

}  // namespace mailprobe::reporter
