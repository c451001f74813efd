// How the target sends, by what its sessions and its answers show: outbound.*, and path.delivered by an answer.
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

Probe& probe_of(Document& document) { return document.probes.front(); }
Session& session_of(Document& document) { return probe_of(document).sessions.front(); }
Reply& reply_of(Document& document) { return probe_of(document).replies.front(); }

/// No name leads back to the address of its session.
void no_name(Document& document, std::optional<bool> confirmed, std::optional<std::string> claimed) {
  for (auto* session : {&session_of(document), &reply_of(document).session}) {
    session->ptr.reset();
    session->ptr_confirmed = confirmed;
    session->ptr_claimed = claimed;
  }
}

/// Which is answered by our name alone (RFC 5321 §4.1.1.1).
void says_helo_alone(Document& document) {
  for (auto* session : {&session_of(document), &reply_of(document).session}) {
    session->tls.reset();
    session->events = {{0, Direction::out, "220 mx.probe.test ESMTP mailprobe receiver"},
                       {1, Direction::in, "helo mx1.target.test"},
                       {1, Direction::out, "250 mx.probe.test"},
                       {2, Direction::in, "MAIL FROM:<ehlo@target.test>"}};
  }
}

/// A bounce from the null reverse-path instead.
void make_bounce(Document& document) { document = test::bounced(); }

