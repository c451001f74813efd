#include "scenarios/own_signatures.h"

#include <algorithm>

#include "evidence/our_signatures.h"
#include "evidence/trail.h"

namespace mailprobe::scenarios {

namespace {

using evidence::OurSignature;
using evidence::Probe;

/// Of the copy whose signatures `path` is about; nullptr: of none. What is wrong on purpose may be signed by anybody.
const std::vector<auth::Dkim>* copy_at(const Path& path, const Path& way, const Probe& probe) {
  if (probe.fault || way.size() < 2 || way[1].name != "dkim") return nullptr;
  if (path.front().name == "dkim" && way[0].name == "mailbox" && probe.mailbox) return &probe.mailbox->dkim;
  return way[0].name == "forward" && probe.forward ? &probe.forward->dkim : nullptr;
}

/// Those that the key of the step names, as in dkim[r1] and dkim["r1 simple/simple"].
std::vector<OurSignature> asked_for(const std::optional<std::string>& key, const Probe& probe,
                                    const std::vector<auth::Dkim>& copy, const evidence::RawReader& raw) {
  auto ours = evidence::our_signatures(probe, copy, probe.sent && raw ? raw(probe.sent->raw) : std::nullopt);
  if (key) std::erase_if(ours, [&](const OurSignature& each) { return !is_signature(each.name, *key); });
  return ours;
}

}  // namespace

bool leave_ours(std::vector<Value>& values, const Path& path, const Path& way, const Probe& probe,
                const evidence::RawReader& raw) {
  const auto* copy = copy_at(path, way, probe);
  if (copy == nullptr) return false;
  const auto& key = way[1].key;
  const auto ours = asked_for(key, probe, *copy, raw);
  if (key && ours.empty() && path.front().name == "forward") return false;
  std::erase_if(values, [&](const Value& each) {
    evidence::Trail trail(each.pointer);
    for (int i = 0; i < 4; ++i) (void)trail.next();  // /probes/0/mailbox/dkim
    const auto* found = trail.of(*copy);
    return found != nullptr && std::ranges::find(ours, found, &OurSignature::found) == ours.end();
  });
  return std::ranges::find(ours, nullptr, &OurSignature::found) != ours.end();
}

}  // namespace mailprobe::scenarios
