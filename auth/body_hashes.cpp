#include "auth/body_hashes.h"

#include <algorithm>

#include "auth/canonical.h"
#include "auth/limits.h"
#include "base/encoding.h"

namespace mailprobe::auth {

std::string_view BodyHashes::canonical(Canon canon) {
  auto& form = forms_[canon];
  if (!form.text) form.text = canonical_body(body_, canon, form.storage);
  return *form.text;
}

std::optional<std::string> BodyHashes::hash(Canon canon, std::optional<std::uint64_t> length) {
  const std::string_view form = canonical(canon);
  const auto covered = length ? std::min<std::uint64_t>(*length, form.size()) : form.size();
  if (const auto known = hashes_.find({canon, covered}); known != hashes_.end()) return known->second;
  const bool shorter = covered < form.size();
  if (shorter && lengths_ == limits::body_lengths) return std::nullopt;
  lengths_ += shorter ? 1 : 0;
  return hashes_.try_emplace({canon, covered}, sha256(form.substr(0, covered))).first->second;
}

}  // namespace mailprobe::auth
