#include "base/tls_profile.h"

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
  return of;
}

}  // namespace

std::vector<TlsLevelOf> ncsc_levels(const TlsSurvey& survey) {
  std::vector<TlsLevelOf> all{
      lowest("versions", survey.versions, rate_tls_version), lowest("suites", survey.suites, rate_tls_suite),
      lowest("groups", survey.groups, rate_tls_group), lowest("hashes", survey.hashes, rate_tls_hash)};
  if (survey.dh_bits)
    all.push_back({"DH prime", rate_dh_bits(*survey.dh_bits).ncsc, {std::to_string(*survey.dh_bits) + " bits"}});
  std::erase_if(all, [](const TlsLevelOf& of) { return of.names.empty(); });
  return all;
}

}  // namespace mailprobe
