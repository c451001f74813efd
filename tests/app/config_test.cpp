#include "app/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/crypto.h"
#include "tests/app/temporary.h"

namespace mailprobe::app {
namespace {

using test::Folder;
using ::testing::HasSubstr;
using ::testing::Not;

/// A folder with good keys; the configuration is the test's.
class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    static const auto rsa = auth::PrivateKey::generate(auth::KeyType::rsa).value().reveal();
    static const auto ed25519 = auth::PrivateKey::generate(auth::KeyType::ed25519).value().reveal();
    folder.write("keys/r1.pem", rsa);
    folder.write("keys/e1.pem", ed25519);
    folder.write("imap.password", "secret\n");
    folder.write("relay.password", "secret\n");
  }

  Result<probe::Settings> load(const std::string& text, test::Variables variables = {}, bool named = true,
                               Needs needs = {}) {
    const ConfigFile file{folder.write("c.yaml", text), named, !named};
    const auto around = test::environment(folder.path(), std::move(variables));
    return load_config(file, needs, around);
  }
  /// The message, with the folder's name cut out.
  std::string problem(const std::string& text, test::Variables variables = {}, bool named = true) {
    const auto settings = load(text, std::move(variables), named);
    if (settings) return "none";
    EXPECT_EQ(settings.error().kind, Failure::usage);
    auto message = settings.error().message;
    const auto prefix = folder.path().string() + "/";
    for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix))
      message.erase(at, prefix.size());
    return message;
  }

  Folder folder;
};

constexpr auto identity = R"(identities:
  default:
    domain: probe.example.org
    address: probe@probe.example.org
    dkim:
      - {selector: r1, key: keys/r1.pem, canonicalization: [relaxed/relaxed, simple/simple]}
      - {selector: e1, key: keys/e1.pem}
helo: mx.probe.example.org
)";

std::string with(const std::string& more) { return std::string(identity) + more; }

TEST_F(ConfigTest, ReadsTheWholeExample) {
  const auto settings = load(with(R"(source_ips: [192.0.2.10, "2001:db8::1"]
mailboxes:
  target:
    url: imaps://imap.example.net
    user: reflector@example.net
    address: reflector@example.net
    password_file: imap.password
    folders: [INBOX, "\\Junk"]
    authserv_ids: [mx.example.net]
submission:
  relay: {url: "smtp://relay.example.org", user: probe, password_file: relay.password, reverse_path: bounce@example.org}
control: "control.example.org:25"
clock: ntp.example.org
blocklists: [bl.example.org, BL.Example.NET]
ports: {25: 2525, 443: 8443}
contact: postmaster@example.org
resolver:
  mode: validate
  forward: [192.0.2.53, 192.0.2.53@5353]
  stubs: {example.test: 127.0.0.53@5300}
  source_ips: [127.0.0.9]
store: ~/history.db
runs: runs
mta_sts: {private_addresses: true}
limits: {connections_per_mx: 2, per_minute_per_mx: 3, per_day_per_recipient: 4, wait: 90s, trap_wait: 1d}
)"));
  ASSERT_TRUE(settings) << settings.error().message;
  const auto& one = settings->identities.at("default");
  EXPECT_EQ(one.domain, "probe.example.org");
  ASSERT_EQ(one.dkim.size(), 2U);
  EXPECT_EQ(one.dkim[0].canonicalizations.size(), 2U);
  EXPECT_EQ(one.dkim[0].key.algorithm(), "rsa-sha256");
  EXPECT_EQ(one.dkim[1].key.algorithm(), "ed25519-sha256");
  ASSERT_EQ(one.dkim[1].canonicalizations.size(), 1U);
  EXPECT_EQ(one.dkim[1].canonicalizations[0], std::pair(auth::Canon::relaxed, auth::Canon::relaxed));
  EXPECT_EQ(settings->source_ips.size(), 2U);
  EXPECT_EQ(settings->resolver.source_ips, std::vector<std::string>{"127.0.0.9"});
  EXPECT_EQ(settings->clock, "ntp.example.org");
  EXPECT_EQ(settings->blocklists, (std::vector<std::string>{"bl.example.org", "bl.example.net"}));
  const auto& mailbox = settings->mailboxes.at("target");
  EXPECT_EQ(mailbox.url.text(), "imaps://imap.example.net:993");
  EXPECT_EQ(mailbox.secret.file, (folder.path() / "imap.password").string());
  EXPECT_EQ(mailbox.folders, (std::vector<std::string>{"INBOX", "\\Junk"}));
  EXPECT_EQ(settings->submission.at("relay").url.text(), "smtp://relay.example.org:587");
  EXPECT_EQ(settings->submission.at("relay").reverse_path, "bounce@example.org");
  EXPECT_EQ(settings->ports.at(25), 2525);
  EXPECT_EQ(settings->resolver.forward.size(), 2U);
  EXPECT_EQ(settings->resolver.stubs.at("example.test"), "127.0.0.53@5300");
  EXPECT_EQ(settings->store, (folder.path() / "home/history.db").string());
  EXPECT_EQ(settings->runs, (folder.path() / "runs").string());
  EXPECT_TRUE(settings->private_policy_hosts);
  EXPECT_EQ(settings->limits.per_day_per_recipient, 4);
  EXPECT_EQ(settings->limits.wait, std::chrono::seconds(90));
  EXPECT_EQ(settings->limits.trap_wait, std::chrono::days(1));
}

TEST_F(ConfigTest, DefaultsAreThoseOfTheDocumentation) {
  const auto settings = load(identity);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->contact, "postmaster@probe.example.org");
  EXPECT_EQ(settings->limits.wait, std::chrono::minutes(5));
  EXPECT_EQ(settings->runs, (folder.path() / "home/.local/share/mailprobe/runs").string());
}

