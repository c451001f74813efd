// The commands as a newcomer runs them: outputs, files, exit statuses. send against the embedded lab.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>

#include "app/lab_settings.h"
#include "base/text.h"
#include "evidence/assess.h"
#include "tests/app/lab_beside.h"
#include "tests/app/run_program.h"
#include "tls/authority.h"

namespace mailprobe::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class Commands : public test::ProgramTest {
 protected:
  static mode_t mode(const fs::path& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777 : 0;
  }
};

TEST_F(Commands, InitWritesKeysThatNobodyElseReads) {
  const auto ran = run({"init", "probe.example.org", "--ip", "192.0.2.10"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(mode("keys"), 0700U);
  for (const auto* file : {"mailprobe.yaml", "keys/r1.pem", "keys/e1.pem"}) EXPECT_EQ(mode(file), 0600U) << file;
  for (const auto* record : {"IN A    192.0.2.10", "IN MX   10 mx.probe.example.org.", "\"v=spf1 mx -all\"",
                             "r1._domainkey.probe.example.org.", "e1._domainkey.probe.example.org.",
                             "\"v=DMARC1; p=reject; rua=mailto:dmarc@probe.example.org\"",
                             "_smtp._tls.probe.example.org.", "\"v=TLSRPTv1; rua=mailto:tlsrpt@probe.example.org\""})
    EXPECT_THAT(ran.out, HasSubstr(record));
}

TEST_F(Commands, WhatInitWritesIsAConfiguration) {
  ASSERT_EQ(run({"init", "probe.example.org"}).status, 0);
  EXPECT_THAT(folder.read("mailprobe.yaml"), HasSubstr("\n# source_ips: ["));
  const auto ran = run({"send", "--to", "somebody@example.net", "--dry-run"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("probe@probe.example.org"));
}

TEST_F(Commands, InitTakesAnAddressOfEachFamily) {
  const auto ran = run({"init", "--ip", "192.0.2.10", "--ip", "2001:db8::10", "probe.example.org"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  for (const auto* words : {"IN A    192.0.2.10", "IN AAAA 2001:db8::10", "gave you 192.0.2.10 and 2001:db8::10"})
    EXPECT_THAT(ran.out, HasSubstr(words));
  EXPECT_EQ(run({"send", "--to", "somebody@example.net", "--dry-run"}).status, 0);
}

TEST_F(Commands, InitBindsToTheAddressesOfThisHost) {
  const auto ran = run({"init", "--ip", "127.0.0.9", "probe.example.org"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("listen: [\"127.0.0.9:53\"]"));
  EXPECT_THAT(ran.out, Not(HasSubstr("NAT")));
  const auto config = folder.read("mailprobe.yaml");
  EXPECT_THAT(config, HasSubstr("\nsource_ips: [\"127.0.0.9\"]\n"));
  EXPECT_THAT(config, HasSubstr("#   listen: [\"127.0.0.9\"]\n"));
  EXPECT_EQ(run({"send", "--to", "somebody@example.net", "--dry-run"}).status, 0);
}

/// The public address is in the DNS, and no connection is bound to it.
TEST_F(Commands, InitLeavesOutOfTheConfigurationWhatNatHas) {
  const auto ran = run({"init", "--ip", "192.0.2.10", "probe.example.org"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  for (const auto* words : {"IN A    192.0.2.10", "192.0.2.10 is no address of this host (is it behind NAT?)",
                            "source_ips is left out", "listen: [\"ADDRESS:53\"]"})
    EXPECT_THAT(ran.out, HasSubstr(words));
  EXPECT_THAT(folder.read("mailprobe.yaml"), HasSubstr("\n# 192.0.2.10 is no address of this host"));
  EXPECT_THAT(folder.read("mailprobe.yaml"), HasSubstr("\n# source_ips: ["));
  EXPECT_EQ(run({"send", "--to", "somebody@example.net", "--dry-run"}).status, 0);
}

TEST_F(Commands, InitSaysThatAnAddressIsOfNoUseInThePublicDns) {
  const auto ran = run({"init", "--ip", "10.0.0.1", "--ip", "::1", "probe.example.org"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Note: 10.0.0.1 and ::1 are not public (RFC 6890): nobody outside can reach them"));
  EXPECT_THAT(run({"init", "--ip", "192.0.2.10", "--config", "other/c.yaml", "probe.example.org"}).out,
              Not(HasSubstr("not public")));
}

TEST_F(Commands, InitBindsToThoseThatAreOursOnly) {
  ASSERT_EQ(run({"init", "--ip", "2001:db8::10", "--ip", "127.0.0.9", "probe.example.org"}).status, 0);
  const auto config = folder.read("mailprobe.yaml");
  EXPECT_THAT(config, HasSubstr("\nsource_ips: [\"127.0.0.9\"]\n"));
  EXPECT_THAT(config, HasSubstr("source_ips has the others only"));
}

/// The section without its comment signs.
std::string uncommented(const std::string& config) {
  std::string out;
  bool inside = false;
  for (const auto line : split(config, '\n')) {
    inside = inside || line == "# receiver:";
    out += std::string(inside && line.starts_with("# ") ? line.substr(2) : line) + "\n";
  }
  return out;
}

TEST_F(Commands, InitPrintsTheRecordsOfTheTrapsThatItsConfigurationHas) {
  const auto made = run({"init", "probe.example.org", "--ip", "192.0.2.10"});
  for (const auto* record :
       {"trap-good.probe.example.org.", "trap-ipv6-only.probe.example.org.                IN AAAA 2001:db8::16",
        "_25._tcp.trap-dane-right.probe.example.org.", "_25._tcp.trap-dane-wrong.probe.example.org.",
        "_mta-sts.trap-sts-right.probe.example.org.", "IN DS   4711 13 2", "_smtp._tls.trap-good.probe.example.org.",
        "rua=mailto:tlsrpt@probe.example.org"})
    EXPECT_THAT(made.out, HasSubstr(record));
  EXPECT_LT(made.out.find("IN SOA"), made.out.find("IN DS ")) << "a zone is served before it is delegated";
  folder.write("mailprobe.yaml", uncommented(folder.read("mailprobe.yaml")));
  const auto authority = tls::Authority::make("test");
  const auto issued =
      authority->issue({.subject = "mx", .names = {"mx.probe.example.org", "*.probe.example.org"}, .addresses = {}});
  folder.write("tls/cert.pem", issued->chain_pem);
  folder.write("tls/key.pem", issued->key_pem.reveal());
  fs::permissions("tls/key.pem", fs::perms::owner_read);
  const auto printed = run({"traps"});
  EXPECT_EQ(printed.status, 0) << printed.err;
  EXPECT_GT(printed.out.size(), 1000U);
  for (const auto line : split(printed.out, '\n'))
    if (!line.starts_with(';')) EXPECT_THAT(made.out, HasSubstr(std::string(line)));
}

TEST_F(Commands, InitPrintsNothingOfTrapsWhereItIsQuiet) {
  EXPECT_THAT(run({"init", "probe.example.org", "-q"}).out, Not(HasSubstr("trap-")));
}

TEST_F(Commands, InitOverwritesNothing) {
  folder.write("keys/e1.pem", "mine");
  const auto ran = run({"init", "probe.example.org"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("keys/e1.pem is there already"));
  EXPECT_EQ(folder.read("keys/e1.pem"), "mine");
  EXPECT_FALSE(fs::exists("mailprobe.yaml"));
  EXPECT_FALSE(fs::exists("keys/r1.pem"));
}

TEST_F(Commands, InitWritesWhereConfigSays) {
  EXPECT_EQ(run({"init", "probe.example.org", "--config", "sub/c.yaml"}).status, 0);
  EXPECT_TRUE(fs::exists("sub/c.yaml"));
  EXPECT_TRUE(fs::exists("sub/keys/r1.pem"));
}

TEST_F(Commands, SendWithoutAConfigurationNamesTheWaysToOne) {
  const auto ran = run({"send", "--to", "a@example.net"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("init DOMAIN"));
  EXPECT_THAT(ran.err, HasSubstr("--lab"));
}

TEST_F(Commands, AnUnwritableReportIsKnownBeforeAnythingIsSent) {
  const auto ran = run({"--lab", "send", "--to", "reflector@target.test", "--html", "none/report.html"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("there is no folder none"));
  EXPECT_FALSE(fs::exists("home"));
}

TEST_F(Commands, SendToTheLab) {
  const auto ran = run({"--lab", "send", "--to", "reflector@target.test", "--out-all", "r"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  for (const auto* file : {"r.html", "r.json", "r.xml", "r.tap"}) EXPECT_TRUE(fs::exists(file)) << file;
  const auto document = json::parse(folder.read("r.json"));
  EXPECT_EQ(document.at("schema").as_string(), "mailprobe/1");
  EXPECT_EQ(document.at("run").at("exit").as_int64(), 0);
  EXPECT_TRUE(document.at("probes").at(0).at("sent").at("raw").at("base64").is_string()) << "raw is embedded";
  EXPECT_TRUE(fs::exists("home/.local/share/mailprobe/lab/runs"));
  EXPECT_FALSE(fs::exists("home/.local/share/mailprobe/runs"));
}

TEST_F(Commands, JsonOnStandardOutputIsAllThatStandsThere) {
  const auto ran = run({"send", "--lab", "--to", "reflector@footer.test", "--json", "-"});
  EXPECT_EQ(ran.status, 1);
  const auto document = json::parse(ran.out);
  bool told = false;
  for (const auto& finding : document.at("findings").as_array())
    told |= finding.at("check").as_string() == "path.dkim-survival" && finding.at("verdict").as_string() == "fail";
  EXPECT_TRUE(told);
  EXPECT_THAT(ran.err, HasSubstr("MX of footer.test"));
}

TEST_F(Commands, QuietAndNagios) {
  EXPECT_EQ(run({"--lab", "send", "--to", "reflector@target.test", "--quiet"}).out, "");
  const auto ran = run({"--lab", "send", "--to", "reflector@reject.test", "--nagios"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.out, HasSubstr("CRITICAL"));
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 1);
  EXPECT_EQ(ran.err, "");
}

TEST_F(Commands, AnAddressThatIsNotOursIsNoFailureOfTheTarget) {
  const auto ran = run({"--lab", "send", "--to", "reflector@target.test", "--source-ip", "192.0.2.1"});
  EXPECT_EQ(ran.status, 3) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("INCONCLUSIVE  Nothing was sent, for a reason of our own: cannot send"));
  EXPECT_THAT(ran.out, Not(HasSubstr("FAIL")));
}

TEST_F(Commands, RedactedEvidenceNamesNobody) {
  ASSERT_EQ(run({"--lab", "send", "--to", "reflector@target.test", "--redact", "--out-all", "r"}).status, 0);
  for (const auto* file : {"r.html", "r.json", "r.xml", "r.tap"})
    EXPECT_THAT(folder.read(file), Not(HasSubstr("reflector@target.test"))) << file;
}

TEST_F(Commands, AReportOfASavedDocumentIsTheSame) {
  ASSERT_EQ(
      run({"--lab", "send", "--to", "reflector@footer.test", "--json", "a.json", "--html", "a.html", "-q"}).status, 1);
  EXPECT_EQ(run({"report", "a.json", "--json", "b.json", "--html", "b.html", "-q"}).status, 1);
  EXPECT_EQ(folder.read("a.json"), folder.read("b.json"));
  EXPECT_EQ(folder.read("a.html"), folder.read("b.html"));
  EXPECT_EQ(run({"--lab", "report", "last", "--json", "c.json", "-q"}).status, 1);
  EXPECT_EQ(folder.read("a.json"), folder.read("c.json")) << "raw messages are found beside the run's evidence";
  EXPECT_EQ(run({"report", "last", "-q"}).status, 1) << "the lab's, where there is no other";
}

/// What a plugin or a CI is told is the process's own affair: the evidence says what the checks came to.
TEST_F(Commands, AStatusOfItsOwnIsInNoDocument) {
  struct Row {
    const char *to, *option, *value;
    int status, exit;
  };
  for (const auto& [to, option, value, status, exit] :
       {Row{"reflector@junk.test", "--nagios", "", 1, 0}, Row{"reflector@footer.test", "--nagios", "", 2, 1},
        Row{"reflector@junk.test", "--fail-on", "warn", 1, 0}}) {
    std::vector<std::string> asked{"--lab", "send", "--to", to, option};
    if (*value != '\0') asked.emplace_back(value);
    const auto with = [&](std::vector<std::string> more) {
      auto all = asked;
      all.insert(all.end(), more.begin(), more.end());
      return all;
    };
    EXPECT_EQ(run(with({"--json", "a.json", "--html", "a.html", "--prometheus", "a.prom"})).status, status) << to;
    EXPECT_EQ(json::parse(folder.read("a.json")).at("run").at("exit"), exit) << to << option;
    EXPECT_THAT(folder.read("a.prom"), HasSubstr(exit == 0 ? "} 1\n" : "} 0\n"));
    EXPECT_EQ(run({"--lab", "report", "last", "--html", "b.html", "-q"}).status, exit);
    EXPECT_EQ(folder.read("a.html"), folder.read("b.html")) << to << option;
  }
}

TEST_F(Commands, WhereAWarningCountsThoseWhoCountFailuresSeeIt) {
  const auto ran = run({"--lab", "send", "--to", "reflector@junk.test", "--fail-on", "warn", "--junit", "strict.xml"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, HasSubstr("here a warning counts too"));
  EXPECT_THAT(folder.read("strict.xml"), HasSubstr("<failure "));
  EXPECT_EQ(run({"--lab", "report", "last", "--junit", "lax.xml", "-q"}).status, 0);
  EXPECT_THAT(folder.read("lax.xml"), Not(HasSubstr("<failure ")));
}

TEST_F(Commands, AReportOfAProbeThatIsNotThere) {
  ASSERT_EQ(run({"--lab", "send", "--to", "reflector@target.test", "--json", "a.json", "-q"}).status, 0);
  const auto ran = run({"report", "a.json", "--probe", "defalt", "--html", "a.html"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("--probe \"defalt\": the run has no probe of that name: did you mean \"default\"?"));
  EXPECT_FALSE(fs::exists("a.html")) << "nothing is written";
  EXPECT_EQ(run({"report", "a.json", "--probe", "default", "--html", "a.html", "-q"}).status, 0);
}

TEST_F(Commands, AReportOfNothing) {
  EXPECT_EQ(run({"report", "last"}).status, 2);
  EXPECT_EQ(run({"report", "none.json"}).status, 2);
  folder.write("bad.json", "{\"schema\": \"mailprobe/1\"");
  EXPECT_EQ(run({"report", "bad.json"}).status, 2);
  folder.write("newer.json", "{\"schema\": \"mailprobe/2\"}");
  EXPECT_THAT(run({"report", "newer.json"}).err, HasSubstr("is not mailprobe/1 but mailprobe/2, which is unknown"));
}

TEST_F(Commands, OutputThatIsLostIsNoSuccess) {
  const auto into_full = [&](const std::vector<std::string>& arguments) {
    fs::create_symlink("/dev/full", ".stdout");
    auto ran = run(arguments);
    fs::remove(".stdout");
    return ran;
  };
  for (const auto& arguments : {std::vector<std::string>{"checks"}, {"checks", "--json", "-"}, {"--help"}}) {
    fs::remove(".stdout");
    const auto ran = into_full(arguments);
    EXPECT_EQ(ran.status, 3) << arguments[0];
    EXPECT_THAT(ran.err, HasSubstr("cannot write standard output: No space left"));
  }
}

TEST_F(Commands, DoctorLooksAtTheLabsOwnRecords) {
  EXPECT_THAT(run({"--lab", "doctor"}).out, HasSubstr("PASS  Nothing to object to in our own standing."));
  const auto ran = run({"--lab", "doctor", "--json", "-"});
  EXPECT_EQ(ran.status, 0) << ran.out;
  const auto document = json::parse(ran.out);
  for (const auto& finding : document.at("findings").as_array())
    EXPECT_TRUE(finding.at("check").as_string().starts_with("self."));
  EXPECT_THAT(ran.err, HasSubstr("libunbound"));
}

TEST_F(Commands, SendTrapsWorksInTheLab) {
  const auto ran = run({"--lab", "send", "--to", "opportunistic@target.test", "--traps", "--wait", "1s"});
  EXPECT_THAT(ran.out, HasSubstr("Traps: what the target enforces when it sends")) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("at 1[23] hosts of ours"));
  const bool all = ran.out.contains("at 13 hosts");  // not every machine has IPv6
  EXPECT_THAT(ran.out, all ? HasSubstr("ipv6-only: has an IPv6 address only")
                           : HasSubstr("ipv6-only: not asked for: trap-ipv6-only.probe.test is not configured"));
}

TEST_F(Commands, ChecksListsTheWholeCatalogue) {
  const auto text = run({"checks"}).out;
  const auto list = json::parse(run({"checks", "--json", "-"}).out).as_array();
  EXPECT_EQ(list.size(), evidence::catalogue().size());
  for (const auto& check : evidence::catalogue()) EXPECT_THAT(text, HasSubstr(std::string(check.id)));
  for (const auto& row : list)
    if (row.at("id").as_string() == "path.delivered") EXPECT_EQ(row.at("expected_by").as_array(), json::array{"send"});
}

TEST_F(Commands, AFaultyConfigurationEndsWithTwo) {
  folder.write("c.yaml", "helo: mx.example.org\nidentites: {}\n");
  const auto ran = run({"send", "--config", "c.yaml", "--to", "a@example.net"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("mailprobe: c.yaml:2: unknown key \"identites\": did you mean \"identities\"?"));
}

class BesideALab : public Commands {
 protected:
  BesideALab() {
    fs::create_directory("lab");
    EXPECT_TRUE(write_lab_files("lab", beside_.access(), test::environment(folder.path())));
  }
  void expect_nowhere(const std::string& secret, const test::Ran& ran) {
    EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(secret)));
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      if (!entry.is_regular_file() || entry.path().extension() == ".password") continue;
      ++files;
      EXPECT_THAT(folder.read(fs::relative(entry.path(), folder.path())), Not(HasSubstr(secret))) << entry.path();
    }
    EXPECT_GT(files, 4U);
  }

  test::LabBeside beside_;
};

TEST_F(BesideALab, SendsByItsFiles) {
  const auto ran = run({"send", "--config", "lab/mailprobe.yaml", "--to", "reflector@target.test", "--via", "relay",
                        "-v", "--out-all", "r"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  expect_nowhere(beside_.access().imap_password, ran);
  expect_nowhere(beside_.access().submission_password, ran);
}

TEST_F(BesideALab, APasswordThatIsRefusedStandsInNoOutput) {
  ::setenv("MAILPROBE_MAILBOX_LAB_PASSWORD", "canary-secret", 1);
  const auto ran =
      run({"send", "--config", "lab/mailprobe.yaml", "--to", "reflector@target.test", "-v", "--out-all", "r"});
  ::unsetenv("MAILPROBE_MAILBOX_LAB_PASSWORD");
  EXPECT_EQ(ran.status, 2) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("mailbox lab"));
  expect_nowhere("canary-secret", ran);
}

}  // namespace
}  // namespace mailprobe::app
