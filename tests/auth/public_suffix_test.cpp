#include "auth/public_suffix.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "base/address.h"
#include "base/text.h"
#include "tests/support/conformance.h"

namespace mailprobe::auth {
namespace {

TEST(RegistrableDomain, IsOneLabelBelowTheSuffix) {
  EXPECT_EQ(registrable_domain("example.org"), "example.org");
  EXPECT_EQ(registrable_domain("a.b.example.org"), "example.org");
  EXPECT_EQ(registrable_domain("a.example.co.uk"), "example.co.uk");
  EXPECT_EQ(registrable_domain("mail.target.test"), "target.test");  // a suffix that is not listed: rule "*"
  EXPECT_EQ(registrable_domain("co.uk"), "co.uk");
}

/// The list itself is the system's and may be older than the cases.
TEST(Conformance, PublicSuffixList) {
  MAILPROBE_CONFORMANCE(folder, "psl");
  std::istringstream lines(test::read_file(folder / "tests.txt"));
  int seen = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string domain, expected;
    if (line.starts_with("//") || !(words >> domain >> expected)) continue;
    const auto name = DomainName::parse(domain);
    if (!name) continue;  // "null", ".com": not a domain that mail can have
    ++seen;
    const auto wanted = expected == "null" ? name->text() : DomainName::parse(expected).value().text();
    EXPECT_EQ(registrable_domain(name->text()), wanted) << domain;
  }
  EXPECT_GE(seen, 60);
}

}  // namespace
}  // namespace mailprobe::auth
