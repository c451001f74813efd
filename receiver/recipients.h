// Whom the receiver takes mail for: answers to probes that are waited for, our identities, postmaster and abuse, the
// addresses that reports go to, and reflectors. All else is refused at RCPT; nothing is relayed. No I/O of its own.
// RFC 5321 §4.5.1, RFC 2142 §5.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/address.h"
#include "base/words.h"

namespace mailprobe::receiver {

enum class Purpose { answer, identity, postmaster, abuse, report, reflector };

struct Recipient {
  Purpose purpose = Purpose::identity;
  std::string token;  // of an answer: the probe's id
};

class Recipients {
 public:
  /// postmaster@ and abuse@ of it.
  void add_domain(const std::string& domain);
  void add(const Mailbox& address, Purpose purpose);
  /// BASE+TOKEN@DOMAIN for every token that is waited for (receiver/waiting.h); the token is in lower case.
  void answers(const Mailbox& base, std::function<bool(const std::string& token)> waited_for);

  /// nullopt: nobody here.
  [[nodiscard]] std::optional<Recipient> find(const Path& address) const;

 private:
  // By address in lower case: ours are all told apart without case.
  std::unordered_map<std::string, Recipient> known_;
  std::unordered_map<std::string, std::function<bool(const std::string&)>> bases_;
};

}  // namespace mailprobe::receiver

namespace mailprobe {

template <>
struct Words<receiver::Purpose> {
  static constexpr std::array table{
      std::pair{receiver::Purpose::answer, std::string_view{"answer"}},
      std::pair{receiver::Purpose::identity, std::string_view{"identity"}},
      std::pair{receiver::Purpose::postmaster, std::string_view{"postmaster"}},
      std::pair{receiver::Purpose::abuse, std::string_view{"abuse"}},
      std::pair{receiver::Purpose::report, std::string_view{"report"}},
      std::pair{receiver::Purpose::reflector, std::string_view{"reflector"}},
  };
};

}  // namespace mailprobe
