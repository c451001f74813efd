// verify, as it is run: messages and a master file in, lines and an exit status out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "app/verify_output.h"

#include "app/exit_status.h"
#include "auth/crypto.h"
#include "auth/dkim_sign.h"
#include "base/text.h"
#include "tests/app/run_program.h"

namespace mailprobe::app {
namespace {

namespace json = boost::json;
using test::Ran;
using ::testing::HasSubstr;

class VerifyTest : public test::ProgramTest {
 protected:
  VerifyTest() {
    const auto key = auth::SigningKey::from_pem(*auth::PrivateKey::generate(auth::KeyType::ed25519)).value();
    const auto plain = to_crlf(
        "From: a@example.org\nTo: b@example.net\nSubject: s\nDate: Sat, 31 Jan 2026 12:00:00 +0000\n"
        "Message-ID: <1@example.org>\n\nbody\n");
    auth::SignOptions options{
        .domain = "example.org", .selector = "e1", .headers = {}, .time = *parse_rfc3339("2026-01-31T12:00:00Z")};
    signed_message = auth::sign(plain, key, options).value() + plain;
    zone = folder
               .write("zone",
                      "$ORIGIN example.org.\n@ 300 IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
                      "_dmarc 300 IN TXT \"v=DMARC1; p=reject\"\n"
                      "e1._domainkey 300 IN TXT \"" +
                          key.dns_record() + "\"\n")
               .string();
    good = folder.write("good.eml", signed_message).string();
    unsigned_file = folder.write("plain.eml", plain).string();
    auto changed = signed_message;
    changed.replace(changed.rfind("body"), 4, "BODY");
    broken = folder.write("broken.eml", changed).string();
  }

  Ran verify(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"verify", "--zone", zone, "--time", "2026-01-31T12:30:00Z"});
    return run(std::move(arguments));
  }

  std::string signed_message, zone, good, unsigned_file, broken;
};

TEST_F(VerifyTest, PrintsOneObjectAMessageWithEveryKey) {
  const auto ran = verify({"--json", "-", "--ip", "192.0.2.1", "--helo", "mx.example.org", "--mail-from",
                           "a@example.org", good, unsigned_file, "/nowhere/none.eml"});
  EXPECT_EQ(ran.status, 2);
  const auto lines = split(ran.out, '\n');
  ASSERT_EQ(lines.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto object = json::parse(std::string(lines[i])).as_object();
    EXPECT_EQ(object.size(), 6U);
    for (const auto* key : {"file", "error", "spf", "dkim", "arc", "dmarc"}) EXPECT_TRUE(object.contains(key)) << key;
  }
  const auto first = json::parse(std::string(lines[0])).as_object();
  EXPECT_EQ(first.at("file").as_string(), good);
  EXPECT_TRUE(first.at("error").is_null());
  EXPECT_EQ(first.at("spf").at("result").as_string(), "pass");
  EXPECT_EQ(first.at("dkim").at(0).at("result").as_string(), "pass");
  EXPECT_EQ(first.at("dmarc").at("result").as_string(), "pass");
  const auto second = json::parse(std::string(lines[1])).as_object();
  EXPECT_TRUE(second.at("dkim").as_array().empty());
  const auto third = json::parse(std::string(lines[2])).as_object();
  EXPECT_TRUE(third.at("error").is_string());
  EXPECT_TRUE(third.at("spf").is_null());
  EXPECT_TRUE(third.at("dkim").as_array().empty());
  for (const auto& [name, member] : third.at("dmarc").as_object())
    if (name != "reason") EXPECT_TRUE(member.is_null()) << name;
  EXPECT_EQ(third.at("dmarc").at("reason").as_string(), "the message could not be read");
}

TEST_F(VerifyTest, ShowsWhereTheRecordAsksForReports) {
  folder.write("zone", folder.read("zone") +
                           "_dmarc.b 300 IN TXT \"v=DMARC1; p=none; fo=1:d;"
                           " rua=mailto:a@r.example,mailto:b@r.example!10m\"\n");
  auto elsewhere = signed_message;
  elsewhere.replace(elsewhere.find("From: a@example.org"), 19, "From: a@b.example.org");
  const auto ran = verify({"--json", "-", good, folder.write("b.eml", elsewhere).string()});
  const auto lines = split(ran.out, '\n');
  const auto first = json::parse(std::string(lines[0])).at("dmarc"),
             second = json::parse(std::string(lines[1])).at("dmarc");
  EXPECT_EQ(first.at("fo"), "0");
  EXPECT_TRUE(first.at("rua").as_array().empty() && first.at("ruf").as_array().empty());
  EXPECT_EQ(second.at("fo"), "1:d");
  EXPECT_EQ(second.at("rua"), (json::array{"mailto:a@r.example", "mailto:b@r.example"}));
}

