// A letter, the zone that goes with it and the session by which it came: what messages judged whole are tested on.
// Signatures that hold are those of tests/auth/signing.h.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "auth/evaluate.h"
#include "tests/auth/signing.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::test {

inline std::string letter(const std::string& from, const std::string& body) {
  return "From: " + from +
         "\r\nTo: b@example.net\r\nSubject: hello\r\nDate: Sat, 31 Jan 2026 12:00:00 +0000\r\n"
         "Message-ID: <1@example.org>\r\n\r\n" +
         body;
}

/// example.org: who sends for it, what it asks for, the key.
class LetterTest : public testing::Test {
 protected:
  explicit LetterTest(const std::string& spf) {
    dns.txt("example.org", spf);
    dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
    dns.txt("s1._domainkey.example.org", signing_key().dns_record());
    context.envelope = {IpAddress::parse("192.0.2.1"), "mx.example.org", "a@example.org"};
    context.time = Time(std::chrono::seconds(1'770'000'000));
  }

  auth::Evaluation judge(const std::string& message) { return run(auth::evaluate(message, context, dns)); }

  FakeResolver dns;
  auth::Context context;
};

}  // namespace mailprobe::test
