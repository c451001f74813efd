// sign, as it is run: a message in, the signed one out, and `verify` agrees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "auth/crypto.h"
#include "auth/dkim_sign.h"
#include "base/text.h"
#include "tests/app/run_program.h"

namespace mailprobe::app {
namespace {

namespace json = boost::json;
using test::Ran;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string letter =
    "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=a@example.org\n"
    "From: a@example.org\nTo: b@example.net\nSubject: s\nDate: Sat, 31 Jan 2026 12:00:00 +0000\n"
    "Message-ID: <1@example.org>\n\nbody\n";

class SignTest : public test::ProgramTest {
 protected:
  SignTest() {
    const auto pem = auth::PrivateKey::generate(auth::KeyType::ed25519).value();
    const auto key = auth::SigningKey::from_pem(pem).value();
    folder.write("keys/e1.pem", pem.reveal());
    folder.write("zone", "$ORIGIN example.org.\n_dmarc 300 IN TXT \"v=DMARC1; p=reject\"\ne1._domainkey 300 IN TXT \"" +
                             key.dns_record() + "\"\n");
    folder.write("mailprobe.yaml",
                 "helo: mx.example.org\nidentities:\n  default:\n    domain: example.org\n    address: a@example.org\n "
                 "   dkim:\n"
                 "      - {selector: e1, key: keys/e1.pem, canonicalization: [relaxed/relaxed, simple/simple]}\n");
    folder.write("letter.eml", letter);
  }

