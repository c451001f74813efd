// The steps of one signature over a message: the body hash, then the header hash (RFC 6376 §3.7). What DKIM's and ARC's
// explanations share; judges nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/body_hashes.h"
#include "auth/dkim_signature.h"
#include "auth/explain.h"

namespace mailprobe::auth {

class SignedSteps {
 public:
  SignedSteps(const Message& message, ExplainPart part, std::vector<ExplainStep>& steps)
      : message_(message), part_(part), steps_(steps), bodies_(message.body) {}

  void add(int depth, std::string text) { steps_.push_back({part_, depth, std::move(text)}); }
  /// "NAME: DOMAIN SELECTOR, ALGORITHM, CANONICALIZATION"
  void title(std::string_view name, const DkimSignature& signature);
  void body(const DkimSignature& signature);
  /// h= in its order, each name from the bottom up (RFC 6376 §5.4.2); a name too many is signed as absent.
  void header(const DkimSignature& signature, const HeaderField& own);
  void verdict(const Dkim& dkim, std::string_view over);

 private:
  const Message& message_;
  ExplainPart part_;
  std::vector<ExplainStep>& steps_;
  BodyHashes bodies_;
};

/// Escaped and cut.
std::string explained(std::string_view text);

}  // namespace mailprobe::auth
