// Between the receiver's spool and the reflector: which letters are for it, and that each is considered, also one that
// an earlier process had no time for. A probe that is decided and for nobody else leaves the spool; other mail stays.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "receiver/evaluator.h"
#include "reflector/reflector.h"
#include "reflector/undecided.h"

namespace mailprobe::reflector {

class Letters {
 public:
  /// The references outlive it.
  Letters(Reflector& reflector, Undecided& undecided, dns::Resolver& resolver, std::vector<Mailbox> addresses,
          std::function<void(const std::string&)> log)
      : reflector_(reflector),
        undecided_(undecided),
        resolver_(resolver),
        addresses_(std::move(addresses)),
        log_(std::move(log)) {}

  /// Evaluated just now.
  void take(const receiver::Letter& letter);
  /// Once the spool is open, which outlives the rest: the probes that were evaluated by an earlier process.
  void attach(receiver::Spool& spool, Time now);

 private:
  void take(const std::string& name, const Arrival& arrival);
  /// True: nothing is to be done about it any more.
  bool consider(const std::string& name, const Arrival& arrival);
  void look_again(const std::string& name);
  [[nodiscard]] std::size_t for_us(const evidence::Session& session) const;

  Reflector& reflector_;
  Undecided& undecided_;
  dns::Resolver& resolver_;
  std::vector<Mailbox> addresses_;
  std::function<void(const std::string&)> log_;
  receiver::Spool* spool_ = nullptr;
};

Arrival arrival_of(const receiver::Letter& letter);
/// Of a spooled message and its result. RFC 5321: what was received is `raw`.
Arrival arrival_of(const evidence::Reply& result, std::string raw);

}  // namespace mailprobe::reflector