struct BadFile {
  std::string name, text, message;
};

void PrintTo(const BadFile& bad, std::ostream* out) { *out << bad.name; }

std::string mailbox(const std::string& fields) {
  return with("mailboxes:\n  target:\n    url: imaps://imap.example.net\n    user: u\n    address: a@example.net\n" +
              fields);
}

class BadConfig : public ConfigTest, public ::testing::WithParamInterface<BadFile> {};

TEST_P(BadConfig, NamesFileLineAndRemedy) { EXPECT_EQ(problem(GetParam().text), GetParam().message); }

INSTANTIATE_TEST_SUITE_P(
    Table, BadConfig,
    ::testing::Values(
        BadFile{"UnknownKey", with("contct: a@example.org\n"),
                "c.yaml:9: unknown key \"contct\": did you mean \"contact\"?"},
        BadFile{"UnknownKeyWithin", with("limits: {wiat: 5m}\n"),
                "c.yaml:9: unknown key \"wiat\" in \"limits\": did you mean \"wait\"?"},
        BadFile{"UnknownKeyFarFromAll", with("tls: {zzzzzz: 1}\n"),
                "c.yaml:9: unknown key \"zzzzzz\" in \"tls\": known here are ca_file"},
        BadFile{
            "IdentityWithoutDomain",
            "identities:\n  default:\n    address: a@example.org\n    dkim: [{selector: r1, key: keys/r1.pem}]\n"
            "helo: mx.example.org\n",
            "c.yaml:3: \"identities.default\" has no \"domain\": the domain that you send from and that its DKIM keys "
            "are published in"},
        BadFile{"AddressOutsideTheDomain",
                "identities:\n  default:\n    domain: example.org\n    address: a@example.com\n"
                "    dkim: [{selector: r1, key: keys/r1.pem}]\nhelo: mx.example.org\n",
                "c.yaml:4: \"a@example.com\" is not within the identity's domain example.org: use an address like "
                "a@example.org"},
        BadFile{"MissingKeyFile",
                "identities:\n  default:\n    domain: example.org\n    address: a@example.org\n"
                "    dkim:\n      - {selector: r1, key: keys/none.pem}\nhelo: mx.example.org\n",
                "c.yaml:6: the key file keys/none.pem does not exist: make it, or correct the path"},
        BadFile{
            "NotAKey",
            "identities:\n  default:\n    domain: example.org\n    address: a@example.org\n"
            "    dkim:\n      - {selector: r1, key: imap.password}\nhelo: mx.example.org\n",
            "c.yaml:6: the key file imap.password cannot be used, this is not an unencrypted private key in PEM: make "
            "one with \"openssl genrsa 2048\""},
        BadFile{"BadCanonicalization",
                "identities:\n  default:\n    domain: example.org\n    address: a@example.org\n"
                "    dkim:\n      - {selector: r1, key: keys/r1.pem, canonicalization: strict}\nhelo: mx.example.org\n",
                "c.yaml:6: there is no canonicalization \"strict\": write relaxed/relaxed, relaxed/simple, "
                "simple/relaxed or "
                "simple/simple"},
        BadFile{"NoHelo",
                "identities:\n  default:\n    domain: example.org\n    address: a@example.org\n"
                "    dkim: [{selector: r1, key: keys/r1.pem}]\n",
                "c.yaml:1: no \"helo\": the name of this host, with an address record of its own"},
        BadFile{"Empty", "",
                "c.yaml:1: no \"identities\": somebody to send as; \"mailprobe init DOMAIN\" writes one\n"
                "c.yaml:1: no \"helo\": the name of this host, with an address record of its own"},
        BadFile{"AListForAValue", with("contact: [a, b]\n"),
                "c.yaml:9: \"contact\" is to be a single value, not a list"},
        BadFile{"AValueForAMap", with("limits: 5\n"),
                "c.yaml:9: \"limits\" is to be a map of keys, not a single value: write \"key: value\" lines"},
        BadFile{"NotAMap", "- a\n- b\n",
                "c.yaml:1: the file is to be a map of keys, not a list: write \"key: value\" lines"},
        BadFile{"DoubledKey", with("helo: a.example.org\n"),
                "c.yaml:9: the key \"helo\" stands here a second time (first in line 8): remove one"},
        BadFile{"PasswordInTheFile", mailbox("    password: hunter2\n    password_file: imap.password\n"),
                "c.yaml:14: \"password\" in the file itself is refused: use password_command, password_file or the "
                "variable MAILPROBE_MAILBOX_TARGET_PASSWORD"},
        BadFile{"NoPassword", mailbox(""),
                "c.yaml:11: \"mailboxes.target\" has no password: set password_command, password_file (mode 0600), "
                "token_command or the variable MAILPROBE_MAILBOX_TARGET_PASSWORD"},
        BadFile{
            "TwoPasswords", mailbox("    password_file: imap.password\n    password_command: pass show imap\n"),
            "c.yaml:11: \"mailboxes.target\" has more than one of password_command, password_file and token_command: "
            "keep one"},
        BadFile{
            "PasswordInTheUrl",
            with(
                "mailboxes:\n  m: {url: \"imaps://u:p@h.example.net\", user: u, address: a@example.net, password_file: "
                "imap.password}\n"),
            "c.yaml:10: user and password do not belong into the URL: use user and password_file"},
        BadFile{
            "PlainScheme",
            with("mailboxes:\n  m: {url: \"pop3://h.example.net\", user: u, address: a@example.net, password_file: "
                 "imap.password}\n"),
            "c.yaml:10: \"pop3://h.example.net\" has a scheme that is not known here: write imap:// or imaps:// and "
            "HOST or HOST:PORT"},
        BadFile{"BadPort", with("ports: {25: 70000}\n"),
                "c.yaml:9: \"ports\" maps a port to another one, for loopback addresses: write {25: 2525}"},
        BadFile{"BadDuration", with("limits: {wait: soon}\n"),
                "c.yaml:9: \"wait\" is \"soon\": a duration like 90s, 5m, 2h or 1d belongs here"},
        BadFile{"BadNumber", with("limits: {per_minute_per_mx: 0}\n"),
                "c.yaml:9: \"per_minute_per_mx\" is \"0\": a whole number from 1 to 10000 belongs here"},
        BadFile{"BadSourceAddress", with("source_ips: [192.0.2.300]\n"),
                "c.yaml:9: \"192.0.2.300\" is no IP address: write one of this host's, like 192.0.2.10"},
        BadFile{"BadClock", with("clock: \"a b\"\n"),
                "c.yaml:9: \"a b\" is no NTP server: write a host like ntp.example.org"},
        BadFile{"BadBlocklist", with("blocklists: [\"a b\"]\n"),
                "c.yaml:9: \"a b\" is no zone of a block list: write one like bl.example.org"},
        BadFile{"BadMode", with("resolver: {mode: guess}\n"),
                "c.yaml:9: there is no mode \"guess\": write validate or system"},
        BadFile{"BadSwitch", with("mta_sts: {private_addresses: maybe}\n"),
                "c.yaml:9: \"mta_sts.private_addresses\" is a switch: write true or false"},
        BadFile{"BadForwarder", with("resolver: {forward: [dns.example.org]}\n"),
                "c.yaml:9: \"dns.example.org\" is no name server: write an address like 192.0.2.53 or 192.0.2.53@5353"},
        BadFile{"MissingTrustAnchor", with("resolver: {trust_anchor_file: none.key}\n"),
                "c.yaml:9: the trust anchor file none.key does not exist: make it, or correct the path"},
        BadFile{"NoTrustAnchor", with("resolver: {trust_anchor_file: imap.password}\n"),
                "c.yaml:9: the trust anchor file imap.password holds no DS and no DNSKEY record: Debian's is "
                "/usr/share/dns/root.key"},
        BadFile{"NoCertificate", with("tls: {ca_file: imap.password}\n"),
                "c.yaml:9: the CA file imap.password holds no certificate in PEM: convert one with \"openssl x509 -in "
                "FILE -out FILE.pem\""},
        BadFile{"ControlCharacter",
                "identities:\n  default:\n    domain: example.org\n    address: a@example.org\n"
                "    dkim: [{selector: r1, key: keys/r1.pem}]\nhelo: \"mx\\u001b.example.org\"\n",
                "c.yaml:6: \"helo\" holds a control character or a line end: write it in one line"},
        BadFile{"NoSuchTrap",
                with("receiver:\n  listen: 192.0.2.10\n  host: mx.example.org\n  traps: {mouse: 192.0.2.11}\n"),
                "c.yaml:12: \"mouse\" is no trap: there are good, no-starttls, wrong-name, dane-right, dane-wrong, "
                "sts-right, sts-wrong, hidden-starttls, greylist, ipv6-only, bogus, tls10-only, tls13-only"},
        BadFile{"TrapWithoutAnAddress",
                with("receiver:\n  listen: 192.0.2.10\n  host: mx.example.org\n  traps: {bogus: here}\n"),
                "c.yaml:12: the trap \"bogus\" needs an address of this host that is its alone, like 192.0.2.11"},
        BadFile{"Ipv6OnlyByIpv4",
                with("receiver:\n  listen: 192.0.2.10\n  host: mx.example.org\n  traps: {ipv6-only: 192.0.2.11}\n"),
                "c.yaml:12: the trap \"ipv6-only\" needs an IPv6 address, like 2001:db8::16"},
        BadFile{"WeakDomainOfOurs",
                with("receiver:\n  listen: 192.0.2.10\n  host: mx.example.org\n"
                     "  dns: {listen: 192.0.2.10, weak_domain: weak.example.org}\n"),
                "c.yaml:10: receiver.dns.weak_domain: weak.example.org belongs to probe.example.org, which mail is "
                "sent from: "
                "register one that has nothing else"},
        BadFile{
            "WeakDomainWithoutAServer",
            with("receiver:\n  listen: 192.0.2.10\n  host: mx.example.org\n  dns: {weak_domain: weak.example.net}\n"),
            "c.yaml:12: \"weak_domain\" is served by us: it needs \"listen\" beside it"},
        BadFile{"NotYaml", "identities: [\n",
                "c.yaml:2: this is not YAML: end of sequence flow not found: a list that begins with [ ends with ]"},
        BadFile{
            "BadName", with("mailboxes:\n  \"a b\": {}\n"),
            "c.yaml:10: the name \"a b\" in \"mailboxes\" is not usable: at most 40 letters, digits, \"-\" and \"_\""}),
    [](const auto& row) { return row.param.name; });

