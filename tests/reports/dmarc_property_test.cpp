// Whatever a report holds, written as XML it is read as the same: random reports, in the shapes that the schemas allow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "reports/dmarc_report.h"

namespace mailprobe::reports {
namespace {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_); }
  bool coin() { return below(2) == 0; }

  std::string text() {
    static constexpr std::string_view letters = "abc <>&\"'\\;=\xC3\xA9z.-!09";
    std::string out = "t";
    for (auto length = below(12); length > 0; --length) out += letters[below(letters.size())];
    if (out.back() == '\xC3') out += '\xA9';
    std::string valid;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool lead = out[i] == '\xC3' && i + 1 < out.size() && out[i + 1] == '\xA9';
      if (lead) valid += "\xC3\xA9", ++i;
      if (!lead && static_cast<unsigned char>(out[i]) < 0x80) valid += out[i];
    }
    while (valid.back() == ' ') valid.pop_back();
    return valid;
  }
  template <std::size_t N>
  std::string one_of(const char* const (&words)[N]) {
    return words[below(N)];
  }
  IpAddress address() {
    IpAddress ip;
    ip.v6 = coin();
    for (std::size_t i = 0; i < (ip.v6 ? 16 : 4); ++i) ip.bytes[i] = static_cast<std::uint8_t>(below(256));
    if (ip.v6) ip.bytes[0] = 0x20;  // not one that is IPv4 in disguise
    return ip;
  }

 private:
  std::mt19937 engine_;
};

DmarcRecord random_record(Random& random) {
  static constexpr const char* dispositions[] = {"none", "pass", "quarantine", "reject"};
  static constexpr const char* results[] = {"none", "pass", "fail", "policy", "neutral", "temperror", "permerror"};
  static constexpr const char* two[] = {"pass", "fail"};
  DmarcRecord record;
  record.source_ip = random.address();
  record.count = static_cast<std::int64_t>(random.below(1'000'000));
  record.disposition = random.one_of(dispositions);
  record.dkim = random.one_of(two);
  record.spf = random.one_of(two);
  for (auto count = random.below(3); count > 0; --count) record.reasons.push_back({"other", random.text()});
  record.header_from = "probe.test";
  if (random.coin()) record.envelope_from = random.coin() ? "" : "probe.test";
  if (random.coin()) record.envelope_to = "target.test";
  for (auto count = random.below(4); count > 0; --count)
    record.results.push_back({"dkim", "probe.test", random.text(), "", random.one_of(results), random.text()});
  if (random.coin()) record.results.push_back({"spf", "probe.test", "", "mfrom", random.one_of(results), ""});
  return record;
}

