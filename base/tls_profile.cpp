#include "base/tls_profile.h"

#include <algorithm>
#include <functional>

namespace mailprobe {

namespace {

using Rate = TlsRating (*)(std::string_view);

void take(TlsLevelOf& of, TlsLevel level, std::string name) {
  if (!of.names.empty() && level < of.level) return;
  if (level > of.level) of.names.clear();
  of.level = level;
  of.names.push_back(std::move(name));
}

TlsLevelOf lowest(std::string_view what, const std::vector<TlsOption>& options, Rate rate) {
  TlsLevelOf of{.what = what, .names = {}};
  for (const auto& option : options)
    if (option.answer == TlsAnswer::accepted) take(of, rate(option.name).ncsc, option.name);
  of.at_best = std::ranges::any_of(options, [&](const TlsOption& option) {
    return option.answer == TlsAnswer::not_tested && rate(option.name).ncsc > of.level;
  });
  return of;
}

void take_all(TlsLevelOf& of, const TlsLevelOf& others) {
  for (const auto& name : others.names)
    if (std::ranges::find(of.names, name) == of.names.end()) take(of, others.level, name);
}

TlsLevelOf level_of_certificates(const std::vector<TlsChain>& chains) {
  TlsLevelOf of{.what = "certificates", .names = {}};
  for (const auto& chain : chains) take_all(of, ncsc_level_of_chain(chain.certificates));
  return of;
}

/// §3.4.1 compression, §3.4.2 insecure renegotiation, §3.4.4 0-RTT: good where off, insufficient where on.
TlsLevelOf level_of_settings(const TlsSurvey& survey) {
  TlsLevelOf of{.what = "settings", .names = {}};
  const auto off = [&of](std::optional<bool> on, const char* name) {
    if (on) take(of, *on ? TlsLevel::insufficient : TlsLevel::good, *on ? name : std::string("no ") + name);
  };
  off(survey.compression, "compression");
  off(survey.secure_renegotiation.transform(std::logical_not<>{}), "insecure renegotiation");
  off(survey.early_data, "0-RTT");
  return of;
}

}  // namespace

std::string level_words(const TlsLevelOf& of) { return (of.at_best ? "at best " : "") + std::string(word(of.level)); }

TlsLevelOf ncsc_level_of_chain(const std::vector<Certificate>& certificates) {
  TlsLevelOf of{.what = "certificates", .names = {}};
  for (const auto& one : certificates) {
    if (&one != &certificates.front() && one.subject == one.issuer) continue;
    take(of, ncsc_level_of_key(one.key), one.key);
    if (!one.signature.empty()) take(of, ncsc_level_of_signature(one.signature), one.signature);
  }
  return of;
}

std::vector<TlsLevelOf> ncsc_levels(const TlsSurvey& survey) {
  std::vector<TlsLevelOf> all{
      lowest("versions", survey.versions, rate_tls_version), lowest("suites", survey.suites, rate_tls_suite),
      lowest("groups", survey.groups, rate_tls_group), lowest("hashes", survey.hashes, rate_tls_hash)};
  if (survey.dh_bits)
    all.push_back({"DH prime", rate_dh_bits(*survey.dh_bits).ncsc, {std::to_string(*survey.dh_bits) + " bits"}});
  all.push_back(level_of_certificates(survey.chains));
  all.push_back(level_of_settings(survey));
  std::erase_if(all, [](const TlsLevelOf& of) { return of.names.empty(); });
  return all;
}

}  // namespace mailprobe
