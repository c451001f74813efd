// What is left out of documents whose messages hold secrets, and what stays.
#include "evidence/secrecy.h"

#include "evidence/checks_copy.h"

#include <gtest/gtest.h>

#include <set>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/assess.h"
#include "evidence/json.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

constexpr std::string_view canary = "canary-5f1d";

Hidden hidden() {
  Hidden all;
  all.add(canary);
  return all;
}

bool holds(const Document& document, std::string_view text) {
  return to_json(document).find(text) != std::string::npos;
}

/// The members that have a text with the canary in it.
void collect(const boost::json::value& value, const std::string& key, std::set<std::string>& into) {
  if (value.is_object())
    for (const auto& [name, member] : value.get_object()) collect(member, name, into);
  if (value.is_array())
    for (const auto& member : value.get_array()) collect(member, key, into);
  if (value.is_string() && std::string_view(value.get_string()).find(canary) != std::string_view::npos)
    into.insert(key);
}

/// A footer was added below a body that holds the secret; it is kept in the document, and everybody saw it.
Document with_secret() {
  auto document = test::footer_delivery();
  auto& probe = document.probes.front();
  probe.secret = true;
  const std::vector<auth::Mutation> changed{{.kind = "footer-appended",
                                             .part = "body",
                                             .sent = {},
                                             .received = auth::ByteRange{10, 20},
                                             .diff = " canary-5f1d\n+-- \n",
                                             .canonicalizations = {},
                                             .headers = {}}};
  for (auto& signature : probe.mailbox->dkim) signature.mutation = changed;
  probe.forward = test::answered().probes.front().reply;
  probe.forward->dkim = probe.mailbox->dkim;
  probe.replies = {*probe.forward};
  probe.reply = *probe.forward;
  probe.reflection.emplace();
  probe.reflection->dkim = probe.mailbox->dkim;
  probe.reflection->headers = "Subject: canary-5f1d\r\n";
  const auto raw = test::raw_of("Subject: canary-5f1d\r\n\r\n");
  each_raw(probe, [&](Raw& one) { one = {.base64 = raw.base64, .path = "raw/x.eml", .sha256 = raw.sha256}; });
  return document;
}

TEST(LeftOut, IsAllThatQuotesTheMessage) {
  auto document = with_secret();
  ASSERT_TRUE(holds(document, canary));
  ASSERT_TRUE(holds(document, base64("Subject: canary-5f1d\r\n\r\n")));
  auto& probe = document.probes.front();
  leave_out_message(probe);
  EXPECT_FALSE(holds(document, canary));
  EXPECT_FALSE(holds(document, base64("Subject: canary-5f1d\r\n\r\n")));
  each_raw(probe, [](const Raw& raw) {
    EXPECT_EQ(raw.path, "raw/x.eml");
    EXPECT_EQ(raw.sha256.size(), 64U);
  });
  const auto& mutation = probe.mailbox->dkim.front().mutation.front();
  EXPECT_EQ(mutation.kind, "footer-appended");
  EXPECT_EQ(mutation.received, (auth::ByteRange{10, 20}));
  EXPECT_EQ(mutation.diff, " not shown: the message holds a secret");
  EXPECT_EQ(probe.reflection->headers, not_shown);
}

TEST(LeftOut, CostsNoFindingAnything) {
  auto document = with_secret();
  const RawReader read = [raw = document.probes.front().sent->raw](const Raw&) { return embedded(raw); };
  const auto before = assess(document, read);
  leave_out_message(document.probes.front());
  const auto after = assess(document, read);
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].verdict, after[i].verdict) << before[i].check;
    EXPECT_EQ(before[i].summary, after[i].summary) << before[i].check;
  }
}

/// A gateway that repeats the message in its footer; a sentence that is cut short would hold half of the value.
TEST(LeftOut, IsWhatFindingsQuoteOfTheMessage) {
  auto document = test::footer_delivery();
  auto& probe = document.probes.front();
  ASSERT_FALSE(probe.mailbox->dkim.front().mutation.empty());
  const auto quotes = [&] {
    std::size_t count = 0;
    for (const auto& finding : assess(document, embedded)) {
      const bool about = finding.check == "path.dkim-survival" || finding.check == "path.body-intact";
      if (about) EXPECT_NE(finding.summary.find("added at the end"), std::string::npos) << finding.summary;
      if (about && finding.summary.find("body (\"") != std::string::npos) ++count;
    }
    return count;
  };
  EXPECT_EQ(quotes(), 2U);
  probe.secret = true;
  EXPECT_EQ(quotes(), 0U);
}

