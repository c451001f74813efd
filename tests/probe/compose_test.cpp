// The message: what every probe has to have, that it is well-formed, and that each of its signatures verifies.
#include <gtest/gtest.h>

#include "auth/dkim_verify.h"
#include "auth/header_block.h"
#include "probe/compose.h"
#include "probe/identifiers.h"
#include "probe/signing.h"
#include "smtp/transfer.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

const std::string id = "abcdefghijklmnopqrstuvwxyz";

Letter letter() {
  return {.id = id,
          .from = test::mailbox("probe@probe.test"),
          .reply_to = test::mailbox("probe+" + id + "@probe.test"),
          .to = test::mailbox("to@target.test"),
          .contact = "postmaster@probe.test",
          .date = *parse_rfc3339("2026-01-31T12:00:00Z")};
}

std::string field(const auth::Message& message, std::string_view name) {
  const auto fields = message.all(name);
  EXPECT_EQ(fields.size(), 1U) << name;
  return fields.empty() ? "" : auth::unfold(fields.front()->value);
}

TEST(Compose, AsksForAnAnswerWhereOneIsWanted) {
  auto wanting = letter();
  wanting.answer_wanted = true;
  const auto raw = compose(wanting), quiet = compose(letter());
  EXPECT_EQ(field(auth::split_message(raw), "Auto-Submitted"), "no");
  EXPECT_NE(raw.find("Please answer it"), std::string::npos);
  EXPECT_EQ(field(auth::split_message(quiet), "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(quiet.find("Please answer it"), std::string::npos);
}

TEST(Compose, HoldsTheIdInMessageIdHeaderReplyToAndBody) {
  const auto raw = compose(letter());
  const auto message = auth::split_message(raw);
  EXPECT_EQ(field(message, "Message-ID"), "<" + id + "@probe.test>");
  EXPECT_EQ(field(message, "X-Mailprobe-Id"), id);
  EXPECT_EQ(field(message, "Reply-To"), "probe+" + id + "@probe.test");
  EXPECT_NE(message.body.find("Id: " + id + "\r\n"), std::string::npos);
}

TEST(Compose, KeepsFromFixedAndSaysThatNobodyIsToAnswer) {
  const auto raw = compose(letter());
  const auto message = auth::split_message(raw);
  EXPECT_EQ(field(message, "From"), "probe@probe.test");
  EXPECT_EQ(field(message, "To"), "to@target.test");
  EXPECT_EQ(field(message, "Date"), "Sat, 31 Jan 2026 12:00:00 +0000");
  EXPECT_EQ(field(message, "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(field(message, "MIME-Version"), "1.0");
  EXPECT_EQ(field(message, "Content-Transfer-Encoding"), "7bit");
}

TEST(Compose, AsksForAnswersToFurtherAddresses) {
  auto asking = letter();
  asking.also_answer = {"probe+" + id + "@trap-good.probe.test", "probe+" + id + "@trap-bogus.probe.test"};
  const auto raw = compose(asking);
  const auto message = auth::split_message(raw);
  const auto fields = message.all("X-Mailprobe-Answer-To");
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(auth::unfold(fields[1]->value), asking.also_answer[1]);
  EXPECT_EQ(field(message, "Auto-Submitted"), "no");
  EXPECT_NE(message.body.find(asking.also_answer[0] + "\r\n"), std::string::npos);
  EXPECT_EQ(message.body.find("Nobody needs"), std::string::npos);
}

TEST(Compose, SaysWhatItIsWhoRunsItAndHowToStopIt) {
  const auto raw = compose(letter());
  const auto body = auth::split_message(raw).body;
  for (const auto* words : {"test message", "mailprobe", "run by:  postmaster@probe.test", "To stop"})
    EXPECT_NE(body.find(words), std::string::npos) << words;
  EXPECT_EQ(body.find("the one word stop"), std::string::npos) << "nobody would read it";
  auto read = letter();
  read.answers_read = true;
  const auto stoppable = compose(read);
  EXPECT_NE(stoppable.find("To stop these messages, answer with the one word stop, or write to that address.\r\n"),
            std::string::npos);
  auto nobody = letter();
  nobody.contact.clear();
  EXPECT_NE(compose(nobody).find("run by:  probe@probe.test"), std::string::npos);
}

/// Every line ends with CRLF, none is over 78, no byte over 127: nothing on the way has a reason to change it.
TEST(Compose, IsPlainSevenBitTextInShortLines) {
  const auto shape = smtp::shape_of(compose(letter()));
  EXPECT_FALSE(shape.eight_bit || shape.utf8_header || shape.long_line || shape.binary);
  auto raw = compose(letter());
  for (std::size_t end; (end = raw.find("\r\n")) != std::string::npos; raw.erase(0, end + 2))
    EXPECT_LE(end, 78U) << raw;
  EXPECT_TRUE(raw.empty());
}

TEST(Compose, AContactThatIsNotAsciiIsDeclared) {
  auto other = letter();
  other.contact = "Jörg\r\nBcc: all@example.org";
  const auto raw = compose(other);
  const auto message = auth::split_message(raw);
  EXPECT_EQ(field(message, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(field(message, "Content-Transfer-Encoding"), "8bit");
  EXPECT_EQ(message.first("Bcc"), nullptr);
  EXPECT_EQ(message.body.find("\r\nBcc"), std::string::npos);
}

TEST(Compose, EverySignatureVerifies) {
  test::FakeResolver resolver;
  test::publish(resolver, test::identity());
  const auto raw = sign_with_all(compose(letter()), test::identity(), letter().date);
  ASSERT_TRUE(raw) << raw.error().message;
  const auto message = auth::split_message(*raw);
  const auto results = test::run(auth::verify_dkim(message, letter().date, resolver));
  ASSERT_EQ(results.size(), 3U);
  const char* selectors[] = {"r1", "r1", "e1"};
  const char* canonicalizations[] = {"relaxed/relaxed", "simple/simple", "relaxed/relaxed"};
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(word(results[i].result), "pass") << results[i].reason;
    EXPECT_EQ(results[i].selector, selectors[i]);
    EXPECT_EQ(results[i].canonicalization, canonicalizations[i]);
    EXPECT_EQ(results[i].domain, "probe.test");
    EXPECT_FALSE(results[i].partial);
  }
}

/// Oversigned: a second From, Subject or id breaks every signature (RFC 6376 §8.15).
TEST(Compose, NoFieldCanBeAddedUnderTheSignatures) {
  test::FakeResolver resolver;
  test::publish(resolver, test::identity());
  const auto raw = sign_with_all(compose(letter()), test::identity(), letter().date).value();
  for (const auto* added :
       {"From: other@example.org\r\n", "Subject: x\r\n", "X-Mailprobe-Id: x\r\n", "Reply-To: x@y.test\r\n"}) {
    const auto changed = added + raw;
    const auto message = auth::split_message(changed);
    for (const auto& result : test::run(auth::verify_dkim(message, letter().date, resolver)))
      EXPECT_EQ(word(result.result), "fail") << added;
  }
}

TEST(Compose, WritesTheHeaderInUtf8WhereItGoesBySmtpUtf8) {
  scenarios::Send send;
  send.subject = "Grüße";
  send.headers = {{"X-Folded", "ä\n\tö"}};
  EXPECT_EQ(smtp::shape_of(compose(letter(), send)).utf8_header, false) << "else in encoded words";
  send.extensions = {scenarios::Extension::smtputf8};
  const auto raw = compose(letter(), send);
  EXPECT_EQ(field(auth::split_message(raw), "Subject"), "Grüße");
  EXPECT_NE(raw.find("X-Folded: ä\r\n\tö\r\n"), std::string::npos);
  EXPECT_TRUE(smtp::shape_of(raw).utf8_header);
}

/// Some take a line of white space alone for the end of the header.
TEST(Compose, FoldsNoLineOfWhiteSpaceAlone) {
  scenarios::Send send;
  send.headers = {{"X-Folded", "\na\n\n \t\nb\n"}};
  const auto raw = compose(letter(), send);
  EXPECT_NE(raw.find("\r\nX-Folded: a\r\n b\r\nMIME-Version:"), std::string::npos) << raw;
}

TEST(Compose, TagsAnAddress) {
  EXPECT_EQ(tagged(test::mailbox("probe@probe.test"), id)->text(), "probe+" + id + "@probe.test");
  EXPECT_EQ(tagged(test::mailbox("\"a b\"@probe.test"), id)->text(), "\"a b+" + id + "\"@probe.test");
  const auto full = tagged(test::mailbox(std::string(50, 'x') + "@probe.test"), id);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, Failure::usage);
}

TEST(Identifiers, AreUnguessableAndSortByTime) {
  const auto one = new_probe_id(), other = new_probe_id();
  EXPECT_EQ(one.size(), 26U);
  EXPECT_NE(one, other);
  EXPECT_EQ(one.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"), std::string::npos);
  const auto run = new_run_id(*parse_rfc3339("2026-01-31T12:00:00.250Z"));
  EXPECT_TRUE(run.starts_with("20260131T120000Z-")) << run;
  EXPECT_EQ(run.size(), 23U);
}

}  // namespace
}  // namespace mailprobe::probe