TEST_F(ConfigTest, TrapsHaveAddressesAndTheDomainOfTheFirstIdentity) {
  const auto loaded =
      load(std::string(identity) +
           "receiver:\n  listen: 192.0.2.10\n  host: mx.example.org\n"
           "  traps: {good: 192.0.2.11, ipv6-only: \"[2001:db8::1]:2525\"}\n  policy_host: 192.0.2.20\n");
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto& settings = *loaded;
  const auto& traps = settings.receiver.traps;
  ASSERT_EQ(traps.size(), 2U);
  EXPECT_EQ(traps[0].name, "good");
  EXPECT_EQ(traps[0].port, 25);
  EXPECT_EQ(traps[1].address.text(), "2001:db8::1");
  EXPECT_EQ(traps[1].port, 2525);
  EXPECT_EQ(settings.receiver.policy_host->port, 443);
  EXPECT_EQ(settings.receiver.trap_domain, "probe.example.org");
}

TEST_F(ConfigTest, RefusesAKeyThatOthersCanRead) {
  std::filesystem::permissions(folder.path() / "keys/r1.pem", static_cast<std::filesystem::perms>(0644));
  EXPECT_EQ(problem(identity),
            "c.yaml:6: the key file keys/r1.pem can be read by others (mode 0644): chmod 600 keys/r1.pem");
}

