#include "reporter/authentication.h"

#include <algorithm>

#include "base/text.h"

namespace mailprobe::reporter {

namespace {

using auth::MethodResult;
using evidence::MailboxCopy;

std::string property(const MethodResult& result, std::string_view name) {
  for (const auto& [key, value] : result.properties)
    if (iequals(key, name)) return value;
  return {};
}

std::vector<const MethodResult*> recorded(const MailboxCopy& copy, std::string_view method) {
  std::vector<const MethodResult*> found;
  for (const auto& field : copy.authentication_results)
    for (const auto& result : field.results)
      if (field.trusted && iequals(result.method, method)) found.push_back(&result);
  return found;
}

std::string detail_of(const MethodResult& result) {
  std::string text = result.reason;
  for (const auto& [name, value] : result.properties) {
    if (!text.empty()) text += " ";
    text += name;
    text += "=";
    text += value;
  }
  return text;
}

void compare(AuthenticationRow& row, const MethodResult* theirs) {
  if (theirs == nullptr) return;
  row.theirs = theirs->result;
  row.theirs_detail = detail_of(*theirs);
  if (!row.ours.empty()) row.agree = iequals(row.ours, row.theirs);
}

const MethodResult* first(const std::vector<const MethodResult*>& results) {
  return results.empty() ? nullptr : results.front();
}

/// RFC 8601 §2.7.2: of the identity that we have judged, MAIL FROM's, or HELO's where the reverse-path was empty (RFC
/// 7208 §2.4); else what there is.
const MethodResult* of_identity(const MailboxCopy& copy, const std::vector<const MethodResult*>& results) {
  const bool helo = copy.spf && copy.spf->identity == "helo";
  const auto found = std::ranges::find_if(results, [&](const MethodResult* each) {
    return !property(*each, helo ? "smtp.helo" : "smtp.mailfrom").empty();
  });
  return found == results.end() ? first(results) : *found;
}

AuthenticationRow spf_row(const MailboxCopy& copy) {
  AuthenticationRow row{.method = "SPF"};
  if (copy.spf) {
    row.what = copy.spf->domain;
    row.ours = word(copy.spf->result);
    row.ours_detail = copy.spf->reason;
    if (copy.spf->mechanism) row.ours_detail += (row.ours_detail.empty() ? "" : "; ") + *copy.spf->mechanism;
  } else {
    row.ours_detail = "the address that the target saw is not known";
  }
  compare(row, of_identity(copy, recorded(copy, "spf")));
  return row;
}

/// RFC 6008: header.b tells signatures of one domain and selector apart. Without it d= and s= have to do.
const MethodResult* result_for(const auth::Dkim& signature, const std::vector<const MethodResult*>& results) {
  for (const auto* result : results) {
    const auto b = property(*result, "header.b");
    if (!b.empty() && signature.header_b.starts_with(b.substr(0, signature.header_b.size()))) return result;
  }
  for (const auto* result : results) {
    if (!property(*result, "header.b").empty()) continue;
    const auto selector = property(*result, "header.s");
    if (selector == signature.selector && iequals(property(*result, "header.d"), signature.domain)) return result;
  }
  return nullptr;
}

AuthenticationRow dkim_row(const auth::Dkim& signature, const std::vector<const MethodResult*>& results) {
  AuthenticationRow row{.method = "DKIM"};
  row.what = signature.selector + " · " + signature.algorithm + " · " + signature.canonicalization;
  row.ours = word(signature.result);
  row.ours_detail = signature.reason;
  compare(row, result_for(signature, results));
  return row;
}

/// A target that records one dkim= for all of them: shown once, compared with "any passes" (RFC 8601 §2.7.1).
AuthenticationRow remaining_dkim(const MailboxCopy& copy, const MethodResult& result) {
  AuthenticationRow row{.method = "DKIM", .what = "the message as a whole"};
  const bool any = std::ranges::count(copy.dkim, auth::DkimOutcome::pass, &auth::Dkim::result) > 0;
  row.ours = copy.dkim.empty() ? "none" : any ? "pass" : "fail";
  compare(row, &result);
  return row;
}

AuthenticationRow dmarc_row(const MailboxCopy& copy) {
  AuthenticationRow row{.method = "DMARC", .what = copy.dmarc.domain};
  if (copy.dmarc.result) row.ours = word(*copy.dmarc.result);
  row.ours_detail = copy.dmarc.reason;
  if (copy.dmarc.policy)
    row.ours_detail += (row.ours_detail.empty() ? "p=" : "; p=") + std::string(word(*copy.dmarc.policy));
  compare(row, first(recorded(copy, "dmarc")));
  return row;
}

void add_dkim(std::vector<AuthenticationRow>& rows, const MailboxCopy& copy) {
  const auto results = recorded(copy, "dkim");
  std::vector<const MethodResult*> used;
  for (const auto& signature : copy.dkim) {
    rows.push_back(dkim_row(signature, results));
    used.push_back(result_for(signature, results));
  }
  for (const auto* result : results)
    if (std::ranges::find(used, result) == used.end()) rows.push_back(remaining_dkim(copy, *result));
}

/// The target writes its own set after it has judged those before it: its record is then of what that set's cv= says.
AuthenticationRow arc_row(const MailboxCopy& copy) {
  const auto& sets = copy.arc->instances;
  AuthenticationRow row{.method = "ARC", .what = std::to_string(sets.size()) + (sets.size() == 1 ? " set" : " sets")};
  row.ours = word(copy.arc->result);
  row.ours_detail = copy.arc->reason;
  const auto* theirs = first(recorded(copy, "arc"));
  compare(row, theirs);
  if (theirs == nullptr || sets.empty()) return row;
  const auto& newest = sets.back();
  if (iequals(newest.authserv_id, trusted_authserv_id(copy))) row.agree = iequals(newest.cv, row.theirs);
  if (copy.arc->temporary) row.agree.reset();  // a failed look-up of ours says nothing about theirs
  return row;
}

}  // namespace

std::string trusted_authserv_id(const MailboxCopy& copy) {
  for (const auto& field : copy.authentication_results)
    if (field.trusted) return field.authserv_id;
  return {};
}

std::vector<AuthenticationRow> authentication_rows(const MailboxCopy& copy) {
  std::vector<AuthenticationRow> rows{spf_row(copy)};
  add_dkim(rows, copy);
  rows.push_back(dmarc_row(copy));
  if (copy.arc && copy.arc->result != auth::ArcOutcome::none) rows.push_back(arc_row(copy));
  return rows;
}

}  // namespace mailprobe::reporter
