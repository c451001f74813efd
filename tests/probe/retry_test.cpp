// What follows an attempt: the rules as a table.
#include <gtest/gtest.h>

#include "probe/retry.h"

namespace mailprobe::probe {
namespace {

using namespace std::chrono_literals;

struct Row {
  std::string_view name;
  mailprobe::Outcome outcome;
  std::optional<Failure> failure;
  std::string_view phase;
  Next next;
  bool wait = false;
  int code = 0;
};

using enum mailprobe::Outcome;

const Row rows[] = {
    {"accepted", accepted, {}, "quit", Next::stop},
    {"refused_for_good", rejected, Failure::refused, "rcpt", Next::stop},
    {"no_reply_after_the_dot", unknown, Failure::connection, "dot", Next::stop},
    {"timeout_after_the_dot", unknown, Failure::timeout, "dot", Next::stop},
    {"greylisted", temporary, Failure::refused, "rcpt", Next::host, true},
    {"busy_at_the_banner", temporary, Failure::refused, "banner", Next::host, true},
    {"connection_refused", not_sent, Failure::connection, "connect", Next::address},
    {"black_hole", not_sent, Failure::timeout, "connect", Next::address},
    {"garbage", not_sent, Failure::protocol, "ehlo", Next::address},
    {"dropped_in_data", not_sent, Failure::connection, "data", Next::address},
    {"no_starttls", not_sent, Failure::unsupported, "starttls", Next::host},
    {"starttls_not_now", not_sent, Failure::unsupported, "starttls", Next::host, true, 454},
    {"starttls_never", not_sent, Failure::unsupported, "starttls", Next::host, false, 502},
    {"certificate", not_sent, Failure::unsupported, "tls", Next::host},
    {"starttls_refused", not_sent, Failure::refused, "starttls", Next::host},
    {"login_refused", not_sent, Failure::refused, "auth", Next::stop},
    {"too_large", not_sent, Failure::refused, "mail", Next::stop},
    {"journal_full", not_sent, Failure::ours, "mail", Next::stop},
    {"interrupted", not_sent, Failure::interrupted, "tls", Next::stop},
};

class Retry : public testing::TestWithParam<Row> {};

TEST_P(Retry, IsDecided) {
  Tried tried;
  tried.attempt.outcome = GetParam().outcome;
  tried.attempt.phase = GetParam().phase;
  if (GetParam().code != 0) tried.attempt.reply = evidence::ReplyFacts{GetParam().code, {}, "no"};
  if (GetParam().failure) tried.error = Error{*GetParam().failure, "made to fail", {}, {}};
  EXPECT_EQ(static_cast<int>(next_after(tried)), static_cast<int>(GetParam().next));
  EXPECT_EQ(worth_waiting(tried), GetParam().wait);
}

INSTANTIATE_TEST_SUITE_P(Rules, Retry, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(BackOff, WaitsAsLongAsTheServerAsks) {
  Tried tried;
  tried.attempt.reply = evidence::ReplyFacts{451, "4.7.1", "Greylisted, please try again in 300 seconds"};
  EXPECT_EQ(back_off(tried, 0), 300s + 250ms);
  EXPECT_EQ(back_off(tried, 5), 300s + 250ms);
}

TEST(BackOff, DoublesWithinBounds) {
  const Tried tried;
  EXPECT_EQ(back_off(tried, 0), 1min);
  EXPECT_EQ(back_off(tried, 1), 2min);
  EXPECT_EQ(back_off(tried, 2), 4min);
  EXPECT_EQ(back_off(tried, 1000), 15min);
}

}  // namespace
}  // namespace mailprobe::probe
