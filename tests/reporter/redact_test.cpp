#include <gtest/gtest.h>

#include "evidence/json.h"
#include "reporter/mask.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using evidence::Document;

std::map<std::string, std::string> outputs(const Document& document) {
  auto all = test::renderings(document);
  all["json"] = evidence::to_json(document);
  return all;
}

class Redacted : public test::EveryDocument {};

TEST_P(Redacted, ShowsNoLocalPart) {
  for (const auto& [renderer, text] : outputs(redacted(document)))
    for (const auto* personal : {"reflector", "probe@", "probe+", "k7q3zx5w2m4n6p8r0s1t3v5x7y@", "dmarc@"})
      EXPECT_EQ(text.find(personal), std::string::npos) << renderer << " shows " << personal;
}

TEST_P(Redacted, KeepsVerdictsAndHosts) {
  const auto copy = redacted(document);
  ASSERT_EQ(copy.findings.size(), document.findings.size());
  for (std::size_t i = 0; i < copy.findings.size(); ++i)
    EXPECT_EQ(copy.findings[i].verdict, document.findings[i].verdict);
  EXPECT_EQ(copy.target.domain, document.target.domain);
  EXPECT_EQ(copy.run.id, document.run.id);
}

TEST_P(Redacted, HoldsNoMessage) {
  for (const auto& probe : redacted(document).probes) {
    if (probe.mailbox) EXPECT_FALSE(probe.mailbox->raw.base64 || probe.mailbox->raw.path);
    if (probe.sent) EXPECT_FALSE(probe.sent->raw.base64 || probe.sent->raw.path);
  }
}

FOR_EVERY_DOCUMENT(Redacted);

Document personal() {
  auto document = test::good_delivery();
  auto& probe = document.probes.front();
  document.run.target = probe.to = "alice.smith@target.test";
  document.run.command = "send --to alice.smith@target.test";
  probe.mailbox->folder = "Family/Divorce";
  probe.watch->folders = {"INBOX", "Family/Divorce"};
  probe.watch->events = {{1, Direction::out, "a1 LOGIN alice.smith ***"},
                         {2, Direction::in, "* LIST () \"/\" \"Family/Divorce\""},
                         {3, Direction::in, "a2 OK SELECT done for Family/Divorce"},
                         {4, Direction::out, "a3 UID FETCH 17 (BODY.PEEK[])"}};
  probe.mailbox->authentication_results.front().raw = "x; auth=pass smtp.auth=alice.smith; iprev=pass";
  document = test::assessed(document);
  document.findings.front().summary = "Found in Family/Divorce of alice.smith.";
  return document;
}

TEST(Redacted, HoldsNothingOfWhatWasForwardedOrSmuggledIn) {
  auto document = test::good_delivery();
  auto& probe = document.probes.front();
  probe.forward = test::answered().probes.front().reply;
  probe.forward->raw = probe.sent->raw;
  probe.smuggling = evidence::Smuggling{
      .sequence = "lf-dot-lf", .id = "b", .replies = {}, .whole = {}, .folder = "Divorce", .raw = probe.sent->raw};
  const auto copy = redacted(document).probes.front();
  EXPECT_FALSE(copy.forward->raw.base64 || copy.forward->raw.path);
  EXPECT_FALSE(copy.smuggling->raw->base64 || copy.smuggling->raw->path);
  EXPECT_EQ(copy.smuggling->folder->find("Divorce"), std::string::npos);
}

/// A secret stands in what was sent, and a footer below it.
TEST(Redacted, QuotesNothingOfAMessageThatWasChanged) {
  auto document = test::footer_delivery();
  auto& probe = document.probes.front();
  const auto quote = [](std::vector<auth::Dkim>& signatures) {
    for (auto& signature : signatures)
      signature.mutation = {{.kind = "footer-appended", .part = "body", .diff = " hunter2secret\n+-- \n"},
                            {.kind = "subject-tagged", .part = "Subject", .diff = "-S hunter2secret\n+S\n"}};
  };
  quote(probe.mailbox->dkim);
  probe.forward = test::answered().probes.front().reply;
  quote(probe.forward->dkim);
  probe.replies = {*probe.forward};
  probe.reflection.emplace();
  probe.reflection->dkim = probe.mailbox->dkim;
  probe.reflection->headers = "X-Pw: hunter2secret\r\n";
  ASSERT_NE(outputs(document)["json"].find("hunter2secret"), std::string::npos);
  const auto copy = redacted(document);
  for (const auto& [renderer, text] : outputs(copy))
    EXPECT_EQ(text.find("hunter2secret"), std::string::npos) << renderer;
  EXPECT_EQ(copy.probes.front().mailbox->dkim.front().mutation.front().kind, "footer-appended");
}