TEST_F(VerifyTest, ExitStatuses) {
  const Ran passes = verify({good});
  EXPECT_EQ(passes.status, 0) << passes.out;
  EXPECT_EQ(verify({broken}).status, 1) << "signatures and none passes";
  EXPECT_EQ(verify({unsigned_file}).status, 3) << "neither SPF nor an aligned DKIM pass: no result";
  EXPECT_EQ(
      verify({"--ip", "192.0.2.9", "--helo", "x.example.org", "--mail-from", "a@example.org", unsigned_file}).status, 1)
      << "DMARC fails";
  EXPECT_EQ(
      verify({"--ip", "192.0.2.1", "--helo", "x.example.org", "--mail-from", "a@example.org", unsigned_file}).status,
      0);
  EXPECT_EQ(verify({broken, "/nowhere/none.eml"}).status, 2);
  EXPECT_EQ(verify({unsigned_file, broken}).status, 1);
  EXPECT_EQ(run({"verify", "--zone", "/nowhere/zone", good}).status, 2);
}

TEST_F(VerifyTest, WithoutAnAddressSpfIsNull) {
  const auto ran = verify({"--json", "-", good});
  EXPECT_TRUE(json::parse(ran.out).at("spf").is_null());
}

TEST_F(VerifyTest, TheAddressAloneIsCompletedByWhatIsRecorded) {
  const auto path = folder.write("path.eml", "Return-Path: <a@example.org>\r\n" + signed_message).string();
  EXPECT_THAT(verify({"--ip", "192.0.2.1", path}).out, HasSubstr("SPF    pass"));
  const auto bare = verify({"--ip", "192.0.2.1", good});
  EXPECT_THAT(bare.out, HasSubstr("SPF    -         not judged: neither reverse-path nor HELO name is known"));
  EXPECT_THAT(verify({good}).out, HasSubstr("the client's address is not known"));
}

TEST_F(VerifyTest, AnUnknownReversePathIsNotTheNullOne) {
  const auto unknown = verify({"--ip", "192.0.2.1", "--helo", "example.org", unsigned_file});
  EXPECT_EQ(unknown.status, 3) << unknown.out;
  EXPECT_THAT(unknown.out, HasSubstr("example.org (HELO)"));
  EXPECT_EQ(verify({"--ip", "192.0.2.1", "--helo", "example.org", "--mail-from", "", unsigned_file}).status, 0);
}

TEST_F(VerifyTest, LfFilesCountAsCrlf) {
  std::string lf;
  for (const char c : signed_message)
    if (c != '\r') lf += c;
  EXPECT_EQ(verify({folder.write("lf.eml", lf).string()}).status, 0);
}

TEST_F(VerifyTest, AnMboxHasNumbers) {
  std::string lf;
  for (const char c : signed_message)
    if (c != '\r') lf += c;
  const auto box = folder.write("box", "From a\n" + lf + "\nFrom b\n" + lf + "\n").string();
  const auto ran = verify({"--json", "-", box});
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("box#1\""));
  EXPECT_THAT(ran.out, HasSubstr("box#2\""));
}

TEST_F(VerifyTest, AMaildirInTheOrderOfItsNames) {
  folder.write("box/new/2", signed_message);
  folder.write("box/cur/1", signed_message);
  const auto ran = verify({"--json", "-", "box", good});
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto lines = split(ran.out, '\n');
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_THAT(std::string(lines[0]), HasSubstr("box/cur/1"));
  EXPECT_THAT(std::string(lines[1]), HasSubstr("box/new/2"));
  const auto plain = verify({folder.path().string(), good});
  EXPECT_EQ(plain.status, 2);
  EXPECT_THAT(plain.err, HasSubstr("no Maildir"));
  EXPECT_THAT(plain.out, HasSubstr("DKIM   pass")) << "the rest is still judged";
}

TEST_F(VerifyTest, ReadableTextNamesEachMechanism) {
  const auto ran = verify({broken});
  EXPECT_THAT(ran.out, HasSubstr("SPF    -"));
  EXPECT_THAT(ran.out, HasSubstr("DKIM   fail"));
  EXPECT_THAT(ran.out, HasSubstr("body hash"));
  EXPECT_THAT(ran.out, HasSubstr("DMARC"));
}

