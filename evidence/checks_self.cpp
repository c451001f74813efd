// self.*: our own standing, so that a fault of ours is not charged to the target.
#include "evidence/findings.h"

namespace mailprobe::evidence {

namespace {

constexpr std::size_t max_record = 2000;  // an RSA key of 4096 bits has 736 characters

std::string_view check_for(std::string_view what) {
  if (what == "ptr") return "self.ptr";
  if (what == "helo" || what == "address") return "self.helo";
  return "self.records";
}

bool of_trap(const OwnRecord& record) { return record.what.starts_with("trap "); }

/// Mail goes without it: the HELO name's SPF record, and reports about TLS to us. What is there has to be right.
bool absent_and_optional(const OwnRecord& record) {
  return (record.what == "helo spf" || record.what == "tlsrpt") && record.found.empty() && !record.cause;
}

/// own-limit: we never set out to have it.
Verdict verdict_on(const OwnRecord& record) {
  if (record.holds) return Verdict::pass;
  if (record.cause == Cause::own_limit) return Verdict::not_tested;
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
  const auto wanted = plain(record.wanted, max_record);
  if (record.what == "helo") return "Set helo to " + wanted;
  if (record.type.empty()) return wanted;  // nothing to publish
  return "Publish " + plain(record.type, 20) + " at " + plain(record.name, 260) + ": " + wanted;
}

void judge_record(const Document& document, std::size_t index, Findings& findings) {
  const auto& record = document.self.records[index];
  const auto verdict = verdict_on(record);
  findings.add(check_for(record.what), domain_subject(record.name),
               {.verdict = verdict,
                .summary = summary_of(record),
                .cause = record.cause,
                .advice = verdict == Verdict::fail || verdict == Verdict::warn ? advice_on(record) : std::string{},
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

}  // namespace

void judge_self(const Document& document, Findings& findings) {
  for (std::size_t i = 0; i < document.self.records.size(); ++i) judge_record(document, i, findings);
  judge_port25(document, findings);
}

}  // namespace mailprobe::evidence
