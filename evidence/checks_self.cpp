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

/// Mail goes without it: the HELO name's SPF record, and reports about TLS to us. What is there has to be right.
bool absent_and_optional(const OwnRecord& record) {
  return (record.what == "helo spf" || record.what == "tlsrpt") && record.found.empty() && !record.cause;
}

void judge_record(const Document& document, std::size_t index, Findings& findings) {
  const auto& record = document.self.records[index];
  const auto label = plain(record.what, 60) + " (" + plain(record.name, 260) + ")";
  const auto verdict = record.holds                  ? Verdict::pass
                       : record.cause                ? Verdict::inconclusive
                       : absent_and_optional(record) ? Verdict::warn
                                                     : Verdict::fail;
  Judgement judgement{
      .verdict = verdict,
      .summary = label + " " +
                 (record.holds ? "is as it should be" : plain(record.problem.value_or("is not as it should be"), 300)),
      .cause = record.cause,
      .evidence = {pointer("self", "records", index)}};
  if (verdict == Verdict::fail || verdict == Verdict::warn)
    judgement.advice = record.what == "helo" ? "Set helo to " + plain(record.wanted, max_record)
                                             : "Publish " + plain(record.type, 20) + " at " + plain(record.name, 260) +
                                                   ": " + plain(record.wanted, max_record);
  findings.add(check_for(record.what), domain_subject(record.name), std::move(judgement));
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
