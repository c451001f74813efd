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

}  // namespace

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
