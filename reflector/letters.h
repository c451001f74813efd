// Between the receiver's spool and the reflector: which letters are for it, and that each is considered, also one that
// an earlier process had no time for. A letter that is for nobody else leaves the spool.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "receiver/evaluator.h"
#include "reflector/reflector.h"

namespace mailprobe::reflector {

class Letters {
 public:
  /// `reflector` outlives it.
  Letters(Reflector& reflector, std::vector<Mailbox> addresses, std::function<void(const std::string&)> log)
      : reflector_(reflector), addresses_(std::move(addresses)), log_(std::move(log)) {}

  /// Evaluated just now.
  void take(const receiver::Letter& letter);
  /// Once the spool is open, which outlives the rest: what was evaluated by an earlier process of the last day.
  void attach(receiver::Spool& spool, Time now);

 private:
  void take(const std::string& name, const evidence::Session& session, const Arrival& arrival);
  [[nodiscard]] std::size_t for_us(const evidence::Session& session) const;

  Reflector& reflector_;
  std::vector<Mailbox> addresses_;
  std::function<void(const std::string&)> log_;
  receiver::Spool* spool_ = nullptr;
};

Arrival arrival_of(const receiver::Letter& letter);
/// Of a spooled message and its result. RFC 5321: what was received is `raw`.
Arrival arrival_of(const evidence::Reply& result, std::string raw);

}  // namespace mailprobe::reflector