TEST(LeftOut, IsNothingOfAMessageWithoutOne) {
  auto document = with_secret();
  auto& probe = document.probes.front();
  probe.secret = false;
  const auto before = to_json(document);
  leave_out_message(probe);
  leave_out_late(probe, 0);
  EXPECT_EQ(to_json(document), before);
}

/// Every text from outside in which words may stand: not names that lead somewhere, certificates, and what has a
/// vocabulary.
TEST(Quotes, AreMaskedWhereverTheyStand) {
  auto document = test::hostile("550 no \"canary-5f1d\", sorry");
  document.target = {};
  document.self = {};
  auto& address = document.target.mx.emplace_back().addresses.emplace_back();
  address.session = document.probes.front().smtp;
  address.starttls_injection =
      StarttlsInjection{.command = {}, .executed = {}, .plain_mail = {}, .session = *address.session};
  document.comparison.reset();
  document.run.problem = "canary-5f1d";
  document.findings = assess(document, embedded);
  document.expectations = {
      {.probe = {}, .text = "x", .cause = {}, .expected = "x", .found = "canary-5f1d", .evidence = {}}};
  ASSERT_TRUE(holds(document, canary));
  mask_quotes(document, hidden());
  const auto& probe = document.probes.front();
  EXPECT_EQ(probe.smtp->reply->text, "550 no \"***\", sorry");
  const auto& seen = document.target.mx.front().addresses.front();
  EXPECT_EQ(seen.session->reply->text, "550 no \"***\", sorry");
  EXPECT_EQ(seen.starttls_injection->session.reply->text, "550 no \"***\", sorry");
  EXPECT_EQ(probe.mailbox->filter.front(), "X-Spam-Status: 550 no \"***\", sorry");
  EXPECT_EQ(document.expectations.front().found, "***");
  EXPECT_EQ(document.run.problem, "***");
  for (const auto& finding : document.findings)
    EXPECT_EQ(finding.summary.find(canary), std::string::npos) << finding.check;
  std::set<std::string> left;
  collect(boost::json::parse(to_json(document)).at("probes"), "", left);
  const std::set<std::string> vocabulary{
      "address", "authserv_id", "case",     "cipher",      "disposition", "dkim",    "domain",   "end",  "enhanced",
      "group",   "id",          "kind",     "mechanism",   "method",      "name",    "outcome",  "part", "policy",
      "result",  "result_type", "selector", "special_use", "spf",         "version", "joined_by"};
  const std::set<std::string> names{"helo_addresses", "host",       "names",     "organization", "ptr",
                                    "receiving_mx",   "recipients", "signed_by", "sni",          "source_ip",
                                    "reporting_mta",  "from",       "reason"};
  const std::set<std::string> certificates{"subject", "issuer", "detail"};
  for (const auto& key : left)
    EXPECT_TRUE(vocabulary.contains(key) || names.contains(key) || certificates.contains(key)) << key;
}

TEST(Quotes, OfNothingHiddenStay) {
  auto document = test::hostile("canary-5f1d");
  const auto before = to_json(document);
  mask_quotes(document, Hidden());
  EXPECT_EQ(to_json(document), before);
}

