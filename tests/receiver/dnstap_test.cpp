// dnstap files: the questions in one, whole or torn. The file is one of tests/fuzz/corpus.
#include "receiver/dnstap.h"

#include <gtest/gtest.h>

#include <fstream>

#include "receiver/questions.h"
#include "tests/support/conformance.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

const std::string zone = "abcdefghijklmnopqrstuvwxyz.w.probe.test";

std::string file(const std::string& name) {
  return test::read_file(std::filesystem::path(MAILPROBE_SOURCE_DIR) / "tests/fuzz/corpus/receiver_dnstap" / name);
}

std::vector<SeenQuery> read_dnstap(std::string_view bytes) {
  std::vector<SeenQuery> all;
  EXPECT_LE(take_dnstap(bytes, [&](SeenQuery query) { all.push_back(std::move(query)); }), bytes.size());
  return all;
}

TEST(Dnstap, HasTheQuestionsOfClients) {
  const auto bytes = file("two_questions");
  EXPECT_TRUE(is_dnstap(bytes));
  const auto found = read_dnstap(bytes);
  ASSERT_EQ(found.size(), 2U) << "a reply is no question";
  EXPECT_EQ(found[0].name, "probe._domainkey." + zone);
  EXPECT_EQ(found[0].type, "TXT");
  EXPECT_EQ(found[0].from, "192.0.2.53");
  EXPECT_EQ(found[0].transport, "udp");
  EXPECT_EQ(rfc3339(found[0].time).substr(0, 19), "2026-01-31T12:00:00");
  EXPECT_EQ(found[1].from, "2001:db8::53");
  EXPECT_EQ(found[1].transport, "tcp");
}

TEST(Dnstap, TornAtAnyByteGivesWhatIsWhole) {
  const auto bytes = file("two_questions");
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_LE(read_dnstap(std::string_view(bytes).substr(0, size)).size(), 2U);
  EXPECT_EQ(read_dnstap(file("torn")).size(), 1U);
  EXPECT_TRUE(read_dnstap(file("huge_frame")).empty());
  EXPECT_FALSE(is_dnstap(file("no_dnstap")));
}

TEST(Dnstap, IsReadAsALogOfQuestions) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "knot.tap";
  std::ofstream(path, std::ios::binary) << file("two_questions");
  const auto any = [](const SeenQuery&) { return true; };
  const auto late = [](const SeenQuery& query) { return query.time >= *parse_rfc3339("2026-01-31T12:00:01Z"); };
  EXPECT_EQ(questions_with(zone, path, any).queries.size(), 2U);
  EXPECT_EQ(questions_with("_dmarc", path, late).queries.size(), 1U);
  EXPECT_TRUE(questions_with("other", path, any).queries.empty());
  EXPECT_FALSE(questions_with(zone, path, any).trouble);
}

TEST(Dnstap, WhatIsTakenIsWholeFrames) {
  const auto bytes = file("two_questions");
  std::vector<SeenQuery> all;
  const auto keep = [&](SeenQuery query) { all.push_back(std::move(query)); };
  const auto half = bytes.size() - 20;
  const auto taken = take_dnstap(std::string_view(bytes).substr(0, half), keep);
  EXPECT_LT(taken, half);
  take_dnstap(std::string_view(bytes).substr(taken), keep);
  EXPECT_EQ(all, read_dnstap(bytes)) << "the rest later, no frame twice";
}

}  // namespace
}  // namespace mailprobe::receiver
