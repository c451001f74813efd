// TLS reporting records: mox's and Stalwart's cases.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "auth/tlsrpt_record.h"
#include "tests/support/conformance.h"

namespace mailprobe::auth {
namespace {

namespace json = boost::json;

std::vector<std::string> strings(const json::value& array) {
  std::vector<std::string> out;
  for (const auto& each : array.as_array()) out.emplace_back(each.as_string());
  return out;
}

TEST(TlsrptConformance, MoxsRecords) {
  MAILPROBE_CONFORMANCE(folder, "mta-sts");
  const auto all = json::parse(test::read_file(folder / "mox-tlsrpt.json"));
  const auto& rows = all.at("records").as_array();
  EXPECT_EQ(rows.size(), 20U);
  for (const auto& row : rows) {
    const std::string text(row.at("txt").as_string());
    const auto record = parse_tlsrpt_record(text);
    EXPECT_EQ(record.has_value(), row.at("valid").as_bool()) << text;
    if (!record || !row.at("valid").as_bool()) continue;
    const auto& wanted = row.at("rua").as_array();
    ASSERT_EQ(record->rua.size(), wanted.size()) << text;
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(record->rua[i], strings(wanted[i])) << text;
  }
}

TEST(TlsrptConformance, StalwartsRecords) {
  MAILPROBE_CONFORMANCE(folder, "mta-sts");
  const auto all = json::parse(test::read_file(folder / "stalwart.json"));
  const auto& rows = all.at("tlsrpt_records").as_array();
  EXPECT_EQ(rows.size(), 3U);
  for (const auto& row : rows) {
    const auto record = parse_tlsrpt_record(row.at("txt").as_string());
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_EQ(record->rua.front(), strings(row.at("rua")));
  }
}

TEST(TlsrptRecord, OthersAtTheNameAreNoneOfIt) {
  EXPECT_TRUE(is_tlsrpt_record("v=TLSRPTv1; rua=mailto:a@example.org"));
  for (const auto* other : {"", "v=TLSRPTv10; rua=mailto:a@example.org", "v=tlsrptv1;", "v=spf1 -all"})
    EXPECT_FALSE(is_tlsrpt_record(other)) << other;
}

}  // namespace
}  // namespace mailprobe::auth
