// Why a verdict is what it is: the closed list of causes. A new word goes into docs/architecture.md first.
#pragma once

#include "base/words.h"

namespace mailprobe {

enum class Cause {
  greylisted,
  rate_limited,
  blocked,
  refused,
  timed_out,
  unreachable,
  unsupported,
  protocol_error,
  dns_failure,
  bogus,
  expired,
  wrong_name,
  self_signed,
  unknown_ca,
  policy,
  possibly_delivered,
  interrupted,
  no_control,
  no_mailbox,
  no_consent,
  no_ipv6,
  our_port_25,
  own_limit,
  via_relay,
};

template <>
struct Words<Cause> {
  static constexpr std::array table{
      std::pair{Cause::greylisted, std::string_view{"greylisted"}},
      std::pair{Cause::rate_limited, std::string_view{"rate-limited"}},
      std::pair{Cause::blocked, std::string_view{"blocked"}},
      std::pair{Cause::refused, std::string_view{"refused"}},
      std::pair{Cause::timed_out, std::string_view{"timed-out"}},
      std::pair{Cause::unreachable, std::string_view{"unreachable"}},
      std::pair{Cause::unsupported, std::string_view{"unsupported"}},
      std::pair{Cause::protocol_error, std::string_view{"protocol-error"}},
      std::pair{Cause::dns_failure, std::string_view{"dns-failure"}},
      std::pair{Cause::bogus, std::string_view{"bogus"}},
      std::pair{Cause::expired, std::string_view{"expired"}},
      std::pair{Cause::wrong_name, std::string_view{"wrong-name"}},
      std::pair{Cause::self_signed, std::string_view{"self-signed"}},
      std::pair{Cause::unknown_ca, std::string_view{"unknown-ca"}},
      std::pair{Cause::policy, std::string_view{"policy"}},
      std::pair{Cause::possibly_delivered, std::string_view{"possibly-delivered"}},
      std::pair{Cause::interrupted, std::string_view{"interrupted"}},
      std::pair{Cause::no_control, std::string_view{"no-control"}},
      std::pair{Cause::no_mailbox, std::string_view{"no-mailbox"}},
      std::pair{Cause::no_consent, std::string_view{"no-consent"}},
      std::pair{Cause::no_ipv6, std::string_view{"no-ipv6"}},
      std::pair{Cause::our_port_25, std::string_view{"our-port-25"}},
      std::pair{Cause::own_limit, std::string_view{"own-limit"}},
      std::pair{Cause::via_relay, std::string_view{"via-relay"}},
  };
};

}  // namespace mailprobe