TEST(RedactedMailbox, ShowsNothingOfItsOwner) {
  for (const auto& [renderer, text] : outputs(redacted(personal())))
    for (const auto* secret : {"alice", "Alice", "Divorce", "Family"})
      EXPECT_EQ(text.find(secret), std::string::npos) << renderer << " shows " << secret;
}

TEST(RedactedMailbox, KeepsTheShapeOfTheSession) {
  const auto copy = redacted(personal());
  const auto& events = copy.probes.front().watch->events;
  EXPECT_EQ(events[0].text, "a1 LOGIN ***");
  EXPECT_EQ(events[1].text, "* ***");
  EXPECT_EQ(events[2].text, "a2 OK ***");
  EXPECT_EQ(events[3].text, "a3 UID FETCH ***");
}

struct Case {
  std::string name, text, wanted;
};

class MaskAddresses : public testing::TestWithParam<Case> {};

TEST_P(MaskAddresses, MasksTheLocalPart) { EXPECT_EQ(mask_addresses(GetParam().text), GetParam().wanted); }

INSTANTIATE_TEST_SUITE_P(Texts, MaskAddresses,
                         testing::ValuesIn(std::vector<Case>{
                             {"Plain", "alice@example.org", "***@example.org"},
                             {"Path", "MAIL FROM:<alice+x@example.org> SIZE=1", "MAIL FROM:<***@example.org> SIZE=1"},
                             {"Two", "a@b.test,c@d.test", "***@b.test,***@d.test"},
                             {"Quoted", "\"alice smith\"@example.org", "***@example.org"},
                             {"Property", "spf=pass smtp.mailfrom=alice@example.org",
                              "spf=pass smtp.mailfrom=***@example.org"},
                             {"Uri", "rua=mailto:alice@example.org", "rua=mailto:***@example.org"},
                             {"Percent", "alice%40example.org", "***%40example.org"},
                             {"QuotedPrintable", "alice=40example.org", "***=40example.org"},
                             {"Utf8", "j\xc3\xbcrgen@example.org", "***@example.org"},
                             {"Literal", "alice@[192.0.2.1]", "***@[192.0.2.1]"},
                             {"NoDomain", "alice@ home", "alice@ home"},
                             {"NoLocal", "look @media", "look @media"},
                             {"DomainOnly", "smtp.mailfrom=example.org", "smtp.mailfrom=example.org"}}),
                         [](const auto& info) { return info.param.name; });

TEST(MaskWords, LeavesHostNamesAndLongerWords) {
  EXPECT_EQ(mask_words("alice, malice, alice.example.org, ALICE. x.alice", {"alice"}),
            "***, malice, alice.example.org, ***. x.alice");
}

TEST(MaskPaths, TakesFilesAndNothingElse) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"/home/anna/.local/dns.jsonl cannot be read: Input/output error", "*** cannot be read: Input/output error"},
      {"\"/srv/a b/c/d.jsonl\" is full", "\"*** ***\" is full"},
      {"see https://host/a/b, relaxed/relaxed and /.well-known/mta-sts.txt",
       "see https://host/a/b, relaxed/relaxed and /.well-known/mta-sts.txt"},
      {"", ""},
      {" / ", " / "}};
  for (const auto& [text, expected] : rows) EXPECT_EQ(mask_paths(text), expected);
}

TEST(RedactedWitness, DoesNotSayWhereItsLogLies) {
  auto document = test::unread_lookups();
  auto& witness = *document.probes.front().dns_witness;
  witness.problem = "/home/anna/receiver/dns.jsonl cannot be read";
  evidence::conclude(document, evidence::embedded);
  for (const auto& [renderer, text] : outputs(redacted(document)))
    EXPECT_EQ(text.find("anna"), std::string::npos) << renderer;
}

}  // namespace
}  // namespace mailprobe::reporter