/// Names that lead somewhere, digests and words are as they were, whatever a secret is.
TEST(Quotes, AreNoPartOfWhatADocumentIsReadBy) {
  auto document = test::footer_delivery();
  const auto before = document;
  Hidden common;
  for (const auto* value : {"default", "mailbox", "accepted", "relaxed", "body", "fail"}) common.add(value);
  common.add(document.probes.front().sent->raw.sha256.substr(0, 6));
  common.add(document.probes.front().id.substr(0, 8));
  mask_quotes(document, common);
  const auto &probe = document.probes.front(), &same = before.probes.front();
  EXPECT_EQ(probe.id, same.id);
  EXPECT_EQ(probe.name, same.name);
  EXPECT_EQ(probe.sent->raw.sha256, same.sent->raw.sha256);
  EXPECT_EQ(probe.mailbox->dkim.front().canonicalization, same.mailbox->dkim.front().canonicalization);
  EXPECT_EQ(probe.mailbox->dkim.front().mutation.size(), same.mailbox->dkim.front().mutation.size());
  const auto verdicts = [](const Document& of) {
    std::vector<Verdict> all;
    for (const auto& finding : assess(of, embedded)) all.push_back(finding.verdict);
    return all;
  };
  EXPECT_EQ(verdicts(document), verdicts(before));
}

/// Whoever collects does not know the value.
TEST(LeftOut, OfWhatCameLateIsWhateverMayQuote) {
  auto document = with_secret();
  auto& probe = document.probes.front();
  const std::vector<DeliveryStatus> statuses{{.recipient = "to@target.test",
                                              .action = "failed",
                                              .status = "5.7.1",
                                              .diagnostic = "550 5.7.1 no canary-5f1d",
                                              .remote_mta = {},
                                              .reporting_mta = {}}};
  probe.replies.front().statuses = statuses;
  probe.replies.front().late = true;
  probe.reply = probe.replies.front();
  probe.watch->answers = {{.kind = "bounce", .folder = "INBOX", .raw = {}, .statuses = statuses},
                          {.kind = "bounce", .folder = "INBOX", .raw = {}, .statuses = statuses}};
  probe.watch->answers[0].statuses[0].diagnostic = "550 5.7.1 known before";
  probe.mailbox->late = true;
  probe.mailbox->filter = {"X-Spam-Report: preview: canary-5f1d",
                           "odd",
                           "X-Spam-Status: Yes, canary-5f1d",
                           "X-Forefront-Antispam-Report: CIP:canary-5f1d;SCL:5;CAT:SPM;CAT:canary-5f1d",
                           "X-MS-Exchange-Organization-SCL: 6",
                           "X-Spam: Not scanned, canary-5f1d"};
  auto& recorded = probe.mailbox->authentication_results.emplace_back();
  recorded.raw = "mx.target.test; dkim=fail reason=\"canary-5f1d\"";
  recorded.results.push_back(
      {.method = "dkim", .result = "fail", .reason = "canary-5f1d", .properties = {{"header.d", "probe.test"}}});
  const auto before = read_filter(probe.mailbox->filter);
  leave_out_late(probe, 1);
  EXPECT_FALSE(holds(document, canary));
  EXPECT_EQ(probe.watch->answers[0].statuses[0].diagnostic, "550 5.7.1 known before");
  EXPECT_EQ(probe.watch->answers[1].statuses[0].diagnostic, not_shown);
  EXPECT_EQ(probe.watch->answers[1].statuses[0].status, "5.7.1");
  const std::string left = "(not shown: the message holds a secret)";
  EXPECT_EQ(probe.mailbox->filter,
            (std::vector<std::string>{"X-Spam-Report: " + left, "odd: " + left, "X-Spam-Status: Yes " + left,
                                      "X-Forefront-Antispam-Report: SCL:5;CAT:SPM; " + left,
                                      "X-MS-Exchange-Organization-SCL: SCL:6; " + left, "X-Spam: " + left}));
  const auto after = read_filter(probe.mailbox->filter);
  EXPECT_TRUE(before.spam && after.spam) << "what decides is judged again";
  EXPECT_EQ(recorded.results[0].result, "fail");
  EXPECT_EQ(recorded.results[0].reason, not_shown);
  for (const std::string field : {"X-Spam-Flag: NO", "X-Spam-Status: No, score=1", "X-MS-Exchange-Organization-SCL: 1"})
    EXPECT_TRUE(read_filter({field.substr(0, field.find(':')) + ": " + deciding_part(field) + " " + left}).clean)
        << field;
  EXPECT_FALSE(read_filter({"X-Spam-Status: Not scanned"}).clean);
}

}  // namespace
}  // namespace mailprobe::evidence
