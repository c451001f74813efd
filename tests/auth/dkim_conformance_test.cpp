// The vectors of the RFCs and of other programs. Data: see tests/support/conformance.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <map>
#include <sstream>

#include "auth/canonical.h"
#include "auth/crypto.h"
#include "auth/dkim_signature.h"
#include "auth/dkim_verify.h"
#include "base/encoding.h"
#include "base/text.h"
#include "tests/support/conformance.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

namespace json = boost::json;

constexpr Time no_clock{};  // x= is not looked at: the vectors are old

std::string as_text(const json::value& value) { return std::string(value.as_string()); }

void add_records(test::FakeResolver& dns, const json::value& records) {
  if (!records.is_object()) return;
  for (const auto& [name, text] : records.as_object())
    if (text.is_string()) dns.txt(name, as_text(text));
}

std::vector<Dkim> verify(const std::filesystem::path& file, test::FakeResolver& dns) {
  const auto raw = to_crlf(test::read_file(file));
  const auto message = split_message(raw);
  return test::run(verify_dkim(message, no_clock, dns));
}

std::string described(const Dkim& dkim) { return std::string(word(dkim.result)) + " " + dkim.reason; }

TEST(Conformance, DkimVectors) {
  MAILPROBE_CONFORMANCE(folder, "dkim-vectors");
  int seen = 0;
  const auto file = json::parse(test::read_file(folder / "cases.json"));
  for (const auto& one : file.at("cases").as_array()) {
    SCOPED_TRACE(as_text(one.at("id")));
    test::FakeResolver dns;
    add_records(dns, one.at("dns_txt"));
    const auto all = verify(folder / as_text(one.at("message")), dns);
    const auto expected = as_text(one.at("expect"));
    EXPECT_EQ(all.empty(), expected == "none");
    for (const auto& dkim : all) EXPECT_EQ(dkim.result, DkimOutcome::pass) << described(dkim);
    if (expected.starts_with("both")) EXPECT_EQ(all.size(), 2U);
    ++seen;
  }
  EXPECT_EQ(seen, 11);
}

