// What each target with a policy was built to show: target × check × verdict × cause, and that nothing goes out which a
// policy forbids.
#include "tests/lab/sending.h"

namespace mailprobe::lab {
namespace {

struct Shown {
  const char* check;
  const char* verdict;
  const char* cause = "none";
};

struct Row {
  const char* name;
  const char* to;
  const char* outcome;
  const char* applied;
  std::vector<Shown> shows;
  void (*change)(probe::Settings&, probe::SendOptions&) = [](auto&, auto&) {};
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

void may(probe::Settings&, probe::SendOptions& options) { options.floor = TlsFloor::may; }
void sts(probe::Settings&, probe::SendOptions& options) { options.floor = TlsFloor::sts; }
void dane(probe::Settings&, probe::SendOptions& options) { options.floor = TlsFloor::dane; }
void require_tls(probe::Settings&, probe::SendOptions& options) { options.require_tls = true; }

const std::vector<Row>& rows() {
  static const std::vector<Row> table{
      {"dane_good",
       "reflector@dane.test",
       "accepted",
       "dane",
       {{"published.dane", "pass"},
        {"inbound.dane", "pass"},
        {"path.accepted", "pass"},
        {"published.mta-sts", "warn"}}},
      {"dane_wrong",
       "reflector@dane-wrong.test",
       "not-sent",
       "dane",
       {{"published.dane", "pass"},
        {"inbound.dane", "fail", "policy"},
        {"inbound.certificate", "pass"},
        {"path.accepted", "fail", "policy"}}},
      {"dane_wrong_and_plain_text_permitted",
       "reflector@dane-wrong.test",
       "not-sent",
       "dane",
       {{"inbound.dane", "fail", "policy"}},
       may},
      {"dane_rollover",
       "reflector@dane-rollover.test",
       "accepted",
       "dane",
       {{"published.dane", "info"}, {"inbound.dane", "pass"}, {"path.accepted", "pass"}}},
      {"dane_that_need_not_be_used",  // RFC 7672 §2.2.1
       "reflector@hosted.test",
       "accepted",
       "none",
       {{"published.dane", "warn"}, {"inbound.dane", "pass"}, {"path.accepted", "pass"}}},
      {"dane_that_need_not_be_used_and_is_wrong",
       "reflector@hosted-wrong.test",
       "accepted",
       "none",
       {{"published.dane", "warn"}, {"inbound.dane", "fail", "policy"}, {"path.accepted", "pass"}}},
      {"sts_enforce",
       "reflector@sts.test",
       "accepted",
       "sts",
       {{"published.mta-sts", "pass"},
        {"published.tlsrpt", "pass"},
        {"inbound.mta-sts", "pass"},
        {"path.accepted", "pass"}}},
      {"sts_wrong_certificate",
       "reflector@sts-cert.test",
       "not-sent",
       "sts",
       {{"published.mta-sts", "pass"}, {"inbound.mta-sts", "fail", "wrong-name"}, {"path.accepted", "fail", "policy"}}},
      {"sts_wrong_certificate_and_plain_text_permitted",
       "reflector@sts-cert.test",
       "not-sent",
       "sts",
       {{"inbound.mta-sts", "fail", "wrong-name"}},
       may},
      {"sts_unlisted",
       "reflector@sts-unlisted.test",
       "not-sent",
       "sts",
       {{"published.mta-sts", "fail", "policy"},
        {"inbound.mta-sts", "fail", "policy"},
        {"inbound.connect", "not-tested", "policy"},
        {"path.accepted", "fail", "policy"}}},
      {"sts_testing",
       "reflector@sts-testing.test",
       "accepted",
       "none",
       {{"published.mta-sts", "warn"}, {"inbound.mta-sts", "warn", "wrong-name"}, {"path.accepted", "pass"}}},
      {"sts_testing_and_floor_sts",
       "reflector@sts-testing.test",
       "not-sent",
       "sts",
       {{"inbound.mta-sts", "warn", "wrong-name"}, {"path.accepted", "inconclusive", "policy"}},
       sts},
      {"sts_redirect",
       "reflector@sts-redirect.test",
       "accepted",
       "none",
       {{"published.mta-sts", "fail", "protocol-error"}, {"path.accepted", "pass"}}},
      {"sts_redirect_and_floor_sts",
       "reflector@sts-redirect.test",
       "not-sent",
       "none",
       {{"path.accepted", "inconclusive", "policy"}},
       sts},
      {"neither",
       "reflector@footer.test",
       "accepted",
       "none",
       {{"published.dane", "warn"}, {"published.mta-sts", "warn"}, {"published.tlsrpt", "warn"}}},
      {"neither_and_floor_dane",
       "reflector@footer.test",
       "not-sent",
       "none",
       {{"path.accepted", "inconclusive", "policy"}},
       dane},
      {"floor_dane", "reflector@dane.test", "accepted", "dane", {{"inbound.dane", "pass"}}, dane},
      {"requiretls", "reflector@dane.test", "accepted", "dane", {{"path.accepted", "pass"}}, require_tls},
      {"requiretls_not_announced",
       "reflector@footer.test",
       "not-sent",
       "none",
       {{"path.accepted", "inconclusive", "unsupported"}, {"inbound.requiretls", "info"}},
       require_tls},
  };
  return table;
}

class TransportTarget : public Send, public testing::WithParamInterface<Row> {};

const evidence::Finding* find(const evidence::Document& document, std::string_view check) {
  for (const auto& finding : document.findings)
    if (finding.check == check) return &finding;
  return nullptr;
}

TEST_P(TransportTarget, ShowsWhatItWasBuiltFor) {
  const auto& row = GetParam();
  const auto document = send(Trial{.to = row.to, .change = [&](auto& settings, auto& options) {
                                     options.no_wait = true;
                                     row.change(settings, options);
                                   }});
  const auto& probe = document.probes.at(0);
  ASSERT_TRUE(probe.smtp);
  EXPECT_EQ(word(probe.smtp->outcome), row.outcome) << probe.smtp->error.value_or("");
  EXPECT_EQ(probe.policy.applied, row.applied) << probe.policy.reason;
  for (const auto& shown : row.shows) {
    const auto* finding = find(document, shown.check);
    ASSERT_NE(finding, nullptr) << shown.check;
    EXPECT_EQ(word(finding->verdict), shown.verdict) << finding->check << ": " << finding->summary;
    EXPECT_EQ(finding->cause ? word(*finding->cause) : "none", shown.cause)
        << finding->check << ": " << finding->summary;
  }
  const bool mail = std::ranges::any_of(probe.smtp->events, [](const Event& event) {
    return event.dir == Direction::out && event.text.starts_with("MAIL FROM");
  });
  EXPECT_EQ(mail, std::string_view(row.outcome) == "accepted") << "nothing is sent in violation of a policy";
}

INSTANTIATE_TEST_SUITE_P(All, TransportTarget, testing::ValuesIn(rows()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(Send, TheOldRecordAloneFails) {
  const auto document = send(Trial{.to = "late@dane-rollover.test"});
  const auto& probe = document.probes.at(0);
  EXPECT_EQ(probe.smtp->host, "mx-late.dane-rollover.test");
  EXPECT_EQ(word(probe.smtp->outcome), "not-sent");
  EXPECT_EQ(probe.smtp->cause, Cause::policy);
  EXPECT_EQ(document.run.exit, 1);
  const auto of_late = std::ranges::find_if(document.findings, [](const evidence::Finding& finding) {
    return finding.check == "inbound.dane" && finding.subject.contains("mx-late");
  });
  ASSERT_NE(of_late, document.findings.end());
  EXPECT_EQ(word(of_late->verdict), "fail");
}

TEST_F(Send, RequireTlsIsSaidInMailFrom) {
  const auto document = send(Trial{.to = "reflector@target.test", .change = [](auto&, auto& options) {
                                     options.require_tls = true;
                                     options.no_wait = true;
                                   }});
  const auto& events = document.probes.at(0).smtp->events;
  EXPECT_TRUE(std::ranges::any_of(events, [](const Event& event) {
    return event.text.starts_with("MAIL FROM") && event.text.ends_with(" REQUIRETLS");
  }));
}

TEST_F(Send, APolicyThatWasFetchedIsKept) {
  const auto first = send("reflector@sts.test");
  ASSERT_TRUE(first.target.mta_sts);
  EXPECT_EQ(first.target.mta_sts->source, "fetched");
  EXPECT_EQ(first.target.mta_sts->fetched_from, "127.53.2.2");
  ASSERT_TRUE(first.target.mta_sts->tls);
  EXPECT_EQ(first.target.mta_sts->tls->certificates.at(0).names, std::vector<std::string>{"mta-sts.sts.test"});
  const auto second = send("reflector@sts.test");
  EXPECT_EQ(second.target.mta_sts->source, "cache");
  EXPECT_EQ(second.probes.at(0).policy.applied, "sts");
}

}  // namespace
}  // namespace mailprobe::lab