const CheckRow rows[] = {
    {"starttls_used", [](Document&) {}, "outbound.starttls", pass, {}, {"from 192.0.2.1 (mx1.target.test)"}},
    {"starttls_not_used",
     [](Document& d) {
       session_of(d).tls.reset();
       std::erase_if(session_of(d).events, [](const Event& e) { return e.dir == Direction::in; });
     },
     "outbound.starttls",
     fail,
     Cause::unsupported,
     {"plain text", "192.0.2.1"}},
    {"starttls_not_offered",
     [](Document& d) {
       for (auto* session : {&session_of(d), &reply_of(d).session}) {
         session->tls.reset();
         std::erase_if(session->events, [](const Event& e) { return e.text.contains("STARTTLS"); });
       }
     },
     "outbound.starttls", not_tested, Cause::own_limit},
    {"starttls_never_asked_for",
     [](Document& d) { says_helo_alone(d); },
     "outbound.starttls",
     fail,
     Cause::unsupported,
     {"HELO", "from 192.0.2.1 (mx1.target.test)"}},
    {"starttls_not_offered_to_who_comes_back_to_helo",
     [](Document& d) {
       says_helo_alone(d);
       for (auto* session : {&session_of(d), &reply_of(d).session})
         session->events.insert(session->events.begin(), {0, Direction::in, "ehlo mx1.target.test"});
     },
     "outbound.starttls", not_tested, Cause::own_limit},
    {"rules_by_helo_alone", [](Document& d) { says_helo_alone(d); }, "outbound.sender-rules", warn, {}, {"no TLS"}},
    {"starttls_broken_off",
     [](Document& d) {
       session_of(d).tls.reset();
       session_of(d).mail_from.reset();
     },
     "outbound.starttls", inconclusive, Cause::protocol_error},
    {"starttls_failed_and_then_plain", [](Document& d) { session_of(d).tls.reset(); }, "outbound.starttls", fail,
     Cause::protocol_error},
    {"worst_session_counts",
     [](Document& d) {
       auto other = session_of(d);
       other.address = "192.0.2.77";
       other.helo = "mx9.target.test";
       other.tls->version = "TLSv1";
       probe_of(d).sessions.push_back(other);
     },
     "outbound.tls-version",
     fail,
     {},
     {"TLSv1 is negotiated, from 192.0.2.77 (mx9.target.test)"}},
    {"same_words_are_said_once",
     [](Document& d) {
       auto other = session_of(d);
       other.address = "192.0.2.77";
       probe_of(d).sessions.push_back(other);
     },
     "outbound.tls-version",
     pass,
     {},
     {"TLSv1.3 is negotiated, from 192.0.2.1 (mx1.target.test) and 192.0.2.77 (mx1.target.test)"}},
    {"cipher_without_forward_secrecy",
     [](Document& d) {
       session_of(d).tls->version = "TLSv1.2";
       session_of(d).tls->cipher = "TLS_RSA_WITH_AES_128_CBC_SHA";
     },
     "outbound.tls-cipher", warn},
    {"sni", [](Document&) {}, "outbound.sni", info, {}, {"asks for mx.probe.test"}},
    {"no_sni", [](Document& d) { session_of(d).tls->sni.reset(); }, "outbound.sni", info, {}, {"no name"}},
    {"no_client_certificate", [](Document&) {}, "outbound.client-cert", info, {}, {"no certificate"}},
    {"client_certificate",
     [](Document& d) { session_of(d).tls->certificates.push_back({.subject = "CN=mx1.target.test"}); },
     "outbound.client-cert",
     info,
     {},
     {"CN=mx1.target.test"}},
    {"helo_good", [](Document&) {}, "outbound.helo", pass},
    {"helo_elsewhere",
     [](Document& d) { session_of(d).ptr.reset(), session_of(d).helo_addresses = {"192.0.2.2"}; },
     "outbound.helo",
     pass,
     {},
     {"other addresses"}},
    {"helo_nowhere",
     [](Document& d) { session_of(d).ptr.reset(), session_of(d).helo_addresses = std::vector<std::string>{}; },
     "outbound.helo",
     warn,
     {},
     {"leads nowhere"}},
    {"helo_unknown", [](Document& d) { session_of(d).ptr.reset(), session_of(d).helo_addresses.reset(); },
     "outbound.helo", inconclusive, Cause::dns_failure},
    {"helo_short", [](Document& d) { session_of(d).helo = "localhost"; }, "outbound.helo", warn, {}, {"no full"}},
    {"helo_literal", [](Document& d) { session_of(d).helo = "[192.0.2.1]"; }, "outbound.helo", warn, {}, {"literal"}},
    {"helo_literal_of_another",
     [](Document& d) { session_of(d).helo = "[10.0.0.1]"; },
     "outbound.helo",
     warn,
     {},
     {"another"}},
    {"ptr_good", [](Document&) {}, "outbound.ptr", pass},
    {"ptr_missing", [](Document& d) { no_name(d, false, {}); }, "outbound.ptr", fail, {}, {"has no name"}},
    {"ptr_leads_elsewhere",
     [](Document& d) { no_name(d, false, "mx9.target.test"); },
     "outbound.ptr",
     fail,
     {},
     {"mx9.target.test, which does not lead back"}},
    {"ptr_unknown",
     [](Document& d) { no_name(d, {}, {}); },
     "outbound.ptr",
     inconclusive,
     Cause::dns_failure,
     {"could not be looked up"}},
    {"ptr_unknown_whether_it_leads_back",
     [](Document& d) { no_name(d, {}, "mx9.target.test"); },
     "outbound.ptr",
     inconclusive,
     Cause::dns_failure,
     {"mx9.target.test; whether"}},
    {"ipv6_not_offered", [](Document&) {}, "outbound.ipv6", not_tested, Cause::no_ipv6},
    {"ipv6_not_used", [](Document& d) { probe_of(d).reply_watch->places.emplace_back("2001:db8::1 port 25"); },
     "outbound.ipv6", info},
    {"ipv6_not_used_where_another_process_receives",
     [](Document& d) {
       auto& watch = *probe_of(d).reply_watch;
       watch.listening.clear();
       watch.places = {"192.0.2.10 port 25", "2001:db8::1 port 25"};
     },
     "outbound.ipv6", info},
    {"ipv6_offered_in_an_older_document",
     [](Document& d) {
       auto& watch = *probe_of(d).reply_watch;
       watch.places.clear();
       watch.listening = {"2001:db8::1 port 25"};
     },
     "outbound.ipv6", info},
    {"ipv6_where_it_is_not_known_who_receives",
     [](Document& d) {
       auto& watch = *probe_of(d).reply_watch;
       watch.places.clear();
       watch.listening.clear();
     },
     "outbound.ipv6",
     inconclusive,
     Cause::own_limit,
     {"not known"}},
    {"ipv6_used", [](Document& d) { session_of(d).address = "2001:db8::9"; }, "outbound.ipv6", pass},
    {"spf_pass", [](Document&) {}, "outbound.spf", pass, {}, {"SPF of target.test passes"}},
    {"spf_by_session", [](Document& d) { reply_of(d).session.spf = reply_of(d).spf, reply_of(d).spf.reset(); },
     "outbound.spf", pass},
    {"spf_none", [](Document& d) { reply_of(d).spf->result = auth::SpfOutcome::none; }, "outbound.spf", fail},
    {"spf_softfail", [](Document& d) { reply_of(d).spf->result = auth::SpfOutcome::softfail; }, "outbound.spf", warn},
    {"spf_fail", [](Document& d) { reply_of(d).spf->result = auth::SpfOutcome::fail; }, "outbound.spf", fail},
    {"spf_permerror", [](Document& d) { reply_of(d).spf->result = auth::SpfOutcome::permerror; }, "outbound.spf", fail},
    {"spf_temperror", [](Document& d) { reply_of(d).spf->result = auth::SpfOutcome::temperror; }, "outbound.spf",
     inconclusive, Cause::dns_failure},
    {"spf_of_a_bounce", make_bounce, "outbound.spf", warn, {}, {"of the HELO name mx1.target.test"}},
    {"dkim_pass", [](Document&) {}, "outbound.dkim", pass, {}, {"target.test (t1) verifies"}},
    {"dkim_none", [](Document& d) { reply_of(d).dkim.clear(); }, "outbound.dkim", fail, {}, {"not signed"}},
    {"dkim_none_of_a_bounce", make_bounce, "outbound.dkim", warn, {}, {"bounce is not signed"}},
    {"dkim_fail",
     [](Document& d) {
       reply_of(d).dkim.front().result = auth::DkimOutcome::fail;
       reply_of(d).dkim.front().reason = "body hash mismatch";
     },
     "outbound.dkim",
     fail,
     {},
     {"body hash mismatch"}},
    {"dkim_temperror", [](Document& d) { reply_of(d).dkim.front().result = auth::DkimOutcome::temperror; },
     "outbound.dkim", inconclusive, Cause::dns_failure},
    {"dkim_partial", [](Document& d) { reply_of(d).dkim.front().partial = true; }, "outbound.dkim", warn, {}, {"l="}},
    {"dkim_testing", [](Document& d) { reply_of(d).dkim.front().testing = true; }, "outbound.dkim", warn, {}, {"t=y"}},
    {"dkim_not_aligned", [](Document& d) { reply_of(d).dmarc.aligned_dkim = false; }, "outbound.dkim", warn},
    {"dmarc_pass", [](Document&) {}, "outbound.dmarc", pass, {}, {"by SPF and DKIM"}},
    {"dmarc_none", [](Document& d) { reply_of(d).dmarc.result = auth::DmarcOutcome::none; }, "outbound.dmarc", fail},
    {"dmarc_none_of_a_bounce", make_bounce, "outbound.dmarc", warn},
    {"dmarc_fail",
     [](Document& d) { reply_of(d).dmarc.result = auth::DmarcOutcome::fail; },
     "outbound.dmarc",
     fail,
     {},
     {"the policy is reject"}},
    {"dmarc_temperror", [](Document& d) { reply_of(d).dmarc.result = auth::DmarcOutcome::temperror; }, "outbound.dmarc",
     inconclusive, Cause::dns_failure},
    {"dmarc_unknown", [](Document& d) { reply_of(d).dmarc.result.reset(); }, "outbound.dmarc", inconclusive},
    {"rules_kept", [](Document&) {}, "outbound.sender-rules", pass},
    {"rules_header",
     [](Document& d) { reply_of(d).raw = test::raw_of("From: a@b\r\nFrom: c@d\r\nDate: x\r\n\r\n"); },
     "outbound.sender-rules",
     warn,
     {},
     {"From stands there twice", "Message-ID is missing"}},
    {"rules_bulk",
     [](Document& d) {
       reply_of(d).raw = test::raw_of("From: a@b\r\nDate: x\r\nMessage-ID: <1>\r\nList-Id: <l>\r\n\r\n");
     },
     "outbound.sender-rules",
     warn,
     {},
     {"unsubscribe"}},
    {"rules_ptr",
     [](Document& d) { no_name(d, false, "mx9.target.test"); },
     "outbound.sender-rules",
     warn,
     {},
     {"leads back"}},
    {"rules_ptr_unknown", [](Document& d) { no_name(d, {}, {}); }, "outbound.sender-rules", inconclusive,
     Cause::dns_failure},
    {"rules_our_dns_failed",
     [](Document& d) {
       auto& reply = reply_of(d);
       for (auto& one : reply.dkim) one.result = auth::DkimOutcome::temperror;
       for (auto* spf : {&reply.spf, &reply.session.spf})
         if (*spf) (*spf)->result = auth::SpfOutcome::temperror;
       reply.dmarc.result = auth::DmarcOutcome::temperror;
     },
     "outbound.sender-rules",
     inconclusive,
     Cause::dns_failure,
     {"No rule of large providers for senders is seen broken; not determined: SPF, DKIM and DMARC"}},
    {"rules_we_offered_no_tls",
     [](Document& d) {
       auto& session = reply_of(d).session;
       session.tls.reset();
       session.events = {{0, Direction::out, "250-mx.probe.test"}, {1, Direction::out, "250 SIZE"}};
     },
     "outbound.sender-rules",
     inconclusive,
     Cause::own_limit,
     {"our receiver did not offer"}},
    {"rules_all",
     [](Document& d) { d = test::answered_badly(); },
     "outbound.sender-rules",
     warn,
     {},
     {"no TLS", "leads back", "SPF", "DKIM", "DMARC"}},
    {"delivered_by_an_answer", [](Document&) {}, "path.delivered", pass, {}, {"answered after 4s"}},
    {"delivered_not_when_bounced",
     make_bounce,
     "path.delivered",
     fail,
     Cause::refused,
     {"550 5.1.1 No such user", "mx.inner.test"}},
    {"delivered_not_yet",
     [](Document& d) {
       d = test::bounced();
       reply_of(d).kind = AnswerKind::delay;
     },
     "path.delivered",
     inconclusive,
     Cause::timed_out,
     {"still on its way"}},
    {"delivered_to_another_mailbox",
     [](Document& d) { d.probes.front().watch = test::timed_out().probes.front().watch; },
     "path.delivered",
     warn,
     {},
     {"not found in"}},
};

