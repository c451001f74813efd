// self.*: our own standing, so that a fault of ours is not charged to the target.
#include <algorithm>
#include <chrono>
#include <optional>

#include "evidence/clock.h"
#include "evidence/findings.h"

namespace mailprobe::evidence {

namespace {

constexpr std::size_t max_record = 2000;  // an RSA key of 4096 bits has 736 characters

bool of_certificate(std::string_view what) { return what.starts_with("certificate"); }

bool of_spool(std::string_view what) { return what == "spool"; }

std::string_view check_for(std::string_view what) {
  if (what == "ptr") return "self.ptr";
  if (of_certificate(what)) return "self.certificate";
  if (of_spool(what)) return "self.spool";
  if (what == "blocklist") return "self.blocklists";
  if (what == "helo" || what == "address") return "self.helo";
  return "self.records";
}

bool of_clock(const OwnRecord& record) { return record.what == "clock"; }

bool of_trap(const OwnRecord& record) { return record.what.starts_with("trap "); }

/// Mail goes without it: the HELO name's SPF record, and reports about TLS to us. What is there has to be right.
bool absent_and_optional(const OwnRecord& record) {
  return (record.what == "helo spf" || record.what == "tlsrpt") && record.found.empty() && !record.cause;
}

/// A list of IPv4 addresses has nothing to say of another.
bool lists_no_ipv6(const OwnRecord& record) { return record.what == "blocklist" && record.cause == Cause::unsupported; }

/// Its cause says what is wrong; without one it is right, and not for long.
Verdict certificate_verdict(const OwnRecord& record) { return record.cause ? Verdict::fail : Verdict::warn; }

/// A cause is that answers are put off; without one, only what nobody waits for is.
Verdict spool_verdict(const OwnRecord& record) { return record.cause ? Verdict::fail : Verdict::warn; }

/// own-limit: we never set out to have it.
Verdict verdict_on(const OwnRecord& record) {
  if (record.holds) return Verdict::pass;
  if (of_spool(record.what)) return spool_verdict(record);
  if (record.cause == Cause::own_limit || lists_no_ipv6(record)) return Verdict::not_tested;
  if (of_certificate(record.what)) return certificate_verdict(record);
  if (record.cause) return Verdict::inconclusive;
  return absent_and_optional(record) ? Verdict::warn : Verdict::fail;
}

std::string summary_of(const OwnRecord& record) {
  const auto label = plain(record.what, 60) + " (" + plain(record.name, 260) + ") ";
  const auto problem = plain(record.problem.value_or("is not as it should be"), 300);
  if (of_trap(record) && record.holds) return label + "is in place";
  if (of_trap(record) && record.cause != Cause::own_limit) return label + "is not in place: it " + problem;
  return label + (record.holds ? "is as it should be" : problem);
}

std::string advice_on(const OwnRecord& record) {
  auto wanted = plain(record.wanted, max_record);
  if (record.what == "helo") return "Set helo to " + wanted;
  if (record.what == "blocklist")
    return "Find out what was sent from there, stop it, then ask the list's operator to take the address off";
  if (record.type.empty()) return wanted;  // nothing to publish
  return "Publish " + plain(record.type, 20) + " at " + plain(record.name, 260) + ": " + wanted;
}

/// What an address needs to be looked at.
bool lacks_source(const OwnRecord& record) {
  return !of_trap(record) && !of_certificate(record.what) && record.cause == Cause::own_limit;
}

std::string advice_after(const OwnRecord& record, Verdict verdict) {
  if (verdict == Verdict::fail || verdict == Verdict::warn) return advice_on(record);
  if (verdict != Verdict::not_tested) return {};
  if (lacks_source(record)) return "Set source_ips to the public addresses of this host that mail is sent from";
  return of_certificate(record.what) ? plain(record.wanted, max_record) : std::string{};
}

/// A list's own word; what its operator calls "blocked" is told by the record alone.
std::optional<Cause> cause_of(const OwnRecord& record, Verdict verdict) {
  return record.what == "blocklist" && verdict == Verdict::fail ? Cause::blocked : record.cause;
}

void judge_record(const Document& document, std::size_t index, Findings& findings) {
  const auto& record = document.self.records[index];
  if (of_clock(record)) return;
  const auto verdict = verdict_on(record);
  findings.add(check_for(record.what), domain_subject(record.name),
               {.verdict = verdict,
                .summary = summary_of(record),
                .cause = cause_of(record, verdict),
                .advice = advice_after(record, verdict),
                .evidence = {pointer("self", "records", index)}});
}

void judge_port25(const Document& document, Findings& findings) {
  const auto& port = document.self.port25;
  if (!port) {
    if (of_doctor(document))
      findings.add("self.port25", self_subject(document.self),
                   {.verdict = Verdict::not_tested,
                    .summary = "No control host is configured to try port 25 with",
                    .advice = "Set control: HOST:25, a mail server of your own outside this network"});
    return;
  }
  const auto verdict = *port == "open" ? Verdict::pass : *port == "closed" ? Verdict::fail : Verdict::inconclusive;
  auto& finding = findings.add("self.port25", self_subject(document.self),
                               {.verdict = verdict,
                                .summary = *port == "open"     ? "Port 25 is open to the outside"
                                           : *port == "closed" ? "Not even our own control host answers on port 25"
                                                               : "Port 25 seems to be closed to the outside"});
  finding.evidence = {pointer("self", "port25")};
  if (verdict == Verdict::pass) return;
  finding.cause = Cause::our_port_25;
  finding.advice =
      "Ask the network's operator to open port 25 outwards, or send through a submission server with --via";
}

/// Where it was asked for and could not be told.
void judge_unknown_clock(const Document& document, std::size_t index, Findings& findings) {
  const auto& record = document.self.records[index];
  findings.add("self.clock", self_subject(document.self),
               {.verdict = Verdict::inconclusive,
                .summary = summary_of(record),
                .cause = record.cause,
                .evidence = {pointer("self", "records", index)}});
}

void judge_known_clock(const Document& document, std::optional<std::size_t> index, Findings& findings) {
  const auto skew = std::chrono::seconds(*document.self.clock_skew);
  const auto off = std::chrono::abs(skew);
  const auto verdict = off <= right_clock ? Verdict::pass : off <= bearable_clock ? Verdict::warn : Verdict::fail;
  const auto ahead = std::string(skew.count() < 0 ? " behind" : " ahead");
  auto& finding = findings.add(
      "self.clock", self_subject(document.self),
      {.verdict = verdict,
       .summary = verdict == Verdict::pass ? "Our clock is right"
                                           : "Our clock is " + std::to_string(off.count()) + " s" + ahead});
  finding.evidence = {pointer("self", "clock_skew")};
  if (index) finding.evidence.push_back(pointer("self", "records", *index));
  if (verdict == Verdict::pass) return;
  finding.advice =
      "Let an NTP client (systemd-timesyncd, chrony) set this host's clock: with a wrong one signatures seem to be of "
      "the future or over, certificates not valid, and delays mean nothing";
}

void judge_clock(const Document& document, Findings& findings) {
  const auto& records = document.self.records;
  std::optional<std::size_t> index;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (of_clock(records[i])) index = i;
  if (document.self.clock_skew) return judge_known_clock(document, index, findings);
  if (index) return judge_unknown_clock(document, *index, findings);
  if (of_doctor(document))
    findings.add("self.clock", self_subject(document.self),
                 {.verdict = Verdict::not_tested,
                  .summary = "No NTP server is configured to compare our clock with",
                  .advice = "Set clock: HOST, an NTP server of yours or of your provider"});
}

void judge_missing_blocklists(const Document& document, Findings& findings) {
  const auto& records = document.self.records;
  if (!of_doctor(document) || std::ranges::find(records, "blocklist", &OwnRecord::what) != records.end()) return;
  findings.add("self.blocklists", self_subject(document.self),
               {.verdict = Verdict::not_tested,
                .summary = "No block list is configured to look our addresses up in",
                .advice = "Set blocklists: [ZONE, …], the lists that your correspondents use"});
}

}  // namespace

void judge_self(const Document& document, Findings& findings) {
  for (std::size_t i = 0; i < document.self.records.size(); ++i) judge_record(document, i, findings);
  judge_port25(document, findings);
  judge_clock(document, findings);
  judge_missing_blocklists(document, findings);
}

}  // namespace mailprobe::evidence
