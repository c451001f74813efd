#include "tests/support/documents.h"

namespace mailprobe::test {

namespace {

using evidence::Difference;

Time at(int day) { return *parse_rfc3339("2026-01-" + std::to_string(day) + "T12:00:00Z"); }

evidence::TrendPoint point(int day, std::int64_t failed, std::optional<std::int64_t> latency) {
  return {.id = "202601" + std::to_string(day) + "T120000Z-aaaaaa",
          .started = at(day),
          .exit = failed > 0 ? 1 : 0,
          .passed = 14 - failed,
          .warned = 2,
          .failed = failed,
          .undetermined = latency ? 0 : 1,
          .latency_ms = latency,
          .session_ms = 120};
}

}  // namespace

evidence::Document compared() {
  auto document = footer_delivery();
  evidence::Comparison comparison;
  comparison.with = {.id = "20260130T120000Z-aaaaaa", .version = "0.1.0", .started = at(30), .exit = 0};
  comparison.worse = {{.what = "finding",
                       .subject = "probe default",
                       .check = "path.dkim-survival",
                       .probe = "default",
                       .before = "pass",
                       .after = "fail",
                       .summary = "Was pass, is fail. No signature survives.",
                       .evidence = {"/probes/0/mailbox/dkim"}}};
  comparison.better = {Difference{.what = "latency",
                                  .subject = "probe default",
                                  .check = {},
                                  .probe = "default",
                                  .before = "1m30s",
                                  .after = "250ms",
                                  .summary = "The way into the mailbox took 250ms instead of 1m30s.",
                                  .evidence = {"/probes/0/mailbox/delay_ms"}}};
  comparison.changed = {Difference{.what = "certificate",
                                   .subject = "cert mx1.target.test 127.0.0.1 rsa",
                                   .check = {},
                                   .probe = {},
                                   .before = std::string(64, 'a'),
                                   .after = std::string(64, 'b'),
                                   .summary = "A new certificate.",
                                   .evidence = {}}};
  comparison.appeared = {{.what = "finding",
                          .subject = "domain target.test",
                          .check = "published.tlsrpt",
                          .probe = {},
                          .before = {},
                          .after = "pass",
                          .summary = "A record is published.",
                          .evidence = {}}};
  comparison.gone = {Difference{.what = "mx",
                                .subject = "mx old.target.test",
                                .check = {},
                                .probe = {},
                                .before = "20",
                                .after = {},
                                .summary = "The mail server old.target.test is gone.",
                                .evidence = {}}};
  comparison.trend = {point(27, 0, 900), point(28, 3, std::nullopt), point(29, 0, 1200), point(30, 0, 90'000)};
  document.comparison = std::move(comparison);
  return document;
}

}  // namespace mailprobe::test
