#include "auth/body_hashes.h"

#include <algorithm>

#include "auth/canonical.h"
#include "base/encoding.h"

namespace mailprobe::auth {

const std::string& BodyHashes::canonical(Canon canon) {
  auto& form = forms_[canon];
  if (!form) form = canonical_body(body_, canon);
  return *form;
}

std::string BodyHashes::hash(Canon canon, std::optional<std::uint64_t> length) {
  const std::string_view form = canonical(canon);
  const auto covered = length ? std::min<std::uint64_t>(*length, form.size()) : form.size();
  auto& known = hashes_[{canon, covered}];
  if (known.empty()) known = sha256(form.substr(0, covered));
  return known;
}

}  // namespace mailprobe::auth