TEST_F(ConfigTest, RefusesAPasswordFileThatOthersCanRead) {
  std::filesystem::permissions(folder.path() / "imap.password", static_cast<std::filesystem::perms>(0640));
  EXPECT_THAT(problem(mailbox("    password_file: imap.password\n")),
              HasSubstr("c.yaml:14: the password file imap.password can be read by others (mode 0640): chmod 600"));
}

TEST_F(ConfigTest, RefusesAShortKey) {
  folder.write("keys/short.pem", R"(-----BEGIN PRIVATE KEY-----
MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEAqPfgaTEWEP3S9w0t
gsicURfo+nLW09/0KfOPinhYZ4ouzU+3xC4pSlEp8Ut9FgL0AgqNslNaK34Kq+NZ
jO9DAQIDAQABAkAgkuLEHLaqkWhLgNKagSajeobLS3rPT0Agm0f7k55FXVt743hw
Ngkp98bMNrzy9AQ1mJGbQZGrpr4c8ZAx3aRNAiEAoxK/MgGeeLui385KJ7ZOYktj
hLBNAB69fKwTZFsUNh0CIQEJQRpFCcydunv2bENcN/oBTRw39E8GNv2pIcNxZkcb
NQIgbYSzn3Py6AasNj6nEtCfB+i1p3F35TK/87DlPSrmAgkCIQDJLhFoj1gbwRbH
/bDRPrtlRUDDx44wHoEhSDRdy77eiQIgE6z/k6I+ChN1LLttwX0galITxmAYrOBh
BVl433tgTTQ=
-----END PRIVATE KEY-----
)");
  EXPECT_THAT(problem("identities:\n  default:\n    domain: example.org\n    address: a@example.org\n"
                      "    dkim:\n      - {selector: r1, key: keys/short.pem}\nhelo: mx.example.org\n"),
              HasSubstr("c.yaml:6: the key file keys/short.pem cannot be used, "));
}

