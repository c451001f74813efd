// path.dkim-survival, body-intact, header-intact, authentication-results, arc, filter-verdict: what became of the copy.
#include "base/encoding.h"
#include "evidence/our_signatures.h"
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

MailboxCopy& copy(Document& document) { return *document.probes[0].mailbox; }

/// What was received, with `from` replaced.
void edit(Document& document, const std::string& from, const std::string& to) {
  auto bytes = embedded(copy(document).raw).value();
  const auto at = bytes.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  copy(document).raw = test::raw_of(bytes.replace(at, from.size(), to));
}

const CheckRow survival[] = {
    {"all", [](Document&) {}, "path.dkim-survival", pass, {}, {"All 4"}},
    {"footer",
     [](Document& d) { d = test::footer_delivery(); },
     "path.dkim-survival",
     fail,
     {},
     {"None of the 4", "the body hash fails", "52 bytes were added at the end",
      "\"-- \\nChecked by footer.test, the careful provider.\"", "no canonicalization would have survived"}},
    {"footer_of_a_part",
     [](Document& d) {
       d = test::footer_delivery();
       copy(d).raw = test::raw_of(embedded(copy(d).raw).value() + "--boundary--\r\n");
     },
     "path.dkim-survival",
     fail,
     {},
     {"52 bytes were added at the end of a part of the body"}},
    {"some",
     [](Document& d) { d = test::partly_surviving(); },
     "path.dkim-survival",
     warn,
     {},
     {"Only 2 of the 4", "the header hash fails", "\"Subject\" was folded anew",
      "relaxed/simple and relaxed/relaxed would have survived"}},
    {"one_removed", [](Document& d) { copy(d).dkim.pop_back(); }, "path.dkim-survival", warn, {}, {"removed"}},
    {"all_removed", [](Document& d) { copy(d).dkim.clear(); }, "path.dkim-survival", fail, {}, {"removed"}},
    {"unsigned", [](Document& d) { d.probes[0].sent->raw = test::raw_of("From: a@probe.test\r\n\r\nx\r\n"); },
     "path.dkim-survival", not_applicable},
    {"key_not_looked_up",
     [](Document& d) {
       for (auto& each : copy(d).dkim) each.result = auth::DkimOutcome::temperror;
     },
     "path.dkim-survival", inconclusive, Cause::dns_failure},
    {"our_key_is_missing",
     [](Document& d) {
       for (auto& each : copy(d).dkim) {
         each.result = auth::DkimOutcome::permerror;
         each.reason = "no key at r1._domainkey.probe.test";
       }
     },
     "path.dkim-survival",
     error,
     {},
     {"no key at"}},
    {"one_key_not_looked_up_and_the_rest_broken",
     [](Document& d) {
       d = test::footer_delivery();
       copy(d).dkim[0].result = auth::DkimOutcome::temperror;
       copy(d).dkim[0].mutation.clear();
     },
     "path.dkim-survival", inconclusive, Cause::dns_failure},
    {"over_our_limit",
     [](Document& d) {
       copy(d).dkim[3].result = auth::DkimOutcome::neutral;
       copy(d).dkim[3].reason = "not verified: more than 10 signatures";
     },
     "path.dkim-survival",
     error,
     Cause::own_limit,
     {"more than 10 signatures"}},
    {"over_our_limit_and_the_rest_broken",
     [](Document& d) {
       d = test::footer_delivery();
       copy(d).dkim[3].result = auth::DkimOutcome::neutral;
       copy(d).dkim[3].mutation.clear();
     },
     "path.dkim-survival",
     fail,
     {},
     {"None of the 3", "1 more could not be judged"}},
    {"partially_signed_is_no_clean_pass", [](Document& d) { copy(d).dkim[0].partial = true; }, "path.dkim-survival",
     warn},
    {"a_signature_of_somebody_else_does_not_count",
     [](Document& d) {
       auto other = copy(d).dkim[0];
       other.domain = "relay.test";
       other.result = auth::DkimOutcome::fail;
       copy(d).dkim.push_back(other);
     },
     "path.dkim-survival", pass},
    {"no_copy", [](Document& d) { d = test::timed_out(); }, "path.dkim-survival", not_tested},
};