class Outbound : public testing::TestWithParam<CheckRow> {};

TEST_P(Outbound, Row) { test::expect_row(test::answered(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Table, Outbound, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

struct Silence {
  const char* name;
  void (*change)(Document&);
  Verdict verdict;
  std::optional<Cause> cause;
};
void PrintTo(const Silence& row, std::ostream* os) { *os << row.name; }

const Silence silences[] = {
    {"timed_out", [](Document&) {}, inconclusive, Cause::timed_out},
    {"interrupted", [](Document& d) { d.run.interrupted = true; }, inconclusive, Cause::interrupted},
    {"not_waited_for", [](Document& d) { probe_of(d).reply_watch->completed = false; }, not_tested, {}},
    {"fault_of_ours", [](Document& d) { probe_of(d).reply_watch->error = "cannot listen"; }, error, {}},
    {"not_accepted",
     [](Document& d) {
       probe_of(d).attempts[0].outcome = Outcome::rejected;
       probe_of(d).smtp = probe_of(d).attempts[0];
     },
     not_tested,
     {}},
};

class Unanswered : public testing::TestWithParam<Silence> {};

TEST_P(Unanswered, EachExpectedCheckSaysWhy) {
  auto document = test::unanswered();
  GetParam().change(document);
  for (const auto* check :
       {"outbound.starttls", "outbound.tls-version", "outbound.spf", "outbound.dkim", "outbound.dmarc"}) {
    const auto finding = test::finding_of(document, check);
    EXPECT_EQ(word(finding.verdict), word(GetParam().verdict)) << finding.summary;
    EXPECT_EQ(finding.cause, GetParam().cause) << finding.summary;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Unanswered, testing::ValuesIn(silences),
                         [](const auto& info) { return std::string(info.param.name); });

/// Of whoever called while we waited, and named no probe.
Session& called(Document& document) {
  auto& session = probe_of(document).sessions.emplace_back();
  session.address = "192.0.2.9";
  session.helo = "scanner";
  session.ptr_confirmed = false;
  return session;
}

struct Shy {
  const char* name;
  void (*change)(Session&);
  Cause cause;
  const char* says;
};
void PrintTo(const Shy& row, std::ostream* os) { *os << row.name; }

const Shy shies[] = {
    {"rejects_our_certificate", [](Session& s) { s.tls_alert = "unknown_ca"; }, Cause::own_limit,
     "No answer came within 4s: 192.0.2.9 (scanner), who may have come with it, rejected our certificate "
     "(unknown_ca)."},
    {"leaves_after_tls", [](Session& s) { s.tls.emplace().version = "TLSv1"; }, Cause::own_limit,
     "No answer came within 4s: 192.0.2.9 (scanner), who may have come with it, left after TLS without a message, as "
     "those do who find our certificate wrong."},
    {"another_alert", [](Session& s) { s.tls_alert = "protocol_version"; }, Cause::timed_out,
     "No answer came within 4s."},
    {"leaves_without_tls", [](Session&) {}, Cause::timed_out, "No answer came within 4s."},
    {"at_a_trap", [](Session& s) { s.tls_alert = "unknown_ca", s.trap = "dane-wrong"; }, Cause::timed_out,
     "No answer came within 4s."},
};

class ShiedFromUs : public testing::TestWithParam<Shy> {};

/// Neither is the silence charged to the target, nor what a stranger does.
TEST_P(ShiedFromUs, IsNoFaultOfTheTarget) {
  auto document = test::unanswered();
  GetParam().change(called(document));
  for (const auto* check :
       {"outbound.starttls", "outbound.tls-version", "outbound.spf", "outbound.dkim", "outbound.dmarc"}) {
    const auto finding = test::finding_of(document, check);
    EXPECT_EQ(word(finding.verdict), "inconclusive") << check;
    EXPECT_EQ(finding.cause, GetParam().cause) << check;
    EXPECT_EQ(finding.summary, GetParam().says) << check;
    const bool ours = GetParam().cause == Cause::own_limit;
    if (ours) EXPECT_EQ(finding.fix_by, FixBy::us) << check;
    EXPECT_EQ(finding.evidence.back(), ours ? "/probes/0/sessions/0" : "/probes/0/reply_watch") << check;
    EXPECT_EQ(finding.advice.contains("mailprobe doctor"), ours) << finding.advice;
  }
  for (const auto& finding : assess(document, embedded))
    EXPECT_FALSE(finding.check == "outbound.helo" || finding.check == "outbound.ptr" || finding.check == "outbound.sni")
        << finding.check << ": " << finding.summary;
}

INSTANTIATE_TEST_SUITE_P(Table, ShiedFromUs, testing::ValuesIn(shies),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(OutboundFindings, SayTheAlertBeforeASessionThatSaysNothing) {
  auto document = test::unanswered();
  called(document).tls.emplace();
  called(document).tls_alert = "certificate_expired";
  EXPECT_TRUE(test::finding_of(document, "outbound.dkim").summary.contains("(certificate_expired)"));
}

TEST(OutboundFindings, AreOfTheOtherSessionsOfAHostThatAnswered) {
  auto document = test::answered();
  auto& early = called(document);
  early.tls.emplace().version = "TLSv1";
  EXPECT_EQ(word(test::finding_of(document, "outbound.tls-version").verdict), "pass") << "it may be anybody's";
  early.address = reply_of(document).session.address;
  EXPECT_EQ(word(test::finding_of(document, "outbound.tls-version").verdict), "fail");
}

TEST(OutboundFindings, AreNoneWhereNoAnswerWasAskedFor) {
  auto document = test::unanswered();
  probe_of(document).reply_watch->wanted = false;
  for (const auto& finding : assess(document, embedded))
    EXPECT_FALSE(finding.check.starts_with("outbound.")) << finding.check;
}

TEST(OutboundFindings, ComeOfSessionsThatBroughtNothing) {
  auto document = test::answered();
  auto& probe = probe_of(document);
  probe.reply.reset();
  probe.replies.clear();
  EXPECT_EQ(word(test::finding_of(document, "outbound.starttls").verdict), "pass");
  const auto dkim = test::finding_of(document, "outbound.dkim");
  EXPECT_EQ(word(dkim.verdict), "inconclusive");
  EXPECT_TRUE(dkim.summary.starts_with("Sessions came and brought no message")) << dkim.summary;
}

/// A trap makes them do what they do nowhere else.
TEST(OutboundFindings, AreNotOfSessionsAtTraps) {
  auto document = test::answered();
  auto& probe = document.probes[0];
  auto old = probe.reply->session;
  old.trap = "tls10-only";
  old.started += std::chrono::seconds(5);
  if (old.tls) old.tls->version = "TLSv1";
  probe.sessions.push_back(old);
  const auto before = test::finding_of(test::answered(), "outbound.tls-version");
  const auto after = test::finding_of(document, "outbound.tls-version");
  EXPECT_EQ(after.verdict, before.verdict);
  probe.sessions.back().trap.reset();
  EXPECT_EQ(test::finding_of(document, "outbound.tls-version").verdict, Verdict::fail);
}

TEST(OutboundFindings, PointToWhatTheyAreAbout) {
  const auto document = test::answered();
  EXPECT_EQ(test::finding_of(document, "outbound.starttls").evidence,
            std::vector<std::string>{"/probes/0/sessions/0/tls"});
  EXPECT_EQ(test::finding_of(document, "outbound.spf").evidence, std::vector<std::string>{"/probes/0/replies/0/spf"});
  EXPECT_EQ(test::finding_of(document, "outbound.spf").subject, "probe default");
}

TEST(OutboundFindings, DecideTheExitStatus) {
  const auto status = [](Document document) {
    document.findings = assess(document, embedded);
    return exit_status(document, false);
  };
  EXPECT_EQ(status(test::answered()), 0);
  EXPECT_EQ(status(test::answered_badly()), 1);
  EXPECT_EQ(status(test::bounced()), 1);
  EXPECT_EQ(status(test::unanswered()), 3);
}

}  // namespace
}  // namespace mailprobe::evidence