TEST_F(ConfigTest, AVariableGoesOverTheFilesPassword) {
  const auto settings =
      load(mailbox("    password_file: imap.password\n"), {{"MAILPROBE_MAILBOX_TARGET_PASSWORD", "from the variable"}});
  ASSERT_TRUE(settings) << settings.error().message;
  const auto& secret = settings->mailboxes.at("target").secret;
  ASSERT_TRUE(secret.value);
  EXPECT_EQ(secret.value->reveal(), "from the variable");
  EXPECT_FALSE(secret.file);
}

TEST_F(ConfigTest, CommandsRunFromANamedFile) {
  EXPECT_EQ(problem(mailbox("    password_command: pass show imap\n")), "none");
}

TEST_F(ConfigTest, CommandsDoNotRunFromTheWorkingDirectory) {
  EXPECT_EQ(problem(mailbox("    password_command: pass show imap\n"), {}, false),
            "c.yaml:14: a file found in the working directory runs no commands: name it with --config c.yaml");
}

TEST_F(ConfigTest, CommandsDoNotRunFromAFileThatOthersCanWrite) {
  const auto path = folder.write("etc/mailprobe.yaml", mailbox("    password_command: pass show imap\n"), 0664);
  folder.write("etc/keys/r1.pem", folder.read("keys/r1.pem"));
  folder.write("etc/keys/e1.pem", folder.read("keys/e1.pem"));
  const auto around = test::environment(folder.path());
  auto settings = load_config({path, false, false}, {}, around);
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message, HasSubstr("can be written by others (mode 0664): chmod go-w"));
  std::filesystem::permissions(path, static_cast<std::filesystem::perms>(0644));
  settings = load_config({path, false, false}, {}, around);
  EXPECT_TRUE(settings) << settings.error().message;
  std::filesystem::permissions(path.parent_path(), static_cast<std::filesystem::perms>(0777));
  EXPECT_FALSE(load_config({path, false, false}, {}, around));
}