const CheckRow intact[] = {
    {"body", [](Document&) {}, "path.body-intact", pass},
    {"body_with_footer",
     [](Document& d) { d = test::footer_delivery(); },
     "path.body-intact",
     warn,
     {},
     {"52 bytes were added at the end of the body"}},
    {"body_with_another_empty_line",
     [](Document& d) { copy(d).raw = test::raw_of(embedded(copy(d).raw).value() + "\r\n"); }, "path.body-intact", warn},
    {"body_with_space",
     [](Document& d) { edit(d, "message.\r\n", "message. \r\n"); },
     "path.body-intact",
     warn,
     {},
     {"white space"}},
    {"body_without_bytes", [](Document& d) { copy(d).raw = {.base64 = {}, .path = "gone.eml", .sha256 = {}}; },
     "path.body-intact", not_tested},
    {"header",
     [](Document&) {},
     "path.header-intact",
     pass,
     {},
     {"added: Authentication-Results, Received (2) and Return-Path"}},
    {"header_tagged",
     [](Document& d) { edit(d, "Subject: Test", "Subject: [list] Test"); },
     "path.header-intact",
     warn,
     {},
     {"\"Subject\" was tagged"}},
    {"header_refolded",
     [](Document& d) { edit(d, "Subject: Test ", "Subject: Test\r\n "); },
     "path.header-intact",
     warn,
     {},
     {"\"Subject\" was folded anew"}},
    {"header_name_in_capitals",
     [](Document& d) { edit(d, "Subject: Test", "SUBJECT: Test"); },
     "path.header-intact",
     warn,
     {},
     {"\"Subject\" has its name in another case; added: Authentication-Results, Received (2) and Return-Path"}},
    {"header_removed",
     [](Document& d) { edit(d, "MIME-Version: 1.0\r\n", ""); },
     "path.header-intact",
     warn,
     {},
     {"\"MIME-Version\" was removed"}},
    {"header_out_of_order",
     [](Document& d) {
       edit(d, "Date: Sat, 31 Jan 2026 12:00:00 +0000\r\nFrom: probe@probe.test\r\n",
            "From: probe@probe.test\r\nDate: Sat, 31 Jan 2026 12:00:00 +0000\r\n");
     },
     "path.header-intact",
     warn,
     {},
     {"not as sent or not in place"}},
    {"signature_removed",
     [](Document& d) {
       edit(d, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed", "X-Old: v=1; a=rsa-sha256; c=relaxed");
     },
     "path.header-intact",
     warn,
     {},
     {"DKIM-Signature"}},
};

const CheckRow recorded[] = {
    {"agrees", [](Document&) {}, "path.authentication-results", pass, {}, {"spf=pass", "dkim=pass", "dmarc=pass"}},
    {"judged_before_the_footer",
     [](Document& d) { d = test::footer_delivery(); },
     "path.authentication-results",
     pass,
     {},
     {"before the message was changed"}},
    {"says_fail_where_we_say_pass",
     [](Document& d) { copy(d).authentication_results[0].results[0].result = "fail"; },
     "path.authentication-results",
     fail,
     {},
     {"spf=fail, we say pass"}},
    {"dkim_fail_where_we_say_pass", [](Document& d) { copy(d).authentication_results[0].results[1].result = "fail"; },
     "path.authentication-results", fail},
    {"dkim_pass_of_another_signature",  // a gateway's of the target, which is on the copy too
     [](Document& d) {
       auto theirs = copy(d).dkim.front();
       theirs.domain = "gateway.test";
       for (auto& signature : copy(d).dkim) signature.result = auth::DkimOutcome::fail;
       copy(d).dkim.insert(copy(d).dkim.begin(), theirs);
       auto& results = copy(d).authentication_results[0].results;
       results[1].result = "fail";
       results.insert(results.begin(), {"dkim", "pass", "", {{"header.d", "gateway.test"}}});
     },
     "path.authentication-results",
     pass,
     {},
     {"dkim=fail"}},
    {"dkim_pass_of_no_matter_whose",
     [](Document& d) {
       auto theirs = copy(d).dkim.front();
       theirs.domain = "gateway.test";
       for (auto& signature : copy(d).dkim) signature.result = auth::DkimOutcome::fail;
       copy(d).dkim.push_back(theirs);
       copy(d).authentication_results[0].results[1].properties.clear();
     },
     "path.authentication-results",
     pass,
     {},
     {"dkim=pass"}},
    {"another_word_for_what_does_not_hold",
     [](Document& d) {
       for (auto& signature : copy(d).dkim) signature.result = auth::DkimOutcome::permerror;
       copy(d).authentication_results[0].results[1].result = "fail";
     },
     "path.authentication-results",
     warn,
     {},
     {"dkim=fail, we say permerror: another word"}},
    {"pass_for_an_expired_signature",
     [](Document& d) {
       for (auto& signature : copy(d).dkim)
         signature.result = auth::DkimOutcome::fail, signature.reason = "signature expired";
     },
     "path.authentication-results",
     warn,
     {},
     {"dkim=pass, we say fail"}},
    {"a_word_of_its_own",
     [](Document& d) {
       copy(d).spf->result = auth::SpfOutcome::permerror;
       copy(d).authentication_results[0].results[0].result = "";
     },
     "path.authentication-results",
     pass,
     {},
     {"undecided: spf=, we say permerror"}},
    {"we_could_not_look_up",
     [](Document& d) {
       copy(d).spf->result = auth::SpfOutcome::temperror;
       auto& field = copy(d).authentication_results[0];
       std::erase_if(field.results, [](const auto& each) { return each.method != "spf"; });
     },
     "path.authentication-results",
     inconclusive,
     Cause::dns_failure,
     {"spf=pass, we say temperror", "we could not look everything up"}},
    {"could_not_look_up",
     [](Document& d) { copy(d).authentication_results[0].results[0].result = "temperror"; },
     "path.authentication-results",
     pass,
     {},
     {"undecided: spf=temperror"}},
    {"forged",
     [](Document& d) { d = test::forged_results(); },
     "path.authentication-results",
     warn,
     {},
     {"None of the 1", "not believed"}},
    {"none", [](Document& d) { copy(d).authentication_results.clear(); }, "path.authentication-results", warn},
    {"none_of_the_three", [](Document& d) { copy(d).authentication_results[0].results = {{"iprev", "pass", "", {}}}; },
     "path.authentication-results", warn},
    {"our_spf_is_unknown", [](Document& d) { copy(d).spf.reset(); }, "path.authentication-results", pass},
    {"no_copy", [](Document& d) { d = test::unwatched(); }, "path.authentication-results", not_tested,
     Cause::no_mailbox},
};

auth::Arc& arc(Document& document, auth::ArcOutcome result) {
  auto& it = copy(document).arc.emplace();
  it.result = result;
  it.instances = {{.instance = 1,
                   .domain = "list.test",
                   .selector = "s",
                   .cv = "none",
                   .authserv_id = "mx.list.test",
                   .results = {{"spf", "pass", "", {}}, {"dkim", "pass", "", {}}}}};
  return it;
}

const CheckRow arcs[] = {
    {"no_chain",
     [](Document& d) { arc(d, auth::ArcOutcome::none) = {}; },
     "path.arc",
     not_applicable,
     {},
     {"no ARC set"}},
    {"not_evaluated", [](Document& d) { copy(d).arc.reset(); }, "path.arc", not_applicable},
    {"valid",
     [](Document& d) { arc(d, auth::ArcOutcome::pass); },
     "path.arc",
     pass,
     {},
     {"1 ARC set is valid", "i=1 list.test: spf=pass dkim=pass"}},
    {"broken",
     [](Document& d) { arc(d, auth::ArcOutcome::fail).reason = "ARC-Seal i=1: header signature mismatch"; },
     "path.arc",
     fail,
     {},
     {"ARC-Seal i=1: header signature mismatch"}},
    {"key_not_found_for_now", [](Document& d) { arc(d, auth::ArcOutcome::fail).temporary = true; }, "path.arc",
     inconclusive, Cause::dns_failure},
    {"no_copy", [](Document& d) { d = test::unwatched(); }, "path.arc", not_tested, Cause::no_mailbox},
};

CheckRow filter(const char* name, void (*change)(Document&), Verdict verdict, std::vector<const char*> says) {
  return {name, change, "path.filter-verdict", verdict, {}, std::move(says)};
}

const CheckRow filters[] = {
    filter("nothing", [](Document&) {}, info, {"left no trace"}),
    filter("junk_without_a_word", [](Document& d) { copy(d).folder = "Junk"; }, warn, {"no header field says why"}),
    filter("spamassassin_yes", [](Document& d) { d = test::junk_delivery(); }, warn,
           {"SpamAssassin says", "score=7.2", "BAYES_99"}),
    filter("spamassassin_no",
           [](Document& d) { copy(d).filter = {"X-Spam-Level: ", "X-Spam-Status: No, score=-1.1 required=5.0"}; }, pass,
           {"found no spam", "score=-1.1"}),
    filter("only_stars", [](Document& d) { copy(d).filter = {"X-Spam-Level: **"}; }, info, {"**"}),
    filter(
        "rspamd_default_true",
        [](Document& d) { copy(d).filter = {"X-Spamd-Result: default: True [16.20 / 15.00];\r\n\tR_SPF_FAIL(1.0)"}; },
        warn, {"rspamd says", "16.20 / 15.00"}),
    filter("rspamd_default_false",
           [](Document& d) { copy(d).filter = {"X-Spamd-Result: default: False [1.20 / 15.00]"}; }, pass, {"rspamd"}),
    filter("rspamd_no_action", [](Document& d) { copy(d).filter = {"X-Rspamd-Action: no action"}; }, pass, {}),
    filter("rspamd_add_header", [](Document& d) { copy(d).filter = {"X-Rspamd-Action: add header"}; }, warn, {}),
    filter("forefront_spam",
           [](Document& d) {
             copy(d).filter = {"X-Forefront-Antispam-Report: CIP:192.0.2.10;CTRY:;LANG:en;SCL:5;SRV:;CAT:SPM;"};
           },
           warn, {"Microsoft says spam confidence level 5, category spam"}),
    filter(
        "forefront_clean",
        [](Document& d) { copy(d).filter = {"X-Forefront-Antispam-Report: CIP:192.0.2.10;SCL:1;CAT:NONE;SFV:NSPM"}; },
        pass, {"confidence level 1, category no category"}),
    filter("forefront_impersonation",
           [](Document& d) { copy(d).filter = {"X-Forefront-Antispam-Report: SCL:1;CAT:UIMP;"}; }, warn,
           {"user impersonation"}),
    filter("exchange_level", [](Document& d) { copy(d).filter = {"X-MS-Exchange-Organization-SCL: 6"}; }, warn, {"6"}),
    filter("exchange_level_skipped", [](Document& d) { copy(d).filter = {"X-MS-Exchange-Organization-SCL: -1"}; }, pass,
           {"-1"}),
    filter("proofpoint_notspam",
           [](Document& d) { copy(d).filter = {"X-Proofpoint-Spam-Details: rule=notspam policy=default score=0"}; },
           pass, {"Proofpoint"}),
    filter("proofpoint_spam", [](Document& d) { copy(d).filter = {"X-Proofpoint-Spam-Details: rule=spam score=90"}; },
           warn, {}),
    filter("bogofilter", [](Document& d) { copy(d).filter = {"X-Bogosity: Ham, tests=bogofilter"}; }, pass, {}),
    filter("unknown_product", [](Document& d) { copy(d).filter = {"X-Odd-Filter: 7"}; }, info, {"X-Odd-Filter: 7"}),
    filter("what_decides_comes_first",
           [](Document& d) { copy(d).filter = {"X-Spam-Level: *", "X-Odd: 1", "X-Odder: 2", "X-Spam-Flag: YES"}; },
           warn, {"SpamAssassin says \"YES\"; "}),
    filter("junk_as_it_should_be",
           [](Document& d) {
             d.probes[0].fault = "dmarc-quarantine";
             copy(d).folder = "Junk";
           },
           info, {"Filed as junk", "it was wrong on purpose (dmarc-quarantine)."}),
    filter("spam_as_it_should_be",
           [](Document& d) {
             d = test::junk_delivery();
             d.probes[0].fault = "dkim-body-hash";
           },
           info, {"takes the message for spam", "wrong on purpose"}),
    filter("clean_and_in_junk_all_the_same",
           [](Document& d) {
             copy(d).folder = "Junk";
             copy(d).filter = {"X-Spam-Flag: NO"};
           },
           warn, {"does not call it spam"}),
};

class PathCopy : public testing::TestWithParam<CheckRow> {};

TEST_P(PathCopy, IsJudged) { test::expect_row(test::good_delivery(), GetParam()); }

const auto name_of = [](const auto& info) { return std::string(info.param.name); };
INSTANTIATE_TEST_SUITE_P(Survival, PathCopy, testing::ValuesIn(survival), name_of);
INSTANTIATE_TEST_SUITE_P(Intact, PathCopy, testing::ValuesIn(intact), name_of);
INSTANTIATE_TEST_SUITE_P(Recorded, PathCopy, testing::ValuesIn(recorded), name_of);
INSTANTIATE_TEST_SUITE_P(Arc, PathCopy, testing::ValuesIn(arcs), name_of);
INSTANTIATE_TEST_SUITE_P(Filter, PathCopy, testing::ValuesIn(filters), name_of);

/// What helps against one change of several helps only where something does against the others.
TEST(Survival, TheAdviceDoesNotContradictItself) {
  const auto change = [](const char* kind, const char* part) {
    auth::Mutation made;
    made.kind = kind;
    made.part = part;
    return made;
  };
  const auto space = change("trailing-white-space", "body"), footer = change("footer-appended", "body");
  const auto folded = change("header-refolded", "To"), tagged = change("subject-tagged", "Subject");
  const std::string relaxed = "A signature with relaxed canonicalization survives this";
  EXPECT_EQ(mutation_advice({space}), relaxed);
  EXPECT_EQ(mutation_advice({space, folded}), relaxed);
  EXPECT_EQ(mutation_advice({space, footer}), mutation_advice({footer}));
  EXPECT_EQ(mutation_advice({footer, tagged, folded}), mutation_advice({footer}));
  EXPECT_EQ(mutation_advice({folded, tagged}),
            "A signature with relaxed canonicalization that does not cover \"Subject\" survives this");
  EXPECT_EQ(mutation_advice({space, space, space, space, footer}), mutation_advice({footer}));
}

TEST(Survival, TheHeaderOfWhatWasEncodedAnewIsNoAdvice) {
  const auth::Mutation body{.kind = "transfer-encoding-changed", .part = "body"};
  const auth::Mutation field{.kind = "header-rewritten", .part = "Content-Transfer-Encoding"};
  const auth::Mutation subject{.kind = "subject-tagged", .part = "Subject"};
  EXPECT_EQ(mutation_advice({body, field}), mutation_advice({body}));
  EXPECT_NE(mutation_advice({body, subject}), mutation_advice({body}));
  EXPECT_NE(mutation_advice({field}), "");
}

TEST(Survival, WithoutTheSentBytesOurDomainTells) {
  auto document = test::footer_delivery();
  document.probes[0].sent->raw = {.base64 = {}, .path = "gone.eml", .sha256 = {}};
  EXPECT_EQ(test::finding_of(document, "path.dkim-survival").verdict, fail);
}

}  // namespace
}  // namespace mailprobe::evidence
