// Reports of messages that hold a secret: nothing of the bytes is on the page, whoever could read them.
#include <gtest/gtest.h>

#include "evidence/secrecy.h"
#include "reporter/phrases.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

/// Judged while the bytes were at hand, and kept as it is kept.
evidence::Document with_secret() {
  auto document = test::footer_delivery();
  auto& probe = document.probes.front();
  probe.secret = true;
  document = test::assessed(document);
  evidence::leave_out_message(document.probes.front());
  return document;
}

const evidence::RawReader bytes = [](const evidence::Raw&) { return "Subject: canary-5f1d\r\n\r\ncanary-5f1d\r\n"; };

TEST(OfASecret, NoMessageIsOnThePage) {
  auto document = with_secret();
  const auto page = html(document, bytes);
  EXPECT_EQ(page.find("canary-5f1d"), std::string::npos);
  EXPECT_NE(page.find("Not shown: the message holds a secret."), std::string::npos);
  EXPECT_NE(page.find("not shown: the message holds a secret"), std::string::npos) << "in place of the difference";
  document.probes.front().secret = false;
  EXPECT_NE(html(document, bytes).find("canary-5f1d"), std::string::npos);
}

TEST(OfASecret, WhatWasChangedIsTold) {
  const auto document = with_secret();
  const auto text = terminal(document, {.verbose = true}, bytes);
  EXPECT_EQ(text.find("canary-5f1d"), std::string::npos);
  EXPECT_NE(text.find("not shown: the message holds a secret"), std::string::npos);
  const auto title = mutation_phrase("footer-appended", "body").title;
  EXPECT_NE(text.find(title), std::string::npos) << title;
}

}  // namespace
}  // namespace mailprobe::reporter