TEST_F(VerifyTest, ASignatureBehindTheLimitIsNotSaidToBeMissing) {
  std::string fields;
  for (int i = 0; i < 10'001; ++i) fields += "X: y\r\n";
  const auto file = folder.write("long.eml", fields + signed_message).string();
  EXPECT_THAT(verify({file}).out, HasSubstr("no signature among the first 10000 header fields"));
}

TEST_F(VerifyTest, AFailedSignatureSaysWhatIsKnown) {
  EXPECT_THAT(verify({broken}).out, HasSubstr("the header fields are as they were signed; the body is not"));
  const auto footer = folder.write("footer.eml", signed_message + "footer\r\n").string();
  EXPECT_THAT(verify({footer}).out, HasSubstr("8 bytes were appended to what was signed"));
  const auto object = json::parse(verify({"--json", "-", footer}).out);
  const auto& mutation = object.at_pointer("/dkim/0/mutation/0");
  EXPECT_EQ(mutation.at("kind"), "footer-appended");
  EXPECT_TRUE(mutation.at("sent").is_null());
}

TEST_F(VerifyTest, ExplainsWhatWasLookedUpHashedAndCompared) {
  const auto out = verify({"--explain", "--ip", "192.0.2.1", "--mail-from", "a@example.org", good, broken}).out;
  for (const auto* line : {"\n  Looked up\n    TXT example.org: found\n      \"v=spf1 ip4:192.0.2.1 -all\"\n",
                           "\n  Hashed\n    DKIM signature 1: example.org e1, ed25519-sha256", "from:a@example.org\n",
                           "      b= over these fields verifies with the key\n", ", another\n",
                           "\n  Compared\n    SPF: may 192.0.2.1 use example.org?\n", "ip4:192.0.2.1: matches, pass\n",
                           "    DMARC: author domain example.org\n"})
    EXPECT_THAT(out, HasSubstr(line));
}

TEST_F(VerifyTest, ExplainsInJsonToo) {
  const auto object = json::parse(verify({"--explain", "--json", "-", good}).out).as_object();
  EXPECT_EQ(object.size(), 7U);
  const auto& first = object.at("explain").at(0);
  EXPECT_EQ(first.at("part"), "dns");
  EXPECT_EQ(first.at("depth"), 0);
  EXPECT_EQ(first.at("text"), "TXT e1._domainkey.example.org: found");
}

TEST_F(VerifyTest, OfAnUnreadableMessageThereIsNothingToExplain) {
  const auto ran = verify({"--explain", "--json", "-", "/nowhere/none.eml"});
  EXPECT_TRUE(json::parse(ran.out).at("explain").as_array().empty());
}

TEST_F(VerifyTest, StandardInputMayBeAnMbox) {
  const auto box = folder.write("in", "From a\n" + signed_message + "\r\nFrom b\n" + signed_message);
  const int file = ::open(box.c_str(), O_RDONLY), saved = ::dup(STDIN_FILENO);
  ASSERT_TRUE(file >= 0 && saved >= 0);
  ::dup2(file, STDIN_FILENO);
  const auto ran = verify({"--json", "-", "-"});
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ::close(file);
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"-#1\""));
  EXPECT_THAT(ran.out, HasSubstr("\"-#2\""));
}

TEST_F(VerifyTest, JsonGoesToAFileToo) {
  const auto path = (folder.path() / "out.json").string();
  EXPECT_EQ(verify({"--json", path, good}).status, 0);
  EXPECT_TRUE(json::parse(folder.read("out.json")).is_object());
}

TEST(VerifyStatus, TheWorstOfSeveral) {
  EXPECT_EQ(worse_status(0, 3), 3);
  EXPECT_EQ(worse_status(3, 1), 1);
  EXPECT_EQ(worse_status(1, 3), 1);
  EXPECT_EQ(worse_status(1, 2), 2);
}

TEST(VerifyStatus, AKeyThatCouldNotBeLookedUpIsNoFailure) {
  auth::Evaluation evaluation;
  evaluation.dkim.push_back({.result = auth::DkimOutcome::temperror});
  EXPECT_EQ(verify_status(evaluation), 3);
  evaluation.dkim.push_back({.result = auth::DkimOutcome::pass});
  evaluation.dmarc.result = auth::DmarcOutcome::pass;
  EXPECT_EQ(verify_status(evaluation), 3);
}

TEST(VerifyJson, BytesThatAreNotTextDoNoHarm) {
  const auto line = verify_json({.file = "a\"\xff\n.eml"}, "why \x1b[31m");
  const auto object = json::parse(line);
  EXPECT_EQ(object.at("file").as_string(), "a\"\xef\xbf\xbd\n.eml");
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::app
