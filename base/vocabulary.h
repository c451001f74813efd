// Words that rooms share which may not see each other: the DNSSEC status of an answer, the TLS floor of a delivery,
// the outcome of an attempt, the mode of an MTA-STS policy. Nothing but the enumerations and their spelling in the
// evidence document.
#pragma once

#include "base/words.h"

namespace mailprobe {

enum class Dnssec { secure, insecure, bogus, unknown };

/// What no policy of the target goes below: plain text permitted, TLS with any certificate, TLS with a valid one, TLS
/// as a published MTA-STS policy asks for, TLS that DANE authenticates.
enum class TlsFloor { may, encrypt, verify, sts, dane };

/// RFC 8461 §5.
enum class StsMode { enforce, testing, none };

enum class Outcome {
  accepted,
  temporary,  // 4xx
  rejected,   // 5xx
  not_sent,   // ended before the final dot, by us or by a fault
  unknown,    // after the final dot no reply came: possibly delivered, never sent again
};

template <>
struct Words<Dnssec> {
  static constexpr std::array table{
      std::pair{Dnssec::secure, std::string_view{"secure"}},
      std::pair{Dnssec::insecure, std::string_view{"insecure"}},
      std::pair{Dnssec::bogus, std::string_view{"bogus"}},
      std::pair{Dnssec::unknown, std::string_view{"unknown"}},
  };
};

template <>
struct Words<TlsFloor> {
  static constexpr std::array table{
      std::pair{TlsFloor::may, std::string_view{"may"}},
      std::pair{TlsFloor::encrypt, std::string_view{"encrypt"}},
      std::pair{TlsFloor::verify, std::string_view{"verify"}},
      std::pair{TlsFloor::sts, std::string_view{"sts"}},
      std::pair{TlsFloor::dane, std::string_view{"dane"}},
  };
};

template <>
struct Words<StsMode> {
  static constexpr std::array table{
      std::pair{StsMode::enforce, std::string_view{"enforce"}},
      std::pair{StsMode::testing, std::string_view{"testing"}},
      std::pair{StsMode::none, std::string_view{"none"}},
  };
};

template <>
struct Words<Outcome> {
  static constexpr std::array table{
      std::pair{Outcome::accepted, std::string_view{"accepted"}},
      std::pair{Outcome::temporary, std::string_view{"temporary"}},
      std::pair{Outcome::rejected, std::string_view{"rejected"}},
      std::pair{Outcome::not_sent, std::string_view{"not-sent"}},
      std::pair{Outcome::unknown, std::string_view{"unknown"}},
  };
};

}  // namespace mailprobe