std::string ed25519_pem(const std::string& seed) {  // PKCS#8 of RFC 8410 §7: a fixed head, then the seed
  const std::string head("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16);
  return "-----BEGIN PRIVATE KEY-----\n" + base64(head + seed) + "\n-----END PRIVATE KEY-----\n";
}

PrivateKey rsa_vector_key(const std::filesystem::path& file) {
  return PrivateKey::from_pem(Secret(test::read_file(file))).value();
}

PrivateKey ed25519_vector_key(const std::filesystem::path& file) {
  const auto seed = from_base64(trim(test::read_file(file))).value();
  return PrivateKey::from_pem(Secret(ed25519_pem(seed))).value();
}

/// Both algorithms are deterministic: signing the vector's own field again must give its b= and bh=, byte for byte.
void expect_signed_again(const std::filesystem::path& file, std::size_t which, const PrivateKey& key) {
  SCOPED_TRACE(file.filename().string());
  const auto raw = to_crlf(test::read_file(file));
  const auto message = split_message(raw);
  const auto fields = message.all("DKIM-Signature");
  ASSERT_GT(fields.size(), which);
  DkimSignature signature;
  ASSERT_TRUE(parse_dkim_signature(fields[which]->value, signature));
  EXPECT_EQ(sha256(canonical_body(message.body, signature.body)), signature.body_hash);
  const auto data = signed_data(signed_fields(message, signature.headers), fields[which]->raw, signature.header);
  EXPECT_EQ(base64(key.sign(data)), signature.b);
}

TEST(Conformance, DkimVectorsAreSignedByteForByte) {
  MAILPROBE_CONFORMANCE(folder, "dkim-vectors");
  const auto mails = folder / "messages", keys = folder / "keys";
  const auto rsa = rsa_vector_key(keys / "rfc6376-rsa1024.pem");
  const auto ed25519 = ed25519_vector_key(keys / "rfc8463-ed25519.seed.b64");
  expect_signed_again(mails / "go-msgauth-sign-rsa.eml", 0, rsa);
  expect_signed_again(mails / "go-msgauth-sign-ed25519.eml", 0, ed25519);
  expect_signed_again(mails / "mailauth-rfc8463-dual.eml", 0, ed25519);
  expect_signed_again(mails / "dkimpy-rfc6376-signed-ed25519-rsa-simple.eml", 0, ed25519);
}

/// Upstream's names of what failed, in our words.
const std::map<std::string, std::string> lieser_reasons{
    {"DKIM_SIGERROR_MISSING_V", "signature has no v="},
    {"DKIM_SIGERROR_KEY_REVOKED", "key is revoked"},
    {"DKIM_SIGERROR_KEY_HASHNOTINCLUDED", "key does not allow sha256"},
    {"DKIM_SIGERROR_KEY_MISMATCHED_K", "key is of another type than the signature's a="},
    {"DKIM_SIGERROR_KEY_NOTEMAILKEY", "key is not for mail"},
    {"DKIM_SIGERROR_DOMAIN_I", "key demands that i= is d= itself"},
    {"DKIM_SIGERROR_CORRUPT_BH", "body hash mismatch"},
    {"DKIM_SIGERROR_BADSIG", "header signature mismatch"},
};

std::string member(const json::value& object, const char* name) {
  const auto* found = object.as_object().if_contains(name);
  return found != nullptr && found->is_string() ? as_text(*found) : "";
}

/// Upstream sorts its results, so that of two the selector tells which is meant.
const Dkim& meant_by_lieser(const std::vector<Dkim>& all, std::size_t index, const json::value& expected) {
  const auto named = std::ranges::find(all, member(expected, "selector"), &Dkim::selector);
  return named == all.end() ? all[index] : *named;
}

void compare_with_lieser(const Dkim& dkim, const json::value& expected) {
  if (const auto domain = member(expected, "sdid"); !domain.empty()) EXPECT_EQ(dkim.domain, domain);
  const auto reason = lieser_reasons.find(member(expected, "errorType"));
  if (reason != lieser_reasons.end()) EXPECT_EQ(dkim.reason, reason->second);
}

/// Upstream's policy (which fields must be signed) is none of verification's: of those cases the crypto result counts.
TEST(Conformance, DkimLieser) {
  MAILPROBE_CONFORMANCE(folder, "dkim-lieser");
  int seen = 0, normative = 0;
  const auto file = json::parse(test::read_file(folder / "cases.json"));
  for (const auto& one : file.at("cases").as_array()) {
    SCOPED_TRACE(as_text(one.at("id")));
    test::FakeResolver dns;
    add_records(dns, one.at("dns").is_object() && !one.at("dns").as_object().empty() ? one.at("dns")
                                                                                     : file.at("default_dns_txt"));
    const auto all = verify(folder / as_text(one.at("message")), dns);
    const auto& expected = one.at("crypto_expect").as_array();
    if (!one.at("signature_count").is_null()) EXPECT_EQ(all.size(), expected.size());
    ASSERT_GE(all.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(all[i].result == DkimOutcome::pass, expected[i].as_string() == "pass") << described(all[i]);
    if (as_text(one.at("scope")) == "rfc") {
      ++normative;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto& signature = one.at("signatures").at(i);
        compare_with_lieser(meant_by_lieser(all, i, signature), signature);
      }
    }
    ++seen;
  }
  EXPECT_EQ(seen, 35);
  EXPECT_EQ(normative, 19);
}

// "NAME: VALUE", with a backslash at the end of a line that goes on; TEMPERROR and PERMERROR are answers.
void add_zone(test::FakeResolver& dns, std::string text) {
  for (auto at = text.find("\\\n"); at != std::string::npos; at = text.find("\\\n", at)) text.replace(at, 2, " ");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto name = std::string(trim(line.substr(0, colon))), value = std::string(trim(line.substr(colon + 1)));
    if (value == "TEMPERROR")
      dns.fail(name);
    else if (value != "PERMERROR")  // a name that cannot be resolved for good has no record
      dns.txt(name, value);
  }
}

/// What upstream calls the result, in our words. A mismatch is a permanent failure there and `fail` here.
bool agrees(const Dkim& dkim, const std::string& state) {
  if (state == "SUCCESS") return dkim.result == DkimOutcome::pass;
  if (state == "TEMPFAIL") return dkim.result == DkimOutcome::temperror;
  return dkim.result == DkimOutcome::permerror || dkim.result == DkimOutcome::fail;
}

/// Upstream evaluates five signatures at most where we evaluate ten; case 03 is no message, which is not DKIM's to say.
TEST(Conformance, DkimChasquid) {
  MAILPROBE_CONFORMANCE(folder, "dkim-chasquid");
  int seen = 0;
  for (const auto& file : test::files_below(folder, ".result")) {
    SCOPED_TRACE(file.filename().string());
    test::FakeResolver dns;
    auto zone = file, mail = file;
    if (std::filesystem::exists(zone.replace_extension(".dns"))) add_zone(dns, test::read_file(zone));
    const auto all = verify(mail.replace_extension(".msg"), dns);
    const auto expected = json::parse(test::read_file(file)).at("Results").as_array();
    ASSERT_GE(all.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_TRUE(agrees(all[i], as_text(expected[i].at("State")))) << i << ": " << described(all[i]);
    ++seen;
  }
  EXPECT_EQ(seen, 10);
}

TEST(Conformance, DkimChasquidLimitedBodyIsPartial) {
  MAILPROBE_CONFORMANCE(folder, "dkim-chasquid");
  test::FakeResolver dns;
  add_zone(dns, test::read_file(folder / "09-limited_body.dns"));
  EXPECT_TRUE(verify(folder / "09-limited_body.msg", dns).front().partial);
}

}  // namespace
}  // namespace mailprobe::auth