  json::object verified(const std::string& message) {
    folder.write("signed.eml", message);
    const auto ran = run({"verify", "--zone", "zone", "--json", "-", "--time", "2026-01-31T12:30:00Z", "signed.eml"});
    return json::parse(ran.out).as_object();
  }
  Ran with_key(std::vector<std::string> more) {
    more.insert(more.begin(), {"sign", "letter.eml", "--key", "keys/e1.pem", "--domain", "example.org", "--selector",
                               "e1", "--time", "2026-01-31T12:00:00Z"});
    return run(std::move(more));
  }
  Ran sealed(const std::string& file, const std::string& zone = "zone") {
    return run(
        {"sign", file, "--arc", "--authserv-id", "mx.example.org", "--zone", zone, "--time", "2026-01-31T12:00:00Z"});
  }
};

TEST_F(SignTest, AnIdentitySignsWithAllItsKeys) {
  const auto ran = run({"sign", "letter.eml", "--time", "2026-01-31T12:00:00Z"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_THAT(ran.out, testing::EndsWith(letter));
  EXPECT_EQ(ran.out.find('\r'), std::string::npos) << "the line endings are the file's";
  const auto judged = verified(ran.out);
  ASSERT_EQ(judged.at("dkim").as_array().size(), 2U);
  for (const auto& signature : judged.at("dkim").as_array()) EXPECT_EQ(signature.at("result").as_string(), "pass");
  EXPECT_EQ(judged.at("dmarc").at("result").as_string(), "pass");
}

TEST_F(SignTest, AnIdentityNeedsNoMoreThanItsKeys) {
  folder.write("mailprobe.yaml",
               "identities:\n  default:\n    domain: example.org\n    dkim: [{selector: e1, key: keys/e1.pem}]\n");
  const auto ran = run({"sign", "letter.eml", "--time", "2026-01-31T12:00:00Z"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(verified(ran.out).at("dkim").at(0).at("result").as_string(), "pass");
  EXPECT_THAT(run({"doctor"}).err, HasSubstr("no \"helo\"")) << "what sends needs more";
}

TEST_F(SignTest, AKeyByItsFileNeedsNoConfiguration) {
  std::filesystem::remove("mailprobe.yaml");
  const auto ran = with_key({"--canonicalization", "relaxed/simple"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("DKIM-Signature: "));
  const auto signature = verified(ran.out).at("dkim").at(0);
  EXPECT_EQ(signature.at("result").as_string(), "pass");
  EXPECT_EQ(signature.at("canonicalization").as_string(), "relaxed/simple");
  EXPECT_EQ(with_key({}).out, with_key({}).out) << "the same clock, the same bytes";
}

TEST_F(SignTest, CrlfStaysAndGoesToAFile) {
  folder.write("letter.eml", to_crlf(letter));
  const auto ran = with_key({"--output", "out.eml"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(folder.read("out.eml"), testing::EndsWith(to_crlf(letter)));
  EXPECT_EQ(verified(folder.read("out.eml")).at("dkim").at(0).at("result").as_string(), "pass");
}

TEST_F(SignTest, SealsAndGoesOnWithTheChain) {
  const auto once = sealed("letter.eml");
  ASSERT_EQ(once.status, 0) << once.err;
  EXPECT_THAT(once.out, StartsWith("ARC-Seal: "));
  folder.write("once.eml", once.out);
  const auto twice = sealed("once.eml");
  ASSERT_EQ(twice.status, 0) << twice.err;
  const auto arc = verified(twice.out).at("arc").as_object();
  EXPECT_EQ(arc.at("result").as_string(), "pass");
  ASSERT_EQ(arc.at("instances").as_array().size(), 2U);
  const auto& second = arc.at("instances").at(1).as_object();
  EXPECT_EQ(second.at("cv").as_string(), "pass");
  EXPECT_EQ(second.at("authserv_id").as_string(), "mx.example.org");
  EXPECT_EQ(second.at("results").at(0).at("method").as_string(), "spf");
  const auto shown = run({"verify", "--zone", "zone", "signed.eml"}).out;
  EXPECT_THAT(shown, HasSubstr("ARC    pass      2 sets"));
  EXPECT_THAT(shown, HasSubstr("i=2 example.org cv=pass, mx.example.org says spf=pass arc=pass"));
}

TEST_F(SignTest, ABrokenChainIsSealedAsFailedOnce) {
  auto once = sealed("letter.eml").out;
  folder.write("once.eml", once.replace(once.rfind("body"), 4, "BODY"));
  const auto failed = sealed("once.eml");
  ASSERT_EQ(failed.status, 0) << failed.err;
  EXPECT_THAT(failed.out, HasSubstr("cv=fail"));
  folder.write("failed.eml", failed.out);
  const auto again = sealed("failed.eml");
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.err, HasSubstr("failed.eml: the chain is sealed as failed"));
  EXPECT_EQ(again.out, "");
}

TEST_F(SignTest, ErrorsNameTheFileAndTheRemedy) {
  const auto problem = [&](std::vector<std::string> arguments) {
    const auto ran = run(std::move(arguments));
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.out, "");
    return ran.err;
  };
  EXPECT_THAT(problem({"sign"}), HasSubstr("which message?"));
  EXPECT_THAT(problem({"sign", "a", "b"}), HasSubstr("one message at a time"));
  EXPECT_THAT(problem({"sign", "none.eml"}), HasSubstr("none.eml: No such file"));
  EXPECT_THAT(problem({"sign", "letter.eml", "--key", "k"}), HasSubstr("--key needs --domain and --selector"));
  EXPECT_THAT(problem({"sign", "letter.eml", "--domain", "d.example"}), HasSubstr("--domain goes with --key"));
  EXPECT_THAT(problem({"sign", "letter.eml", "--arc"}), HasSubstr("--arc needs --authserv-id"));
  EXPECT_THAT(problem({"sign", "letter.eml", "--authserv-id", "x"}), HasSubstr("--authserv-id goes with --arc"));
  EXPECT_THAT(problem({"sign", "letter.eml", "--zone", "zone"}), HasSubstr("--zone goes with --arc"));
  EXPECT_THAT(problem({"sign", "letter.eml", "--selector", "r9"}),
              HasSubstr("no key with the selector \"r9\"; it has e1"));
  EXPECT_THAT(problem({"sign", "letter.eml", "--identity", "x"}), HasSubstr("there is no identity \"x\""));
  EXPECT_THAT(problem({"sign", "letter.eml", "--output", "/nowhere/out"}), HasSubstr("cannot write /nowhere/out"));
  EXPECT_THAT(with_key({"--canonicalization", "loose"}).err, HasSubstr("write relaxed/relaxed"));
  folder.write("headless.eml", "To: b@example.net\n\nbody\n");
  EXPECT_THAT(problem({"sign", "headless.eml"}), HasSubstr("headless.eml: a message without From"));
  std::string many;
  for (int i = 0; i < 7000; ++i) many += "To: b@example.net\n";
  folder.write("many.eml", many + letter);
  EXPECT_THAT(problem({"sign", "many.eml"}),
              HasSubstr("many.eml: the message has too many header fields to be signed: with 70"));
  folder.write("box", "From x\n" + letter + "\nFrom y\n" + letter);
  EXPECT_THAT(problem({"sign", "box"}), HasSubstr("box holds several messages"));
  folder.write("open.pem", "x", 0644);
  EXPECT_THAT(problem({"sign", "letter.eml", "--key", "open.pem", "--domain", "d.example", "--selector", "s"}),
              HasSubstr("open.pem"));
  std::filesystem::remove("mailprobe.yaml");
  EXPECT_THAT(problem({"sign", "letter.eml"}), HasSubstr("mailprobe init DOMAIN"));
}

}  // namespace
}  // namespace mailprobe::app
