// A body's canonical forms and their hashes, each made once for all signatures of a message (RFC 6376 §3.7). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "auth/dkim_sign.h"

namespace mailprobe::auth {

class BodyHashes {
 public:
  /// `body` must outlive it.
  explicit BodyHashes(std::string_view body) : body_(body) {}
  std::string_view canonical(Canon canon);
  /// SHA-256 of the first `length` octets of the canonical form; nothing beyond limits::body_lengths different ones.
  std::optional<std::string> hash(Canon canon, std::optional<std::uint64_t> length);

 private:
  struct Form {
    std::string storage;  // only where the body is not of this form already
    std::optional<std::string_view> text;
  };
  std::string_view body_;
  std::map<Canon, Form> forms_;
  std::map<std::pair<Canon, std::uint64_t>, std::string> hashes_;
  std::size_t lengths_ = 0;  // shorter than the whole
};

}  // namespace mailprobe::auth
