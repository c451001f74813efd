// `inspect` of every target of the lab: each says what it was built to show, and nothing else. Target × check × verdict
// × cause; what passes or does not apply is not in the table, nor what is for information with most of them.
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include <boost/asio/this_coro.hpp>

#include "dns/unbound_resolver.h"
#include "evidence/assess.h"
#include "lab/many.h"
#include "probe/beside.h"
#include "probe/inspect.h"
#include "tests/lab/running_lab.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::lab {
namespace {

using evidence::Document;
using evidence::Verdict;

probe::Settings settings_for(const Access& access, const std::filesystem::path& folder) {
  probe::Settings settings;
  settings.helo = access.helo;
  settings.source_ips = {*IpAddress::parse(access.source_ip)};
  settings.ports = {{25, access.smtp_port}, {443, access.https_port}};
  settings.ca_pem = access.ca_pem;
  settings.runs = (folder / "runs").string();
  for (const auto& zone : access.zones)
    settings.resolver.stubs[zone] = access.dns_address + "@" + std::to_string(access.dns_port);
  settings.resolver.trust_anchors = access.trust_anchors;
  return settings;
}

Task<void> inspect_one(probe::Inspector& inspector, std::string domain, Document& into) {
  into = co_await inspector.inspect(domain, "mailprobe inspect " + domain);
}

/// All of the domains at once, by one inspector.
Task<std::vector<Document>> inspect(std::vector<std::string> domains, probe::InspectOptions options) {
  const test::TemporaryFolder folder;
  auto lab = need(co_await Lab::start());
  const auto settings = settings_for(lab->access(), folder.path());
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto resolver = need(dns::unbound_resolver(executor, settings.resolver));
  auto inspector = need(probe::Inspector::make(settings, options, *resolver, {}, probe::real_network()));
  std::vector<Document> documents(domains.size());
  auto all = co_await probe::Beside::make();
  for (std::size_t i = 0; i < domains.size(); ++i) all.start(inspect_one(inspector, domains[i], documents[i]));
  co_await all.join();
  lab->stop();
  co_return documents;
}

std::vector<Document> inspected(const std::vector<std::string>& domains, const probe::InspectOptions& options = {}) {
  std::vector<Document> documents;
  test::run([](auto names, auto how, auto& into) -> Task<void> { into = co_await inspect(names, how); }(
                                                     domains, options, documents));
  return documents;
}

/// What there is to say where TLS was not reached, besides why it was not.
std::vector<std::string> no_tls(std::vector<std::string> loud, const std::string& cause) {
  for (const auto* check : {"inbound.tls-version", "inbound.tls-hygiene", "inbound.certificate"})
    loud.push_back(check + (" not-tested " + cause));
  return loud;
}

/// The same where there is no address to reach.
std::vector<std::string> no_host(std::vector<std::string> loud, const std::string& cause) {
  for (const auto* check : {"inbound.starttls", "inbound.tls-version", "inbound.certificate"})
    loud.push_back(check + (" not-tested " + cause));
  return loud;
}

/// An address that lets nobody in.
std::vector<std::string> unheard(const std::string& cause) {
  return no_tls({"inbound.connect inconclusive " + cause, "inbound.starttls inconclusive " + cause}, cause);
}

struct Row {
  const char* domain;
  std::vector<std::string> loud;  // "CHECK VERDICT CAUSE", in the catalogue's order, each once
  int status;
  /// The optional protections that it does not publish, each of them a warning without a cause beside those above.
  const char* lacks = "published.mta-sts published.tlsrpt published.dane";
};
constexpr auto no_dane = "published.dane", no_sts = "published.mta-sts published.tlsrpt", nothing = "";

const std::vector<Row>& rows() {
  static const std::vector<Row> table{
      {"target.test", {}, 0, nothing},  // the control: nothing to object to
      {"no-tls.test", no_tls({"inbound.starttls fail unsupported"}, "unsupported"), 1},
      {"old-tls.test", {"inbound.starttls fail unsupported", "inbound.tls-version fail unsupported"}, 1},
      {"bad-cert.test",
       {"inbound.certificate fail expired", "inbound.certificate fail wrong-name",
        "inbound.certificate fail self-signed"},
       1},
      {"footer.test", {}, 0},
      {"junk.test", {}, 0},
      {"lax.test", {}, 0},
      {"reject.test", {}, 0},
      {"greylist.test", {}, 0},
      {"slow.test", {}, 0},
      {"smuggled.test", {}, 0},  // run smuggling shows it
      {"patient.test", {}, 0},
      {"no-dnssec.test", {"published.dnssec warn -", "published.mx-dnssec warn -"}, 0},
      {"hosted.test", {"published.dnssec warn -", "published.dane warn -"}, 0, no_sts},
      {"hosted-wrong.test",
       {"published.dnssec warn -", "published.dane warn -", "inbound.dane fail policy"},
       1,
       no_sts},
      {"bogus.test",
       no_host({"published.mx fail bogus", "published.dnssec fail bogus", "published.spf fail bogus",
                "published.dmarc fail bogus", "published.mta-sts fail bogus", "published.tlsrpt fail bogus",
                "published.bimi not-tested bogus"},
               "bogus"),
       1, nothing},
      {"bogus-mx.test",
       no_host({"published.mx fail bogus", "published.mx-dnssec fail bogus", "published.caa not-tested bogus"},
               "bogus"),
       1, no_sts},
      {"ipv6-only.test", {}, 0},
      {"half-dead.test", unheard("refused"), 3},
      {"stripped.test", no_tls({"inbound.starttls fail unsupported"}, "unsupported"), 1},
      {"injected.test", no_tls({"inbound.starttls fail protocol-error"}, "protocol-error"), 1},
      {"injectable.test", {}, 0},    // --intrusive shows it
      {"renegotiates.test", {}, 0},  // and that
      {"busy.test", unheard("rate-limited"), 3},
      {"grey-banner.test", unheard("greylisted"), 3},
      {"block-list.test", unheard("blocked"), 3},
      {"no-service.test", unheard("refused"), 3},
      {"weak-tls.test", {"inbound.tls-version warn -", "inbound.tls-cipher fail -", "inbound.tls-cipher warn -"}, 0},
      {"two-certs.test", {"inbound.certificate fail expired", "inbound.dane fail policy"}, 1, no_sts},  // both of RSA's
      {"nowhere.test", no_host({"published.mx fail -"}, "-"), 1, nothing},
      {"dane.test", {}, 0, no_sts},
      {"dane-wrong.test", {"inbound.dane fail policy"}, 1, no_sts},
      {"dane-rollover.test",
       {"published.dane info -", "inbound.dane fail policy"},
       1,
       no_sts},  // the pair; the late host
      {"sts.test", {}, 0, no_dane},
      {"sts-cert.test", {"inbound.certificate fail wrong-name", "inbound.mta-sts fail wrong-name"}, 1, no_dane},
      {"sts-unlisted.test", {"published.mta-sts fail policy", "inbound.mta-sts fail policy"}, 1, no_dane},
      {"sts-testing.test",
       {"published.mta-sts warn -", "inbound.certificate fail wrong-name", "inbound.mta-sts warn wrong-name"},
       1,
       no_dane},
      {"sts-redirect.test", {"published.mta-sts fail protocol-error"}, 1, no_dane},
  };
  return table;
}

/// Neither good nor bad, and so with nearly every target.
constexpr std::array said_of_all{"published.bimi info -", "published.ipv6 info -", "published.caa info -",
                                 "inbound.dsn info -", "inbound.requiretls info -"};

/// An optional protection that the domain does not publish: most of the lab's have none, and it is not what they show.
bool is_unprotected(const Document& document, const std::string& line) {
  const auto& policies = document.target.policies;
  const auto absent = [&](const char* name) { return policies.contains(name) && !policies.at(name); };
  const bool no_tlsa = std::ranges::all_of(document.target.mx, [](const auto& host) { return host.tlsa.empty(); });
  return (line == "published.dane warn -" && no_tlsa) || (line == "published.mta-sts warn -" && absent("mta_sts")) ||
         (line == "published.tlsrpt warn -" && absent("tlsrpt"));
}

std::string line_of(const evidence::Finding& finding) {
  return finding.check + " " + std::string(word(finding.verdict)) + " " +
         (finding.cause ? std::string(word(*finding.cause)) : "-");
}

std::vector<std::string> loud(const Document& document) {
  std::vector<std::string> lines;
  for (const auto& finding : document.findings) {
    auto line = line_of(finding);
    const bool quiet = finding.verdict == Verdict::pass || finding.verdict == Verdict::not_applicable;
    if (quiet || std::ranges::find(said_of_all, line) != said_of_all.end()) continue;
    if (is_unprotected(document, line)) continue;
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  }
  return lines;
}

/// How many findings of these pass, in this order.
constexpr std::array counted{"inbound.connect",     "inbound.starttls", "inbound.tls-version",
                             "inbound.certificate", "inbound.dane",     "inbound.mta-sts"};
using Passes = std::array<std::ptrdiff_t, counted.size()>;

Passes passes_of(const Document& document) {
  Passes passes{};
  for (std::size_t i = 0; i < counted.size(); ++i)
    passes[i] = std::ranges::count_if(document.findings, [&](const auto& finding) {
      return finding.check == counted[i] && finding.verdict == Verdict::pass;
    });
  return passes;
}

/// One address, with TLS and a certificate, and neither DANE nor MTA-STS, but for these.
Passes expected_passes(const std::string& domain) {
  static const std::map<std::string, Passes> others{{"target.test", {1, 1, 1, 1, 1, 1}},
                                                    {"no-tls.test", {1, 0, 0, 0, 0, 0}},
                                                    {"old-tls.test", {2, 1, 1, 2, 0, 0}},
                                                    {"bad-cert.test", {3, 3, 3, 0, 0, 0}},
                                                    {"bogus.test", {}},
                                                    {"bogus-mx.test", {}},
                                                    {"nowhere.test", {}},
                                                    {"stripped.test", {1, 0, 0, 0, 0, 0}},
                                                    {"hosted.test", {1, 1, 1, 1, 1, 0}},
                                                    {"busy.test", {}},
                                                    {"injected.test", {1, 0, 0, 0, 0, 0}},
                                                    {"grey-banner.test", {}},
                                                    {"block-list.test", {}},
                                                    {"no-service.test", {}},
                                                    {"weak-tls.test", {2, 2, 1, 2, 0, 0}},
                                                    {"dane.test", {1, 1, 1, 1, 1, 0}},
                                                    {"dane-rollover.test", {2, 2, 2, 2, 1, 0}},
                                                    {"sts.test", {1, 1, 1, 1, 0, 1}},
                                                    {"two-certs.test", {1, 1, 1, 1, 1, 0}},
                                                    {"sts-cert.test", {1, 1, 1, 0, 0, 0}},
                                                    {"sts-testing.test", {1, 1, 1, 0, 0, 0}}};
  const auto found = others.find(domain);
  return found == others.end() ? Passes{1, 1, 1, 1, 0, 0} : found->second;
}

std::string lacking(const Document& document) {
  std::string checks;
  for (const auto& finding : document.findings)
    if (is_unprotected(document, line_of(finding)) && !checks.ends_with(finding.check))
      checks += (checks.empty() ? "" : " ") + finding.check;
  return checks;
}

const evidence::Finding* finding_of(const Document& document, std::string_view check) {
  const auto found = std::ranges::find(document.findings, check, &evidence::Finding::check);
  return found == document.findings.end() ? nullptr : &*found;
}

TEST(InspectLab, EachTargetSaysWhatItIsFor) {
  std::vector<std::string> domains;
  for (const auto& row : rows()) domains.emplace_back(row.domain);
  const auto documents = inspected(domains);
  for (std::size_t i = 0; i < rows().size(); ++i) {
    const auto& row = rows()[i];
    EXPECT_EQ(loud(documents[i]), row.loud) << row.domain;
    EXPECT_EQ(lacking(documents[i]), row.lacks) << row.domain;
    EXPECT_EQ(passes_of(documents[i]), expected_passes(row.domain)) << row.domain;
    EXPECT_EQ(documents[i].run.exit, row.status) << row.domain;
    EXPECT_EQ(documents[i].target.domain, row.domain);
    EXPECT_FALSE(documents[i].run.interrupted) << row.domain;
  }
}

/// What there is to say of a domain with a server that speaks TLS, be it good or bad: a check that is not made at all
/// is in no list of what is wrong.
constexpr std::array of_every_host{
    "published.mx",       "published.dnssec",    "published.mx-dnssec", "published.ipv6",     "published.spf",
    "published.dmarc",    "published.mta-sts",   "published.tlsrpt",    "published.dane",     "published.ptr",
    "published.caa",      "published.bimi",      "inbound.connect",     "inbound.starttls",   "inbound.tls-version",
    "inbound.tls-cipher", "inbound.tls-hygiene", "inbound.certificate", "inbound.dane",       "inbound.mta-sts",
    "inbound.size",       "inbound.8bitmime",    "inbound.smtputf8",    "inbound.pipelining", "inbound.chunking",
    "inbound.dsn",        "inbound.requiretls"};

TEST(InspectLab, EveryCheckIsMadeOfEveryServerWithTls) {
  std::vector<std::string> domains;
  for (const auto& row : rows())
    if (expected_passes(row.domain)[1] > 0) domains.emplace_back(row.domain);
  ASSERT_GT(domains.size(), 15U);
  for (const auto& document : inspected(domains))
    for (const auto* check : of_every_host)
      EXPECT_NE(finding_of(document, check), nullptr) << document.target.domain << ": " << check;
}

TEST(InspectLab, AFailureNamesTheAddressThatItIsOf) {
  const std::map<std::string, std::vector<std::string>> at{
      {"half-dead.test", {"mx.half-dead.test 127.53.2.26", "mx.half-dead.test 127.53.2.26"}},
      {"old-tls.test", {"mx-tls10.old-tls.test 127.53.1.4", "mx-tls10.old-tls.test 127.53.1.4"}},
      {"bad-cert.test",
       {"mx-expired.bad-cert.test 127.53.1.5 ecdsa", "mx-wrong-name.bad-cert.test 127.53.1.6 ecdsa",
        "mx-self-signed.bad-cert.test 127.53.1.7 ecdsa"}},
      {"dane-rollover.test", {"mx-late.dane-rollover.test 127.53.1.16"}}};
  std::vector<std::string> domains;
  for (const auto& [domain, subjects] : at) domains.push_back(domain);
  for (const auto& document : inspected(domains)) {
    std::vector<std::string> subjects;
    for (const auto& finding : document.findings)
      if (finding.verdict == Verdict::fail || finding.verdict == Verdict::inconclusive)
        subjects.push_back(finding.subject.substr(finding.subject.find(' ') + 1));
    EXPECT_EQ(subjects, at.at(document.target.domain));
  }
}

TEST(InspectLab, EveryDomainOfTheLabIsInTheTable) {
  for (const auto& host : hosts())
    EXPECT_TRUE(std::ranges::any_of(rows(), [&](const Row& row) { return row.domain == host.domain; })) << host.domain;
}

TEST(InspectLab, KeepsTheWholeSession) {
  const auto document = inspected({"target.test"}).front();
  const auto& address = document.target.mx.at(0).addresses.at(0);
  ASSERT_TRUE(address.session);
  EXPECT_EQ(address.session->phase, "quit");
  EXPECT_EQ(address.session->tls->version, "TLSv1.3");
  ASSERT_EQ(address.tls.size(), 1U);
  EXPECT_EQ(address.ptr, "mx.target.test");
  EXPECT_EQ(address.ptr_confirmed, true);
  std::string said;
  for (const auto& event : address.session->events)
    if (event.dir == Direction::out) said += event.text + "\n";
  EXPECT_EQ(said, "EHLO mx.probe.test\nSTARTTLS\nEHLO mx.probe.test\nQUIT\n") << "and no mail";
  EXPECT_EQ(finding_of(document, "inbound.size")->verdict, Verdict::pass);
  EXPECT_EQ(finding_of(document, "published.ptr")->verdict, Verdict::pass);
}

TEST(InspectLab, KeepsTheWordsOfARefusal) {
  const auto document = inspected({"block-list.test"}).front();
  const auto* connect = finding_of(document, "inbound.connect");
  ASSERT_NE(connect, nullptr);
  EXPECT_NE(connect->summary.find("554"), std::string::npos) << connect->summary;
  EXPECT_NE(connect->summary.find("blocked using zen.spamhaus.org"), std::string::npos) << connect->summary;
}

/// The one on [::1] is what it is for; where a machine has no IPv6 the cause says so.
TEST(InspectLab, ReachesAServerOnIpv6Alone) {
  const auto document = inspected({"ipv6-only.test"}).front();
  const auto* ipv6 = finding_of(document, "inbound.ipv6");
  ASSERT_NE(ipv6, nullptr);
  if (ipv6->verdict != Verdict::pass) {
    EXPECT_EQ(ipv6->verdict, Verdict::not_tested);
    EXPECT_EQ(ipv6->cause, Cause::no_ipv6);
  }
}

TEST(InspectLab, LeavesOutTheOtherFamily) {
  const probe::InspectOptions options{.source_ip = {}, .ipv6_only = true, .intrusive = {}};
  const auto document = inspected({"target.test"}, options).front();
  const auto* connect = finding_of(document, "inbound.connect");
  ASSERT_NE(connect, nullptr);
  EXPECT_EQ(connect->verdict, Verdict::not_tested);
  EXPECT_EQ(connect->cause, Cause::own_limit);
  EXPECT_EQ(document.run.exit, 3) << "nothing is known of its servers";
}

TEST(InspectLab, AnAddressThatIsNotOursIsAnErrorAndNoPass) {
  const probe::InspectOptions options{.source_ip = IpAddress::parse("10.9.9.9"), .intrusive = {}};
  const auto document = inspected({"target.test"}, options).front();
  EXPECT_EQ(document.run.exit, 3);
  const auto* starttls = finding_of(document, "inbound.starttls");
  ASSERT_NE(starttls, nullptr);
  EXPECT_EQ(starttls->verdict, Verdict::error) << starttls->summary;
}

/// What only `--intrusive` shows, of those that are built for it and of the control.
TEST(InspectLab, IntrusiveChecksShowTheTargetsThatAreForThem) {
  const std::vector<Row> table{{"injectable.test", {"inbound.starttls-injection fail -"}, 1},
                               {"renegotiates.test", {"inbound.tls-hygiene warn -"}, 0},
                               {"target.test", {}, 0, nothing}};
  std::vector<std::string> domains;
  for (const auto& row : table) domains.emplace_back(row.domain);
  const auto documents = inspected(domains, {.source_ip = {}, .intrusive = {domains.begin(), domains.end()}});
  for (std::size_t i = 0; i < table.size(); ++i) {
    EXPECT_EQ(loud(documents[i]), table[i].loud) << table[i].domain;
    EXPECT_EQ(documents[i].run.exit, table[i].status) << table[i].domain;
    const auto* injection = finding_of(documents[i], "inbound.starttls-injection");
    ASSERT_NE(injection, nullptr) << table[i].domain;
    EXPECT_EQ(injection->verdict, i == 0 ? Verdict::fail : Verdict::pass) << table[i].domain;
  }
  const auto document = inspected({"injectable.test"}).front();
  EXPECT_EQ(finding_of(document, "inbound.starttls-injection"), nullptr) << "opt-in";
}

TEST(InspectLab, EndsAtItsDeadlineWithWhatIsThere) {
  const probe::InspectOptions options{.source_ip = {}, .deadline = std::chrono::milliseconds(1), .intrusive = {}};
  const auto document = inspected({"slow.test"}, options).front();
  EXPECT_FALSE(document.run.interrupted);
  for (const auto& finding : document.findings) EXPECT_NE(finding.verdict, Verdict::fail) << finding.summary;
  EXPECT_EQ(document.run.exit, 3);
}

// --- many -----------------------------------------------------------------------------------------------------------

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

struct Many {
  std::size_t before = 0, after = 0;  // descriptors
  std::vector<Document> documents;
  Document again;  // the first of them in another run
};

/// One after the other, some of them at once: what the program does.
Task<void> worker(probe::Inspector& inspector, std::size_t& next, Many& many) {
  while (next < many.documents.size()) {
    const auto index = next++;
    co_await inspect_one(inspector, many_domain(index + 1), many.documents[index]);
  }
}

Task<void> inspect_many(Many& many) {
  constexpr std::size_t at_once = 30;
  const test::TemporaryFolder folder;
  LabOptions wanted{.many = many.documents.size(), .questions = {}, .trap_key = {}};
  auto lab = need(co_await Lab::start(std::move(wanted)));
  const auto settings = settings_for(lab->access(), folder.path());
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto resolver = need(dns::unbound_resolver(executor, settings.resolver));
  const probe::InspectOptions options;
  {
    auto inspector = need(probe::Inspector::make(settings, options, *resolver, {}, probe::real_network()));
    Document first;  // what is opened once and kept is open now
    co_await inspect_one(inspector, "target.test", first);
    many.before = open_descriptors();
    std::size_t next = 0;
    auto all = co_await probe::Beside::make();
    for (std::size_t i = 0; i < at_once; ++i) all.start(worker(inspector, next, many));
    co_await all.join();
    auto later = need(probe::Inspector::make(settings, options, *resolver, {}, probe::real_network()));
    co_await inspect_one(later, many_domain(1), many.again);
  }
  // The lab's ends of the sessions see QUIT at the same time, and close after it.
  for (int i = 0; i < 200 && open_descriptors() > many.before; ++i) co_await tls::pause(std::chrono::milliseconds(10));
  many.after = open_descriptors();
  lab->stop();
}

/// A hundred generated domains in four patterns: each comes to what its pattern is, and nothing stays open.
TEST(InspectLab, ManyDomainsComeToWhatTheyAre) {
  Many many;
  many.documents.resize(100);
  test::run(inspect_many(many));
  const std::vector<std::vector<std::string>> expected{
      {}, no_tls({"inbound.starttls fail unsupported"}, "unsupported"), {}, {"inbound.certificate fail expired"}};
  for (std::size_t i = 0; i < many.documents.size(); ++i) {
    const auto& document = many.documents[i];
    EXPECT_EQ(document.target.domain, many_domain(i + 1));
    EXPECT_EQ(loud(document), expected[i % 4]) << document.target.domain;
    const auto& session = document.target.mx.at(0).addresses.at(0).session;
    ASSERT_TRUE(session) << document.target.domain;
    if (i % 4 == 2) EXPECT_EQ(session->tls->version, "TLSv1.2");
    const auto& sts = document.target.mta_sts;
    EXPECT_EQ(sts && sts->source, i % 4 == 0) << document.target.domain;
    if (i % 4 == 0) EXPECT_EQ(sts->source, "fetched");
    if (i % 4 == 0) EXPECT_EQ(sts->mode, StsMode::enforce);
  }
  ASSERT_TRUE(many.again.target.mta_sts);
  EXPECT_EQ(many.again.target.mta_sts->source, "cache");
  EXPECT_EQ(loud(many.again), expected[0]);
  EXPECT_LE(many.after, many.before);
}

}  // namespace
}  // namespace mailprobe::lab
