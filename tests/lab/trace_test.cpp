// The fields that the lab's servers write, and that nothing a peer says can add to them.
#include "lab/trace.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace mailprobe::lab {
namespace {

smtp::ServerState session() {
  smtp::ServerState state;
  state.peer_address = "127.53.0.2";
  state.helo = "mx.probe.test";
  state.esmtp = true;
  return state;
}

Path path(std::string_view text) { return Path(*Mailbox::parse(text)); }

std::string received_by(const smtp::ServerState& state) {
  return received(state, "mx.target.test", path("r@target.test"), *parse_rfc3339("2026-01-31T12:00:00Z"));
}

TEST(Received, NamesPeerProtocolAndRecipient) {
  auto state = session();
  state.tls = TlsFacts{.version = "TLSv1.3", .cipher = "TLS_AES_256_GCM_SHA384"};
  const auto field = received_by(state);
  EXPECT_TRUE(
      field.starts_with("Received: from mx.probe.test ([127.53.0.2])\r\n"
                        "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384)\r\n"
                        "\tby mx.target.test with ESMTPS id "))
      << field;
  EXPECT_TRUE(field.ends_with("\r\n\tfor <r@target.test>; Sat, 31 Jan 2026 12:00:00 +0000\r\n")) << field;
}

TEST(Received, SaysHowTheMessageCame) {
  auto state = session();
  EXPECT_NE(received_by(state).find(" with ESMTP id "), std::string::npos);
  state.esmtp = false;
  EXPECT_NE(received_by(state).find(" with SMTP id "), std::string::npos);
  state.esmtp = true;
  state.tls = TlsFacts{};
  state.user = "probe";
  EXPECT_NE(received_by(state).find(" with ESMTPSA id "), std::string::npos);
}

TEST(Received, LetsNoHeloAddToIt) {
  auto state = session();
  state.helo = "a;(b)\"c\",d@e\x01<f>" + std::string(1000, 'x');
  const auto field = received_by(state);
  EXPECT_TRUE(field.starts_with("Received: from a??b??c??d?e??f?xxx")) << field;
  EXPECT_LT(field.find("\r\n"), 300U);
}

TEST(ReturnPath, MayBeNull) {
  EXPECT_EQ(return_path(Path{}), "Return-Path: <>\r\n");
  EXPECT_EQ(return_path(path("a@b.test")), "Return-Path: <a@b.test>\r\n");
}

auth::Envelope envelope(std::string mail_from) {
  return {.client = {}, .helo = "mx.probe.test", .mail_from = std::move(mail_from)};
}

auth::Evaluation evaluation() {
  auth::Evaluation found;
  found.spf = auth::Spf{.result = auth::SpfOutcome::pass};
  found.dkim.push_back({.domain = "probe.test",
                        .selector = "r1",
                        .algorithm = "rsa-sha256",
                        .header_b = "ab+/c=",
                        .result = auth::DkimOutcome::fail});
  found.dmarc.result = auth::DmarcOutcome::pass;
  found.dmarc.domain = "probe.test";
  return found;
}

TEST(AuthenticationResultsField, HasEachMethodWithItsProperties) {
  EXPECT_EQ(authentication_results("mx.target.test", envelope("probe+x@probe.test"), evaluation()),
            "Authentication-Results: mx.target.test;\r\n"
            "\tspf=pass smtp.mailfrom=probe+x@probe.test;\r\n"
            "\tdkim=fail header.d=probe.test header.s=r1 header.a=rsa-sha256 header.b=\"ab+/c=\";\r\n"
            "\tdmarc=pass header.from=probe.test\r\n");
}

TEST(AuthenticationResultsField, SaysWhatThereIsNot) {
  EXPECT_EQ(authentication_results("mx.target.test", envelope(""), {}),
            "Authentication-Results: mx.target.test;\r\n\tdkim=none;\r\n\tdmarc=none\r\n");
}

TEST(AuthenticationResultsField, TakesTheHeloOfTheNullReversePath) {
  auto found = evaluation();
  found.dkim.clear();
  const auto field = authentication_results("mx.target.test", envelope(""), found);
  EXPECT_NE(field.find("spf=pass smtp.helo=mx.probe.test;"), std::string::npos) << field;
}

TEST(AuthenticationResultsField, QuotesWhatPeersChoose) {
  auto given = envelope("");
  given.helo = "a;dkim=pass \"\\";
  auto found = evaluation();
  found.dkim.front().domain = "d.test; spf=pass";
  found.dkim.front().selector = "";
  const auto field = authentication_results("mx.target.test", given, found);
  EXPECT_NE(field.find("smtp.helo=\"a;dkim=pass \\\"\\\\\";"), std::string::npos) << field;
  EXPECT_NE(field.find("header.d=\"d.test; spf=pass\" header.a="), std::string::npos) << field;
}

}  // namespace
}  // namespace mailprobe::lab
