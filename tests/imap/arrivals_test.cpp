// New messages that have a field, given out once each: what is fetched, where the marks stand, what a lost connection
// leaves.
#include <gtest/gtest.h>

#include "imap/watcher.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"
#include "tests/support/scripted_stream.h"

namespace mailprobe::imap {
namespace {

using namespace std::chrono_literals;
using test::Dialogue;
using test::ScriptedStream;

struct Outcome {
  std::vector<std::vector<Arrived>> given;  // by each call
  std::optional<Error> error;
  Baseline baseline;
  std::string problem;
};

Task<Outcome> watch(const Dialogue& dialogue, std::size_t calls, std::optional<Baseline> earlier) {
  ScriptedStream stream(dialogue);
  Transcript transcript;
  Watcher watcher(stream, transcript, test::no_pause);
  Account account;
  account.credentials = {.user = "user", .secret = Secret("pencil")};
  account.folders = {"INBOX"};
  Outcome out;
  const auto opened = co_await watcher.open(std::move(account), std::move(earlier));
  if (!opened) out.error = opened.error();
  for (std::size_t i = 0; i < calls && !out.error; ++i) {
    auto found = co_await watcher.arrivals("X-Mailprobe-Id", std::chrono::steady_clock::now() + 20min);
    if (found)
      out.given.push_back(std::move(*found));
    else
      out.error = found.error();
  }
  out.baseline = watcher.baseline();
  out.problem = stream.problem();
  co_return out;
}

Outcome watched(std::string_view file, std::size_t calls, std::optional<Baseline> earlier = {}) {
  const auto dialogue = Dialogue::load(test::data(file));
  return test::run(watch(dialogue, calls, std::move(earlier)));
}

TEST(Arrivals, GivesOutEachNewProbeOnceAndWaitsByIdle) {
  const auto out = watched("imap_arrivals/idle.txt", 2);
  EXPECT_EQ(out.error, std::nullopt) << out.error->message;
  EXPECT_EQ(out.problem, "");
  ASSERT_EQ(out.given.size(), 2U);
  ASSERT_EQ(out.given[0].size(), 1U);
  EXPECT_TRUE(out.given[0][0].raw.starts_with("X-Mailprobe-Id: one\r\n"));
  EXPECT_EQ(out.given[0][0].folder, "INBOX");
  ASSERT_EQ(out.given[1].size(), 1U);
  EXPECT_TRUE(out.given[1][0].raw.starts_with("X-Mailprobe-Id: two\r\n"));
  EXPECT_EQ(out.baseline.at("INBOX").uidnext, 8U);
}

TEST(Arrivals, GoesOnFromAnEarlierMark) {
  const auto out = watched("imap_arrivals/earlier.txt", 1, Baseline{{"INBOX", {7, 3}}});
  EXPECT_EQ(out.error, std::nullopt) << out.error->message;
  EXPECT_EQ(out.problem, "");
  ASSERT_EQ(out.given.size(), 1U);
  EXPECT_EQ(out.given[0].size(), 2U);
  EXPECT_EQ(out.baseline.at("INBOX").uidnext, 6U);
}

TEST(Arrivals, ALostConnectionLosesNothingThatWasNotGivenOut) {
  const auto out = watched("imap_arrivals/lost.txt", 1, Baseline{{"INBOX", {7, 3}}});
  EXPECT_EQ(out.problem, "");
  ASSERT_EQ(out.given.size(), 1U);
  ASSERT_EQ(out.given[0].size(), 1U);
  EXPECT_EQ(out.baseline.at("INBOX").uidnext, 4U) << "the second is still to come";
}

}  // namespace
}  // namespace mailprobe::imap
