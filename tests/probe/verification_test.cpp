// Who handed the message to the target, read off its own Received fields.
#include <gtest/gtest.h>

#include "probe/verification.h"
#include "tests/auth/signing.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

struct Row {
  std::string_view name, fields;
  bool relayed;
  std::string_view client, helo;
};

const Row rows[] = {
    {"in_brackets", "Received: from mx.probe.test (mx.probe.test [192.0.2.1])\r\n\tby mx.target.test with ESMTPS;\r\n",
     false, "192.0.2.1", "mx.probe.test"},
    {"behind_nat",
     "Received: from mx.probe.test (unknown [198.51.100.7]) by mx.target.test; Sat, 31 Jan 2026 12:00:00 +0000\r\n",
     false, "198.51.100.7", "mx.probe.test"},
    {"ipv6", "Received: from mx.probe.test ([IPv6:2001:db8::1]) by mx.target.test;\r\n", false, "2001:db8::1",
     "mx.probe.test"},
    {"without_brackets", "Received: from mx.probe.test (192.0.2.1) by mx.target.test;\r\n", false, "192.0.2.1",
     "mx.probe.test"},
    {"the_lowest_counts",
     "Received: from mx.target.test ([10.0.0.1]) by inner.target.test;\r\n"
     "Received: from mx.probe.test ([192.0.2.1]) by mx.target.test;\r\n",
     false, "192.0.2.1", "mx.probe.test"},
    {"says_no_address", "Received: by mx.target.test; Sat, 31 Jan 2026 12:00:00 +0000\r\n", false, "192.0.2.99",
     "mx.probe.test"},
    {"no_received", "", false, "192.0.2.99", "mx.probe.test"},
    {"relayed",
     "Received: from relay.test (relay.test [203.0.113.5]) by mx.target.test;\r\n"
     "Received: from mx.probe.test ([192.0.2.1]) by relay.test;\r\n",
     true, "203.0.113.5", "relay.test"},
    {"relayed_within_the_relay",
     "Received: from out.relay.test ([203.0.113.5]) by mx.target.test;\r\n"
     "Received: from in.relay.test ([10.0.0.1]) by out.relay.test;\r\n"
     "Received: from mx.probe.test ([192.0.2.1]) by in.relay.test;\r\n",
     true, "203.0.113.5", "out.relay.test"},
    {"relayed_to_a_host_of_another_name",
     "Received: from out.relay.test ([203.0.113.5]) by somewhere.example.net;\r\n"
     "Received: from mx.probe.test ([192.0.2.1]) by in.relay.test;\r\n",
     true, "203.0.113.5", "out.relay.test"},
    {"relayed_and_nothing_known", "Received: from mx.probe.test ([192.0.2.1]) by relay.test;\r\n", true, "", ""},
};

class EnvelopeAtTarget : public testing::TestWithParam<Row> {};

TEST_P(EnvelopeAtTarget, IsReadOffTheTrace) {
  const auto& row = GetParam();
  const Handover handover{.local_address = "192.0.2.99",
                          .helo = "mx.probe.test",
                          .reverse_path = "probe@probe.test",
                          .relayed = row.relayed,
                          .target_hosts = {"target.test", "mx.target.test"}};
  const auto raw = std::string(row.fields) + "From: probe@probe.test\r\n\r\nReceived: from x ([1.2.3.4]) by y;\r\n";
  const auto envelope = envelope_at_target(raw, handover);
  EXPECT_EQ(envelope.client ? envelope.client->text() : "", row.client);
  EXPECT_EQ(envelope.helo, row.helo);
  EXPECT_EQ(envelope.mail_from, "probe@probe.test");
}

INSTANTIATE_TEST_SUITE_P(Traces, EnvelopeAtTarget, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(FilterFields, AreWhatFiltersWrite) {
  const auto fields = filter_fields(
      "X-Spam-Status: Yes, score=7.3\r\n\trequired=5.0\r\nSubject: X-Spam\r\nX-Rspamd-Score: 3\r\n"
      "X-Mailprobe-Id: x\r\n\r\nX-Spam-Flag: YES\r\n");
  EXPECT_EQ(fields, (std::vector<std::string>{"X-Spam-Status: Yes, score=7.3\trequired=5.0", "X-Rspamd-Score: 3"}));
}

/// What the signature of a copy that came at `came` comes to, looked for now.
std::string signature_of_copy(Time came, Time expires) {
  auto signing = mailprobe::test::options();
  signing.expires = expires;
  mailprobe::test::FakeResolver resolver;
  resolver.txt("s1._domainkey.example.org", test::signing_key().dns_record());
  imap::Copy copy;
  copy.raw = mailprobe::test::signed_message("From: a@example.org\r\n\r\nHello.\r\n", signing);
  copy.seen = came;
  const auto judged = mailprobe::test::run(verify_copy(std::move(copy), {}, resolver));
  return judged.dkim.size() == 1 ? std::string(word(judged.dkim[0].result)) : "";
}

TEST(VerifyCopy, JudgesByTheClockOfWhenItCame) {
  const auto came = now() - std::chrono::hours(48);
  EXPECT_EQ(signature_of_copy(came, came + std::chrono::seconds(2)), "pass");
  EXPECT_EQ(signature_of_copy(came, came - std::chrono::seconds(2)), "fail");
}

}  // namespace
}  // namespace mailprobe::probe
