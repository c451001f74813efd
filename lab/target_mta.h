// A target's mail server: takes mail for its domain, judges it (SPF, DKIM, DMARC), writes down what it found and files
// it in the lab's mailbox, with the faults of its row in lab/faults.h. Holds no protocol: that is smtp/server.h.
#pragma once

#include <memory>

#include "auth/evaluate.h"
#include "lab/answers.h"
#include "lab/faults.h"
#include "lab/greylist.h"
#include "lab/world.h"
#include "smtp/server.h"

namespace mailprobe::lab {

class TargetMta final : public smtp::Handler {
 public:
  TargetMta(const Host& host, std::shared_ptr<World> world);

  Task<smtp::Reply> connected(const smtp::ServerState& state) override;
  Task<smtp::Reply> rcpt(const smtp::ServerState& state, const Path& recipient) override;
  Task<smtp::Reply> message(const smtp::ServerState& state, std::string raw) override;

 private:
  [[nodiscard]] smtp::Reply decide(const smtp::ServerState& state, const Path& recipient);
  [[nodiscard]] smtp::Reply first_time(const smtp::ServerState& state, const Path& recipient);
  Answering answer_later(const smtp::ServerState& state, const Path& recipient, const std::string& raw,
                         const std::string& trace);
  Task<auth::Evaluation> judge(const smtp::ServerState& state, std::string_view raw);

  const Host& host_;
  std::shared_ptr<World> world_;
  Greylist greylist_;
};

}  // namespace mailprobe::lab
