// One try to deliver an answer: its route, the target's policies (DANE, MTA-STS), every address in turn; or through a
// submission server. What follows from a failure is reflector/reflector.h's. RFC 5321 §5.1, RFC 7672, RFC 8461.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "dns/resolver.h"
#include "probe/network.h"
#include "probe/progress.h"
#include "probe/settings.h"
#include "reflector/outbox.h"
#include "tls/context.h"

namespace mailprobe::reflector {

/// What delivering takes. The references outlive it.
struct Post {
  const probe::Settings& settings;
  const probe::Identity& identity;
  dns::Resolver& resolver;
  probe::Network network;
  std::shared_ptr<const tls::Context> context;
  std::optional<std::string> via;  // a submission server
  TlsFloor floor = TlsFloor::encrypt;
  probe::Progress progress;
};

enum class Fate {
  delivered,  // accepted
  possibly,   // no reply after the final dot: never sent again
  refused,    // for good
  later,      // 4xx, no connection, a limit or a fault of ours: another try may do
};

struct Tried {
  Fate fate = Fate::later;
  std::string words;  // safe to print: "accepted by mx.probe.test (192.0.2.1), TLSv1.3"
};

/// `journal`: the answer's own. Cancelled before the final dot it is `later`.
Task<Tried> try_answer(const Post& post, Outgoing answer, std::filesystem::path journal);

}  // namespace mailprobe::reflector
