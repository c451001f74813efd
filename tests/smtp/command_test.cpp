// Commands as the client says them and as the server reads them.
#include <gtest/gtest.h>

#include "smtp/command_line.h"
#include "smtp/commands.h"

namespace mailprobe::smtp {
namespace {

using namespace std::string_view_literals;

Path path(std::string_view text) { return Path(*Mailbox::parse(text)); }

TEST(Command, GreetsByNameOrAddressLiteral) {
  EXPECT_EQ(Command::ehlo("Probe.Test")->line(), "EHLO probe.test");
  EXPECT_EQ(Command::ehlo("[192.0.2.1]")->line(), "EHLO [192.0.2.1]");
  EXPECT_EQ(Command::helo("[IPv6:2001:db8::1]")->line(), "HELO [IPv6:2001:db8::1]");
}

TEST(Command, CannotGreetByAnythingElse) {
  for (const auto host :
       {""sv, "a b"sv, "a\r\nQUIT"sv, "a\0b"sv, "[192.0.2.1"sv, "[2001:db8::1]"sv, "[IPv6:192.0.2.1]"sv}) {
    EXPECT_FALSE(Command::ehlo(host)) << host;
    EXPECT_FALSE(Command::helo(host)) << host;
  }
}

TEST(Command, PathsHoldNoLineEnd) {
  for (const auto address :
       {"a\r\nRCPT TO:<x@y>@b.test"sv, "a@b.test\r\n"sv, "a\0@b.test"sv, "a b@c.test"sv, "a>@b.test"sv})
    EXPECT_FALSE(Mailbox::parse(address)) << address;
}

TEST(Command, SaysMailWithItsParameters) {
  EXPECT_EQ(Command::mail(Path(), {}).line(), "MAIL FROM:<>");
  MailParameters parameters{100, Body::eight_bit, true};
  EXPECT_EQ(Command::mail(path("a@b.test"), parameters).line(), "MAIL FROM:<a@b.test> SIZE=100 BODY=8BITMIME SMTPUTF8");
  EXPECT_EQ(Command::rcpt(path("a@b.test")).wire(), "RCPT TO:<a@b.test>\r\n");
  EXPECT_EQ(Command::bdat_last(7).line(), "BDAT 7 LAST");
}

TEST(Command, ShowsNoSecret) {
  const auto auth = Command::auth("PLAIN", "\0user\0pencil"sv);
  EXPECT_EQ(auth.line(), "AUTH PLAIN AHVzZXIAcGVuY2ls");
  EXPECT_EQ(auth.shown(), "AUTH PLAIN ***");
  EXPECT_EQ(Command::auth("PLAIN", "").line(), "AUTH PLAIN =");
  EXPECT_EQ(Command::auth_response("pencil").shown(), "***");
  EXPECT_TRUE(Command::auth_response("").secret());
}

// --- the server's view ----------------------------------------------------------------------------------------------

TEST(CommandLine, IsAVerbInAnyCaseWithItsArgument) {
  EXPECT_EQ(parse_command("mAiL  FROM:<> ")->verb, Verb::mail);
  EXPECT_EQ(parse_command("mAiL  FROM:<> ")->argument, "FROM:<>");
  EXPECT_EQ(parse_command("QUIT")->argument, "");
  EXPECT_EQ(parse_command("QUITE")->verb, Verb::unknown);
  EXPECT_EQ(parse_command("")->verb, Verb::unknown);
}

TEST(CommandLine, HoldsNoControlCharacter) {
  for (const auto line : {"NOOP \0"sv, "NOOP\t"sv, "NOOP \r"sv, "NOOP \x7f"sv, "NOOP \x1b[m"sv})
    EXPECT_FALSE(parse_command(line));
}

std::string path_of(std::string_view argument, std::string_view keyword = "FROM:") {
  const auto parsed = parse_path_argument(argument, keyword, "mx.test");
  return parsed ? parsed->path.text() : "none";
}

TEST(PathArgument, TakesWhatRfc5321Has) {
  EXPECT_EQ(path_of("FROM:<a@b.test>"), "a@b.test");
  EXPECT_EQ(path_of("from: <a@b.test>"), "a@b.test");
  EXPECT_EQ(path_of("FROM:<>"), "");
  EXPECT_EQ(path_of("FROM:<@x.test,@y.test:a@b.test>"), "a@b.test");
  EXPECT_EQ(path_of("FROM:<\"a>b\"@c.test>"), "\"a>b\"@c.test");
  EXPECT_EQ(path_of("FROM:<a@[192.0.2.1]>"), "a@[192.0.2.1]");
  EXPECT_EQ(path_of("TO:<postmaster>", "TO:"), "postmaster@mx.test");
}

TEST(PathArgument, TakesNothingElse) {
  for (const auto* argument : {"", "FROM:", "FROM:a@b.test", "FROM:<a@b.test", "FROM:<a@b.test>x", "FROM:<a b@c.test>",
                               "TO:<a@b.test>", "FROM:<a>", "FROM:<<a@b.test>>"})
    EXPECT_EQ(path_of(argument), "none") << argument;
  EXPECT_EQ(path_of("TO:<>", "TO:"), "none");
}

TEST(PathArgument, HasParameters) {
  const auto parsed = parse_path_argument("FROM:<a@b.test> size=10  SMTPUTF8 X==y", "FROM:", "mx.test");
  ASSERT_EQ(parsed->parameters.size(), 3U);
  EXPECT_EQ(parsed->parameters[0].name, "SIZE");
  EXPECT_EQ(parsed->parameters[0].value, "10");
  EXPECT_FALSE(parsed->parameters[1].value);
  EXPECT_EQ(parsed->parameters[2].value, "=y");
}

int refusal(std::string_view argument) {
  const auto parsed = parse_path_argument(argument, "FROM:", "mx.test");
  const auto reply = check_mail_parameters(*parsed, 1000);
  return reply ? reply->code : 0;
}

TEST(MailParameters, AreKnownOrRefused) {
  EXPECT_EQ(refusal("FROM:<a@b.test> SIZE=1000 BODY=7bit AUTH=<>"), 0);
  EXPECT_EQ(refusal("FROM:<a@b.test> SIZE=1001"), 552);
  EXPECT_EQ(refusal("FROM:<a@b.test> SIZE"), 501);
  EXPECT_EQ(refusal("FROM:<a@b.test> SIZE=-1"), 501);
  EXPECT_EQ(refusal("FROM:<a@b.test> RET=HDRS"), 555);
  EXPECT_EQ(refusal("FROM:<dörte@b.test>"), 553);
  EXPECT_EQ(refusal("FROM:<dörte@b.test> SMTPUTF8"), 0);
}

TEST(MailParameters, RequireTlsIsTakenWhereItIsAnnounced) {
  const auto asked = parse_path_argument("FROM:<a@b.test> REQUIRETLS", "FROM:", "mx.test");
  EXPECT_EQ(check_mail_parameters(*asked, 1000)->code, 555);
  EXPECT_FALSE(check_mail_parameters(*asked, 1000, {.requiretls = true}));
  EXPECT_TRUE(requires_tls(*asked));
  EXPECT_FALSE(requires_tls(*parse_path_argument("FROM:<requiretls@b.test> BODY=7BIT", "FROM:", "mx.test")));
  const auto with_value = parse_path_argument("FROM:<a@b.test> REQUIRETLS=1", "FROM:", "mx.test");
  EXPECT_EQ(check_mail_parameters(*with_value, 1000, {.requiretls = true})->code, 555);
}

TEST(MailParameters, OfReportsAreTakenWhereTheyAreAnnounced) {
  const Announced dsn{.dsn = true};
  const auto code = [&](const std::string& parameters) {
    const auto reply =
        check_mail_parameters(*parse_path_argument("FROM:<a@b.test> " + parameters, "FROM:", "mx.test"), 1000, dsn);
    return reply ? reply->code : 0;
  };
  EXPECT_EQ(code("RET=HDRS ENVID=abc"), 0);
  EXPECT_EQ(code("RET=full"), 0);
  EXPECT_EQ(code("RET=SOME"), 555);
  EXPECT_EQ(code("RET"), 555);
  EXPECT_EQ(code("ENVID=" + std::string(100, 'x')), 0);
  EXPECT_EQ(code("ENVID=" + std::string(101, 'x')), 555);
}

struct Rcpt {
  const char* parameters;
  int with, without;  // the code where DSN is announced, and where it is not; 0: taken
  bool success;
};

class RcptParameters : public testing::TestWithParam<Rcpt> {};

TEST_P(RcptParameters, AreKnownOrRefused) {
  const auto& [parameters, with, without, success] = GetParam();
  const auto argument = parse_path_argument("TO:<a@b.test>" + std::string(parameters), "TO:", "mx.test");
  ASSERT_TRUE(argument);
  const auto code = [&](bool dsn) {
    const auto reply = check_rcpt_parameters(*argument, {.dsn = dsn});
    return reply ? reply->code : 0;
  };
  EXPECT_EQ(code(true), with);
  EXPECT_EQ(code(false), without);
  EXPECT_EQ(wants_success(*argument), success);
}

INSTANTIATE_TEST_SUITE_P(All, RcptParameters,
                         testing::Values(Rcpt{"", 0, 0, false}, Rcpt{" NOTIFY=NEVER", 0, 555, false},
                                         Rcpt{" NOTIFY=failure,Success ORCPT=rfc822;a@b.test", 0, 555, true},
                                         Rcpt{" NOTIFY=DELAY", 0, 555, false}, Rcpt{" NOTIFY", 501, 555, false},
                                         Rcpt{" NOTIFY=NEVER,SUCCESS", 501, 555, true},
                                         Rcpt{" NOTIFY=", 501, 555, false}, Rcpt{" ORCPT=a@b.test", 501, 555, false},
                                         Rcpt{" ORCPT=;a", 501, 555, false}, Rcpt{" RET=FULL", 555, 555, false}));

TEST(Commands, AskForAReport) {
  const auto path = [](const char* text) { return Path(*Mailbox::parse(text)); };
  EXPECT_EQ(Command::rcpt(path("a+b=c@b.test"), true).line(),
            "RCPT TO:<a+b=c@b.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@b.test");
  EXPECT_EQ(Command::rcpt(path("dörte@b.test"), true).line(), "RCPT TO:<dörte@b.test> NOTIFY=SUCCESS,FAILURE,DELAY");
  EXPECT_EQ(Command::rcpt(path("a@b.test")).line(), "RCPT TO:<a@b.test>");
  EXPECT_EQ(Command::mail(Path(), {.envid = "a +b"}).line(), "MAIL FROM:<> RET=HDRS ENVID=a+20+2Bb");
}

TEST(BdatArgument, IsASizeAndPerhapsLast) {
  EXPECT_EQ(parse_bdat("100")->size, 100U);
  EXPECT_FALSE(parse_bdat("100")->last);
  EXPECT_TRUE(parse_bdat("0 last")->last);
  EXPECT_TRUE(parse_bdat("2   LAST")->last) << "spaces are taken as by MAIL and RCPT";
  for (const auto* argument : {"", "x", "-1", "1 FIRST", "1 LAST x", "99999999999999999999"})
    EXPECT_FALSE(parse_bdat(argument)) << argument;
}

}  // namespace
}  // namespace mailprobe::smtp
