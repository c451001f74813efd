#include "tests/support/documents.h"

namespace mailprobe::test {

namespace {

using evidence::Verdict;

evidence::Expectation expected(const evidence::Probe& probe, std::string text, Verdict verdict, std::string found,
                               std::string pointer) {
  return {.probe = probe.id,
          .text = std::move(text),
          .verdict = verdict,
          .cause = {},
          .expected = "pass",
          .found = std::move(found),
          .evidence = {std::move(pointer)}};
}

/// Wrong on purpose, as the scenario "enforcement" has it.
evidence::Probe wrong(std::string name, std::string fault) {
  auto probe = good_delivery().probes.front();
  probe.id = "id-" + fault;
  probe.name = std::move(name);
  probe.variation = "fault=" + fault;
  probe.fault = std::move(fault);
  return probe;
}

void refuse(evidence::Probe& probe) {
  probe.mailbox.reset();
  probe.smtp->outcome = Outcome::rejected;
  probe.smtp->reply = evidence::ReplyFacts{.code = 550, .enhanced = "5.7.26", .text = "not aligned"};
  probe.attempts.back() = *probe.smtp;
}

void record(evidence::Probe& probe, std::string_view method, std::string_view result) {
  for (auto& field : probe.mailbox->authentication_results)
    for (auto& each : field.results)
      if (each.method == method) each.result = result;
}

}  // namespace

evidence::Document enforcement_run() {
  auto document = good_delivery();
  document.run.scenario = "enforcement";
  document.probes.front().name = "right";
  document.probes.front().control_of = "dkim";
  auto recorded = wrong("dkim/body-hash", "dkim-body-hash"), taken = wrong("dkim/expired", "dkim-signature"),
       refused = wrong("dkim/reject", "dmarc-reject"), junk = wrong("dkim/quarantine", "dmarc-quarantine"),
       alone = wrong("lonely", "spf-fail");
  record(recorded, "dkim", "fail");
  refuse(refused);
  junk.mailbox->folder = "Spam";
  junk.mailbox->special_use = "\\Junk";
  for (auto* each : {&recorded, &taken, &refused, &junk, &alone}) document.probes.push_back(std::move(*each));
  return document;
}

evidence::Document scenario_run() {
  auto document = good_delivery();
  document.run.command = "mailprobe --lab run daily.yaml --to reflector@target.test";
  document.run.scenario = "daily";
  document.probes.front().name = "plain";
  auto second = footer_delivery().probes.front();
  second.id = "secondprobe";
  second.name = "broken";
  second.variation = "body hash";
  document.probes.front().control_of = "broken";
  document.probes.push_back(std::move(second));
  const auto& first = document.probes.front();
  const auto& other = document.probes.back();
  document.expectations = {
      expected(first, "dkim[r1].result == pass", Verdict::pass, "pass, pass", "/probes/0/mailbox/dkim/0/result"),
      expected(other, "dkim[r1].result == pass", Verdict::fail, "fail", "/probes/1/mailbox/dkim/0/result"),
      expected(other, "reply exists", Verdict::inconclusive, "no answer was waited for", "/probes/1/reply")};
  document.expectations.back().cause = Cause::no_control;
  document.expectations.push_back({.probe = {},
                                   .text = "p95(latency) < 30s",
                                   .verdict = Verdict::pass,
                                   .cause = {},
                                   .expected = "< 30s",
                                   .found = "4s",
                                   .evidence = {}});
  return document;
}

}  // namespace mailprobe::test
