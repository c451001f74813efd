#include "app/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/command_syntax.h"
#include "tests/app/temporary.h"

namespace mailprobe::app {
namespace {

using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

Result<Parsed> parse(const Arguments& arguments, test::Variables variables = {}) {
  return parse_command_line(arguments, test::environment("/nowhere", std::move(variables)));
}

CommandLine good(const Arguments& arguments, test::Variables variables = {}) {
  auto parsed = parse(arguments, std::move(variables));
  if (!parsed) throw std::runtime_error(parsed.error().message);
  return std::move(std::get<CommandLine>(*parsed));
}

SendCommand send(const Arguments& arguments) { return std::get<SendCommand>(good(arguments).command); }

std::string problem(const Arguments& arguments) {
  const auto parsed = parse(arguments);
  if (parsed) return "none";
  EXPECT_EQ(parsed.error().kind, Failure::usage);
  return parsed.error().message;
}

TEST(CommandLine, LabStandsBeforeOrAfterTheCommand) {
  EXPECT_TRUE(good({"--lab", "send", "--to", "a@target.test"}).common.lab);
  EXPECT_TRUE(good({"send", "--lab", "--to", "a@target.test"}).common.lab);
  EXPECT_TRUE(good({"send", "--to", "a@target.test", "--lab"}).common.lab);
}

TEST(CommandLine, EveryOptionOfSend) {
  const auto command = send({"send", "--to", "a@example.net", "--identity", "i", "--mailbox", "m", "--server",
                             "mx.example.net:2525", "--source-ip", "192.0.2.1", "-4", "--tls", "verify", "--wait",
                             "90s", "--chunking", "--delete", "--dry-run"});
  const auto& options = command.options;
  EXPECT_EQ(options.to.text(), "a@example.net");
  EXPECT_EQ(options.identity, "i");
  EXPECT_EQ(options.mailbox, "m");
  EXPECT_EQ(options.server, (std::pair<std::string, std::uint16_t>("mx.example.net", 2525)));
  EXPECT_EQ(options.source_ip->text(), "192.0.2.1");
  EXPECT_TRUE(options.ipv4_only);
  EXPECT_EQ(options.floor, TlsFloor::verify);
  EXPECT_EQ(options.wait, std::chrono::seconds(90));
  EXPECT_TRUE(options.chunking);
  EXPECT_TRUE(options.delete_copy);
  EXPECT_TRUE(command.dry_run);
  EXPECT_EQ(send({"send", "--to", "a@example.net"}).options.floor, TlsFloor::encrypt);
  EXPECT_FALSE(options.require_tls);
  EXPECT_TRUE(send({"send", "--to", "a@example.net", "--requiretls"}).options.require_tls);
  EXPECT_EQ(send({"send", "--to", "a@example.net", "--tls", "sts"}).options.floor, TlsFloor::sts);
  EXPECT_EQ(send({"send", "--to", "a@example.net", "--tls", "dane"}).options.floor, TlsFloor::dane);
  EXPECT_TRUE(send({"send", "--to", "a@example.net", "--each-mx", "-6"}).options.each_mx);
  EXPECT_EQ(send({"send", "--to", "a@example.net", "--via", "relay"}).options.via, "relay");
}

TEST(CommandLine, ASurveyIsOfTheTargetsOwnServers) {
  EXPECT_FALSE(send({"send", "--to", "a@example.net"}).options.survey);
  EXPECT_TRUE(send({"send", "--to", "a@example.net", "--survey"}).options.survey);
  EXPECT_THAT(problem({"send", "--to", "a@example.net", "--survey", "--via", "relay"}), HasSubstr("--survey"));
  EXPECT_THAT(problem({"send", "--to", "a@example.net", "--survey", "--server", "mx"}), HasSubstr("--survey"));
}

TEST(CommandLine, ServersAreHostsOrAddresses) {
  const auto server = [](const std::string& text) {
    return *send({"send", "--to", "a@example.net", "--server", text}).options.server;
  };
  EXPECT_EQ(server("mx.example.net"), (std::pair<std::string, std::uint16_t>("mx.example.net", 25)));
  EXPECT_EQ(server("[2001:db8::1]:26"), (std::pair<std::string, std::uint16_t>("2001:db8::1", 26)));
  EXPECT_EQ(server("2001:db8::1"), (std::pair<std::string, std::uint16_t>("2001:db8::1", 25)));
}

TEST(CommandLine, FlagOverVariableOverDefault) {
  const test::Variables variables{{"MAILPROBE_HTML", "v.html"}, {"MAILPROBE_TLS", "may"}, {"MAILPROBE_EACH_MX", "1"}};
  const auto line = good({"send", "--to", "a@example.net", "--html", "f.html"}, variables);
  EXPECT_EQ(line.common.files.html, "f.html");
  EXPECT_EQ(std::get<SendCommand>(line.command).options.floor, TlsFloor::may);
  EXPECT_TRUE(std::get<SendCommand>(line.command).options.each_mx);
}

TEST(CommandLine, TwoHyphensEndTheOptions) {
  const auto line = good({"verify", "--", "a.eml", "--quiet"});
  EXPECT_EQ(std::get<VerifyCommand>(line.command).files, (Arguments{"a.eml", "--quiet"}));
}

TEST(CommandLine, LabAndConfigEndEachOthersVariable) {
  EXPECT_TRUE(good({"doctor"}, {{"MAILPROBE_LAB", "1"}}).common.lab);
  EXPECT_FALSE(good({"doctor"}, {{"MAILPROBE_LAB", "0"}}).common.lab);
  EXPECT_FALSE(good({"doctor", "--config", "a.yaml"}, {{"MAILPROBE_LAB", "1"}}).common.lab);
  EXPECT_TRUE(good({"doctor", "--lab"}, {{"MAILPROBE_CONFIG", "a.yaml"}}).common.lab);
  EXPECT_THAT(problem({"--lab", "doctor", "--config", "a.yaml"}), HasSubstr("--lab reads no configuration file"));
}

TEST(CommandLine, AVariableForAnotherCommandDoesNoHarm) {
  const auto line = good({"verify", "a.eml"}, {{"MAILPROBE_HTML", "v.html"}, {"MAILPROBE_TLS", "nonsense"}});
  EXPECT_EQ(std::get<VerifyCommand>(line.command).files, Arguments{"a.eml"});
}

TEST(CommandLine, OutAllNamesFourFiles) {
  const auto files = good({"send", "--to", "a@example.net", "--out-all", "out/r", "--tap", "t"}).common.files;
  EXPECT_EQ(files.html, "out/r.html");
  EXPECT_EQ(files.json, "out/r.json");
  EXPECT_EQ(files.junit, "out/r.xml");
  EXPECT_EQ(files.tap, "t");
}

TEST(CommandLine, VerifyTakesFilesAndStandardInput) {
  const auto line = good({"verify", "a.eml", "-", "--json", "-", "--ip", "192.0.2.1", "--helo", "mx.example.org",
                          "--mail-from", "", "--zone", "z", "--time", "2026-01-31T12:00:00Z"});
  const auto& command = std::get<VerifyCommand>(line.command);
  EXPECT_EQ(command.files, (Arguments{"a.eml", "-"}));
  EXPECT_EQ(command.mail_from, "");
  EXPECT_EQ(command.ip->text(), "192.0.2.1");
  EXPECT_EQ(rfc3339(*command.time), "2026-01-31T12:00:00Z");
  EXPECT_EQ(line.common.files.json, "-");
}

TEST(CommandLine, IsKeptAsItWouldBeTypedAgain) {
  EXPECT_EQ(command_text({"send", "--to", "a@example.net", "--identity", "it's", ""}),
            "mailprobe send --to a@example.net --identity 'it'\\''s' ''");
  const auto line = good({"send", "--to", "a@example.net"});
  EXPECT_EQ(line.common.command, "mailprobe send --to a@example.net");
  EXPECT_EQ(std::get<SendCommand>(line.command).options.command, line.common.command);
}

struct Wrong {
  std::string name;
  Arguments arguments;
  std::string message;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

class WrongLine : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongLine, SaysWhatIsWrong) { EXPECT_EQ(problem(GetParam().arguments), GetParam().message); }

INSTANTIATE_TEST_SUITE_P(
    Table, WrongLine,
    ::testing::Values(
        Wrong{"Nothing", {}, "no command is given: \"mailprobe --help\" lists them"},
        Wrong{"UnknownCommand", {"sned"}, "there is no command \"sned\": did you mean \"send\"?"},
        Wrong{"ACommandOfLaterVersions",
              {"walk"},
              "there is no command \"walk\": there are send, run, inspect, verify, sign, init, doctor, report, "
              "history, diff, "
              "collect, reflect, traps, suppress, templates, checks, schema, completion, man or lab"},
        Wrong{"UnknownOption",
              {"send", "--to", "a@example.net", "--htm", "x"},
              "there is no option \"--htm\": did you mean \"--html\"?"},
        Wrong{"UnknownOptionWithValue",
              {"send", "--maibox=x"},
              "there is no option \"--maibox\": did you mean \"--mailbox\"?"},
        Wrong{"OptionFarFromAll",
              {"send", "--zzzzzzzzzz"},
              "there is no option \"--zzzzzzzzzz\": \"mailprobe send --help\" lists them"},
        Wrong{"AddressWithoutTo",
              {"send", "a@example.net"},
              "\"mailprobe send\" takes no \"a@example.net\": give the address with --to"},
        Wrong{"NoRecipient",
              {"send"},
              "whom to send to? \"mailprobe send --to ADDRESS\"; in the lab: --lab send --to reflector@target.test"},
        Wrong{"BadFloor",
              {"send", "--to", "a@example.net", "--tls", "verfy"},
              "--tls \"verfy\": did you mean \"verify\"?"},
        Wrong{"BadWait",
              {"send", "--to", "a@example.net", "--wait", "soon"},
              "--wait \"soon\": write a duration like 90s, 5m or 2h"},
        Wrong{"WaitAndNoWait",
              {"send", "--to", "a@example.net", "--wait", "5m", "--no-wait"},
              "--wait and --no-wait exclude each other"},
        Wrong{"BadServer",
              {"send", "--to", "a@example.net", "--server", "mx:99999"},
              "--server \"mx:99999\": write HOST:PORT, like mx.example.net:25"},
        Wrong{"BadColor", {"checks", "--color", "red"}, "--color \"red\": auto, always or never"},
        Wrong{"QuietAndVerbose", {"checks", "-q", "-v"}, "--quiet and --verbose exclude each other"},
        Wrong{"TwoReportsToOneFile",
              {"send", "--to", "a@example.net", "--html", "x", "--json", "x"},
              "two reports are to go to \"x\": give each a name of its own"},
        Wrong{"NagiosBesideStandardOutput",
              {"send", "--to", "a@example.net", "--nagios", "--json", "-"},
              "--nagios prints its line where - is to go: give the report a file's name"},
        Wrong{"AReportThatACommandHasNot", {"verify", "a.eml", "--html", "x"}, "\"mailprobe verify\" has no --html"},
        Wrong{"NoFile", {"verify"}, "which message? \"mailprobe verify FILE...\", or - for standard input"},
        Wrong{"BadTime", {"verify", "a", "--time", "noon"}, "--time \"noon\": write it like 2026-01-31T12:00:00Z"},
        Wrong{"TwoAddressesOfOneFamily",
              {"init", "example.org", "--ip", "192.0.2.1", "--ip", "192.0.2.2"},
              "--ip \"192.0.2.2\": one IPv4 and one IPv6 address is what a host's name gets here"},
        Wrong{"InitOfTheLab",
              {"--lab", "init", "example.org"},
              "the lab has a configuration of its own: \"mailprobe init\" takes no --lab"},
        Wrong{"FailOnSomethingElse", {"report", "last", "--fail-on", "info"}, "--fail-on \"info\": write warn"}),
    [](const auto& row) { return row.param.name; });

TEST(CommandLine, EscapesWhatItShows) { EXPECT_EQ(problem({"send", "--x\x1b[31m"}).find('\x1b'), std::string::npos); }

TEST(CommandLine, CollectTakesARun) {
  const auto command = std::get<CollectCommand>(good({"collect", "last", "--wait", "2m", "--delete"}).command);
  EXPECT_THAT(command.runs, testing::ElementsAre("last"));
  EXPECT_FALSE(command.all);
  EXPECT_EQ(command.options.wait, std::chrono::minutes(2));
  EXPECT_TRUE(command.options.delete_copy);
  const auto reports = std::get<CollectCommand>(good({"collect", "last", "--report", "a.gz", "b.zip"}).command);
  EXPECT_THAT(reports.reports, testing::ElementsAre("a.gz", "b.zip"));
  EXPECT_THAT(problem({"collect", "last", "--report", "a.gz", "--wait", "1m"}), HasSubstr("looks in no mailbox"));
  EXPECT_THAT(problem({"collect", "last", "--report"}), HasSubstr("--report"));
  EXPECT_THAT(problem({"collect"}), HasSubstr("which run?"));
  const auto several = std::get<CollectCommand>(good({"collect", "20260131", "20260201"}).command);
  EXPECT_THAT(several.runs, testing::ElementsAre("20260131", "20260201"));
  EXPECT_TRUE(std::get<CollectCommand>(good({"collect", "--all"}).command).all);
  EXPECT_THAT(problem({"collect", "--all", "last"}), HasSubstr("--all takes no \"last\""));
  EXPECT_THAT(problem({"collect", "--all", "--nagios"}), HasSubstr("--nagios is about one run"));
  EXPECT_THAT(problem({"--lab", "collect", "last"}), HasSubstr("mailprobe lab"));
  EXPECT_THAT(problem({"collect", "last", "--wait", "soon"}), HasSubstr("--wait"));
}

TEST(CommandLine, HelpAndVersionAreToBePrinted) {
  EXPECT_THAT(std::get<Say>(*parse({"--version"})).text, HasSubstr("mailprobe "));
  EXPECT_THAT(std::get<Say>(*parse({"--help"})).text, HasSubstr("Commands:"));
  EXPECT_THAT(std::get<Say>(*parse({"send", "--help"})).text, HasSubstr("--to ADDRESS"));
  EXPECT_THAT(std::get<Say>(*parse({"help", "send"})).text, HasSubstr("--to ADDRESS"));
}

TEST(CommandLine, HelpNamesEveryOptionThatACommandTakes) {
  const auto text = help_text("send");
  for (const auto* option :
       {"--to",      "--identity", "--mailbox", "--via",     "--server", "--each-mx", "--source-ip", "-4",
        "-6",        "--tls",      "--wait",    "--no-wait", "--reply",  "--dry-run", "--redact",    "--requiretls",
        "--out-all", "--delete",   "--html",    "--json",    "--junit",  "--tap",     "--quiet",     "--verbose",
        "--color",   "--lab",      "--config",  "--nagios",  "--fail-on"})
    EXPECT_THAT(text, HasSubstr(option));
  EXPECT_THAT(help_text("verify"), ::testing::Not(HasSubstr("--html")));
}

}  // namespace
}  // namespace mailprobe::app