DmarcReport random_report(Random& random) {
  DmarcReport report;
  report.version = random.coin() ? "1.0" : "";
  report.org_name = random.text();
  report.email = "dmarc@target.test";
  report.report_id = random.text();
  report.begin = Time(std::chrono::seconds(random.below(2'000'000'000)));
  report.end = report.begin + std::chrono::seconds(random.below(100'000));
  report.domain = "probe.test";
  report.p = "reject";
  report.fo = random.coin() ? "1:d:s" : "";
  for (auto count = random.below(3); count > 0; --count) report.errors.push_back(random.text());
  for (auto count = 1 + random.below(5); count > 0; --count) report.records.push_back(random_record(random));
  return report;
}

/// As an element, with CDATA or entities; nothing for an empty one that may be left out.
std::string element(const std::string& prefix, const std::string& name, const std::string& text, bool cdata,
                    bool needed = false) {
  if (text.empty() && !needed) return {};
  std::string content;
  for (const char c : text) {
    if (c == '<' && !cdata)
      content += "&lt;";
    else if (c == '&' && !cdata)
      content += "&#x26;";
    else if (c == '>' && !cdata)
      content += "&gt;";
    else
      content += c;
  }
  if (cdata) content = "<![CDATA[" + content + "]]>";
  return "\n <" + prefix + name + "> " + content + "\t</" + prefix + name + ">";
}

class Writer {
 public:
  Writer(std::string prefix, bool cdata) : prefix_(std::move(prefix)), cdata_(cdata) {}

  [[nodiscard]] std::string one(const std::string& name, const std::string& text, bool needed = false) const {
    return element(prefix_, name, text, cdata_, needed);
  }
  [[nodiscard]] std::string around(const std::string& name, const std::string& content) const {
    return "<" + prefix_ + name + ">" + content + "</" + prefix_ + name + ">";
  }
  [[nodiscard]] std::string record(const DmarcRecord& record) const {
    std::string evaluated = one("disposition", record.disposition) + one("dkim", record.dkim) + one("spf", record.spf);
    for (const auto& reason : record.reasons)
      evaluated += around("reason", one("type", reason.type) + one("comment", reason.comment));
    std::string results;
    for (const auto& result : record.results)
      results += around(result.method, one("domain", result.domain) + one("selector", result.selector) +
                                           one("scope", result.scope) + one("result", result.result) +
                                           one("human_result", result.human_result));
    auto identifiers = one("header_from", record.header_from);
    if (record.envelope_from) identifiers += one("envelope_from", *record.envelope_from, true);
    if (record.envelope_to) identifiers += one("envelope_to", *record.envelope_to);
    return around("record",
                  around("row", one("source_ip", record.source_ip.text()) + one("count", std::to_string(record.count)) +
                                    around("policy_evaluated", evaluated)) +
                      around("identifiers", identifiers) + around("auth_results", results));
  }
  [[nodiscard]] std::string report(const DmarcReport& report, const std::string& attributes) const {
    const auto seconds = [](Time time) { return std::to_string(time.time_since_epoch().count() / 1000); };
    std::string metadata = one("org_name", report.org_name) + one("email", report.email) +
                           one("report_id", report.report_id) +
                           around("date_range", one("begin", seconds(report.begin)) + one("end", seconds(report.end)));
    for (const auto& error : report.errors) metadata += one("error", error);
    std::string out =
        "<" + prefix_ + "feedback" + attributes + ">" + one("version", report.version) +
        around("report_metadata", metadata) +
        around("policy_published", one("domain", report.domain) + one("p", report.p) + one("fo", report.fo));
    for (const auto& each : report.records) out += record(each);
    return out + "</" + prefix_ + "feedback>";
  }

 private:
  std::string prefix_;
  bool cdata_;
};

void expect_same(const DmarcRecord& read, const DmarcRecord& written) {
  EXPECT_EQ(read.source_ip, written.source_ip);
  EXPECT_EQ(read.count, written.count);
  EXPECT_EQ(read.disposition, written.disposition);
  EXPECT_EQ(read.dkim + read.spf, written.dkim + written.spf);
  EXPECT_EQ(read.header_from, written.header_from);
  EXPECT_EQ(read.envelope_from, written.envelope_from);
  EXPECT_EQ(read.envelope_to, written.envelope_to);
  ASSERT_EQ(read.reasons.size(), written.reasons.size());
  for (std::size_t i = 0; i < read.reasons.size(); ++i) EXPECT_EQ(read.reasons[i].comment, written.reasons[i].comment);
  ASSERT_EQ(read.results.size(), written.results.size());
  for (std::size_t i = 0; i < read.results.size(); ++i) {
    EXPECT_EQ(read.results[i].method, written.results[i].method);
    EXPECT_EQ(read.results[i].selector, written.results[i].selector);
    EXPECT_EQ(read.results[i].result, written.results[i].result);
    EXPECT_EQ(read.results[i].human_result, written.results[i].human_result);
  }
}

void expect_same(const DmarcReport& read, const DmarcReport& written) {
  EXPECT_EQ(read.version, written.version);
  EXPECT_EQ(read.org_name, written.org_name);
  EXPECT_EQ(read.report_id, written.report_id);
  EXPECT_EQ(read.begin, written.begin);
  EXPECT_EQ(read.end, written.end);
  EXPECT_EQ(read.fo, written.fo);
  EXPECT_EQ(read.errors, written.errors);
  EXPECT_TRUE(read.oddities.empty());
  ASSERT_EQ(read.records.size(), written.records.size());
  for (std::size_t i = 0; i < read.records.size(); ++i) expect_same(read.records[i], written.records[i]);
}

TEST(DmarcProperty, WhatIsWrittenIsRead) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    const auto report = random_report(random);
    const bool prefixed = random.coin(), cdata = random.coin();
    const std::string attributes = prefixed        ? " xmlns:d='urn:ietf:params:xml:ns:dmarc-2.0'"
                                   : random.coin() ? " xmlns='urn:ietf:params:xml:ns:dmarc-2.0'"
                                                   : "";
    const auto xml = Writer(prefixed ? "d:" : "", cdata).report(report, attributes);
    const auto read = parse_dmarc_report(xml);
    ASSERT_TRUE(read) << seed << ": " << read.error().message << "\n" << xml;
    expect_same(*read, report);
    if (testing::Test::HasFailure()) FAIL() << seed << "\n" << xml;
  }
}

TEST(DmarcProperty, DamageIsRefusedOrRead) {
  Random random(7);
  const auto xml = Writer("", false).report(random_report(random), "");
  std::size_t refused = 0;
  for (int i = 0; i < 5000; ++i) {
    auto damaged = xml;
    for (auto count = 1 + random.below(3); count > 0; --count)
      damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    const auto read = parse_dmarc_report(damaged);
    if (read) EXPECT_LE(read->begin, read->end);
    if (!read) ++refused;
  }
  EXPECT_GT(refused, 1000U);
}

}  // namespace
}  // namespace mailprobe::reports