TEST_F(ConfigTest, WhoNeedsNoSecretIsNotAskedForOne) {
  EXPECT_TRUE(load(mailbox(""), {}, true, {.keys = true, .secrets = false}));
  EXPECT_TRUE(load("resolver: {mode: system}\n", {}, true, {.keys = false, .secrets = false}));
}

TEST_F(ConfigTest, NeverShowsASecretOrAnEscape) {
  const auto message = problem(mailbox("    password: hunter2\n    \"p\\e[31m\": x\n"));
  EXPECT_THAT(message, Not(HasSubstr("hunter2")));
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
}

TEST_F(ConfigTest, TellsAllProblemsInOrder) {
  const auto message = problem("helo: a_b..c\nsource_ips: [x]\nlimits: {wait: x}\n");
  EXPECT_LT(message.find("c.yaml:1:"), message.find("c.yaml:2:"));
  EXPECT_LT(message.find("c.yaml:2:"), message.find("c.yaml:3:"));
}

TEST_F(ConfigTest, IsFoundInTheOrderOfTheDocumentation) {
  const auto user = folder.write("xdg/mailprobe/mailprobe.yaml", "");
  const test::Variables variables{{"XDG_CONFIG_HOME", (folder.path() / "xdg").string()}};
  auto around = test::environment(folder.path(), variables);
  EXPECT_EQ(find_config({}, around)->path, user);
  folder.write("mailprobe.yaml", "");
  EXPECT_EQ(find_config({}, around)->path, "mailprobe.yaml");
  EXPECT_TRUE(find_config({}, around)->here);
  around = test::environment(folder.path(), {{"MAILPROBE_CONFIG", "other.yaml"}});
  EXPECT_EQ(find_config({}, around)->path, "other.yaml");
  EXPECT_EQ(find_config("named.yaml", around)->path, "named.yaml");
  EXPECT_TRUE(find_config("named.yaml", around)->named);
}

TEST_F(ConfigTest, ANamedFileThatIsNotThere) {
  const auto settings = load_config({folder.path() / "none.yaml", true, false}, {}, test::environment(folder.path()));
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message, HasSubstr("does not exist"));
  EXPECT_THAT(settings.error().message, HasSubstr("mailprobe init DOMAIN"));
}

}  // namespace
}  // namespace mailprobe::app
