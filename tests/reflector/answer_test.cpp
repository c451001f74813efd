// The answer: what it says, that it reads back whole, and that nothing of the probe makes it large or broken.
#include <gtest/gtest.h>

#include "auth/header_block.h"
#include "auth/mime_map.h"
#include "base/text.h"
#include "evidence/json.h"
#include "evidence/reflection.h"
#include "reflector/manners.h"
#include "smtp/transfer.h"
#include "tests/reflector/arrivals.h"

namespace mailprobe::reflector {
namespace {

using test::answer_to;
using test::good_arrival;
using test::probe_id;

std::string composed(const Arrival& arrival) {
  const auto seen = reflect(arrival, probe_id, "mx.reflector.test");
  return compose(answer_to(arrival), seen, reflected_header(arrival.raw));
}

std::string field(const std::string& raw, std::string_view name) {
  const auto message = auth::split_message(raw);
  const auto fields = message.all(name);
  EXPECT_EQ(fields.size(), 1U) << name;
  return fields.empty() ? "" : auth::unfold(fields.front()->value);
}

/// Printable ASCII in lines that any server takes.
void expect_seven_bit(const std::string& raw) {
  for (std::size_t at = 0; at < raw.size();) {
    const auto end = raw.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    ASSERT_LE(end - at, 998U);
    for (; at < end; ++at) ASSERT_TRUE((raw[at] >= ' ' && raw[at] < '\x7f') || raw[at] == '\t') << at;
    at = end + 2;
  }
}

TEST(Answer, SaysWhatItIsSoThatNobodyAnswersIt) {
  const auto raw = composed(good_arrival());
  EXPECT_EQ(field(raw, "Auto-Submitted"), "auto-replied");
  EXPECT_EQ(field(raw, "X-Mailprobe-Answers"), probe_id);
  EXPECT_EQ(field(raw, "From"), "reflector@reflector.test");
  EXPECT_EQ(field(raw, "To"), "probe+" + probe_id + "@probe.test");
  EXPECT_EQ(field(raw, "Message-ID"), "<zyxwvutsrqponmlkjihgfedcba@reflector.test>");
  EXPECT_EQ(field(raw, "In-Reply-To"), "<" + probe_id + "@probe.test>");
  EXPECT_EQ(field(raw, "References"), "<" + probe_id + "@probe.test>");
  EXPECT_TRUE(field(raw, "Subject").starts_with("Auto: "));
  EXPECT_EQ(auth::split_message(raw).first("X-Mailprobe-Id"), nullptr)
      << "a mailbox witness would take it for the copy";
  expect_seven_bit(raw);
}

TEST(Answer, IsNotAnsweredByManners) {
  const auto raw = composed(good_arrival());
  const auto message = auth::split_message(raw);
  auth::Dmarc dmarc;
  dmarc.result = auth::DmarcOutcome::pass;
  dmarc.domain = "reflector.test";
  const auto out =
      judge({.message = message, .reverse_path = "reflector+x@reflector.test", .dkim = {}, .dmarc = dmarc}, {});
  EXPECT_EQ(out.refusal, Refusal::answer);
}

TEST(Answer, ReadsBackWhole) {
  const auto arrival = good_arrival();
  const auto raw = composed(arrival);
  EXPECT_TRUE(evidence::answers_a_probe(raw));
  const auto read = evidence::read_reflection(raw);
  ASSERT_TRUE(read) << read.error().message;
  auto expected = reflect(arrival, probe_id, "mx.reflector.test");
  expected.headers = reflected_header(arrival.raw);
  EXPECT_EQ(evidence::to_json(*read), evidence::to_json(expected));
  EXPECT_EQ(read->host, "mx.reflector.test");
  EXPECT_EQ(read->session.probe, probe_id);
  EXPECT_EQ(read->session.tls->version, "TLSv1.3");
  EXPECT_EQ(read->dkim.size(), 2U);
  EXPECT_TRUE(read->session.recipients.empty()) << "others than who is answered";
  EXPECT_NE(read->headers.find("X-Mailprobe-Id: " + probe_id + "\r\n"), std::string::npos);
  EXPECT_EQ(read->headers.find("body"), std::string::npos);
}

TEST(Answer, ReadsBackAfterTheTransferAndReencoding) {
  auto raw = composed(good_arrival());
  const auto at = raw.find("Content-Type: text/rfc822-headers");
  ASSERT_NE(at, std::string::npos);
  const auto body = raw.find("\r\n\r\n", at) + 4;
  EXPECT_NE(raw.find("7bit", at), std::string::npos) << "a plain header stays legible";
  raw.replace(raw.find("7bit", at), 4, "quoted-printable");  // by a gateway
  const auto subject = raw.find("Subject: Test message", raw.find("\r\n\r\n", at));
  ASSERT_GT(subject, body - 1);
  raw.replace(subject, 21, "Subject: Test=\r\n message");
  const auto read = evidence::read_reflection(raw);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_NE(read->headers.find("Subject: Test message of mailprobe\r\n"), std::string::npos);
}

TEST(Answer, TellsPeopleWhatWasSeen) {
  const auto arrival = good_arrival();
  const auto text = text_of(reflect(arrival, probe_id, "mx.reflector.test"), answer_to(arrival));
  for (const auto* said :
       {"what mx.reflector.test saw", "192.0.2.10 (mx.probe.test, confirmed)",
        "TLSv1.3, TLS_AES_256_GCM_SHA384, x25519", "SPF        pass for probe.test (mailfrom) by ip4:192.0.2.10",
        "DKIM       pass, rsa-sha256 relaxed/relaxed of probe.test, selector r1", "selector e1: body hash mismatch",
        "DMARC      pass for probe.test, policy reject, aligned by SPF and DKIM", "ARC        no chain",
        "postmaster@reflector.test"})
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
}

TEST(Answer, TellsWhatIsNotKnown) {
  Arrival arrival;
  arrival.dmarc.reason = "no author domain";
  const auto text = text_of(reflect(arrival, probe_id, "mx.reflector.test"), answer_to(arrival));
  EXPECT_NE(text.find("from       not known"), std::string::npos) << text;
  EXPECT_NE(text.find("TLS        not known"), std::string::npos) << text;
  EXPECT_NE(text.find("SPF        not evaluated"), std::string::npos) << text;
  EXPECT_NE(text.find("DKIM       no signature"), std::string::npos) << text;
  EXPECT_NE(text.find("DMARC      not evaluated: no author domain"), std::string::npos) << text;
  arrival.session.address = "192.0.2.10";
  const auto plain = text_of(reflect(arrival, probe_id, "mx.reflector.test"), answer_to(arrival));
  EXPECT_NE(plain.find("TLS        none"), std::string::npos) << plain;
}

/// Every text from outside is a trap for terminals, headers and MIME.
Arrival hostile_arrival() {
  auto arrival = good_arrival();
  const std::string payload = "\x1b[2J\r\nBcc: victim@elsewhere.test\r\n\r\n--mailprobe\r\n\xff<script>";
  arrival.raw = "Message-ID: <a@b>\r\n\tBcc: <c@d>\r\nX: " + payload + "\r\n" + std::string(90'000, 'h');
  arrival.session.helo = payload;
  arrival.session.ptr = payload;
  arrival.session.mail_from = payload + std::string(1'000, 'm');
  arrival.session.events.assign(1'000, {0, Direction::in, payload + std::string(2'000, 'e')});
  for (auto& dkim : arrival.dkim) dkim.reason = dkim.domain = dkim.selector = payload;
  arrival.dkim.resize(100, arrival.dkim.front());
  arrival.spf->domain = arrival.spf->reason = payload;
  arrival.dmarc.reason = arrival.dmarc.domain = payload;
  arrival.arc.emplace();
  auth::ArcInstance set;
  set.authserv_id = std::string(5'000, 'a');
  set.results.assign(500, {"spf", "pass", payload, {}});
  arrival.arc->instances.assign(100, set);
  return arrival;
}

TEST(Answer, IsBoundedAndWellFormedWhateverTheProbeHolds) {
  const auto arrival = hostile_arrival();
  const auto raw = composed(arrival);
  EXPECT_LE(raw.size(), evidence::max_reflection_message);
  expect_seven_bit(raw);
  const auto message = auth::split_message(raw);
  EXPECT_EQ(message.first("Bcc"), nullptr);
  EXPECT_EQ(message.first("In-Reply-To"), nullptr) << "not one id";
  EXPECT_EQ(auth::map_mime(message).contents.size(), 3U);
  const auto read = evidence::read_reflection(raw);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_LE(read->session.events.size(), 60U);
  EXPECT_LE(read->headers.size(), evidence::max_reflected_headers);
}

TEST(Answer, TakesOnlyOneGoodMessageIdUp) {
  EXPECT_EQ(message_id_of("Message-ID: <a.b@c.test>\r\n\r\n"), "<a.b@c.test>");
  EXPECT_EQ(message_id_of("message-id:\r\n <a.b@c.test>\r\n\r\n"), "<a.b@c.test>");
  for (const auto* value : {"", "a@b.test", "<a@b.test", "<a@b.test> <c@d.test>", "<a b@c.test>", "<ab.test>",
                            "<a@b@c.test>", "<a@b\x01.test>"})
    EXPECT_EQ(message_id_of("Message-ID: " + std::string(value) + "\r\n\r\n"), "") << value;
  EXPECT_EQ(message_id_of("Message-ID: <" + std::string(300, 'a') + "@b.test>\r\n\r\n"), "");
  EXPECT_EQ(message_id_of("Subject: none\r\n\r\n"), "");
}

TEST(Answer, ReflectsTheHeaderAloneAndWholeLines) {
  EXPECT_EQ(reflected_header("A: b\r\nC: d\r\n\r\nbody\r\n"), "A: b\r\nC: d\r\n");
  EXPECT_EQ(reflected_header("\r\nbody"), "");
  EXPECT_EQ(reflected_header("A: b\r\n"), "A: b\r\n");
  std::string many;
  while (many.size() < 100'000) many += "A: bcdefgh\r\n";
  many += "\r\nbody";
  const auto kept = reflected_header(many);
  EXPECT_LE(kept.size(), evidence::max_reflected_headers);
  EXPECT_TRUE(kept.ends_with("h\r\n"));
}

}  // namespace
}  // namespace mailprobe::reflector
