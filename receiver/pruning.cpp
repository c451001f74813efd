#include "receiver/pruning.h"

namespace mailprobe::receiver {

namespace {

std::string messages(std::size_t count) { return std::to_string(count) + (count == 1 ? " message" : " messages"); }

void remove(const Spool& spool, std::vector<std::string>& names) {
  std::erase_if(names, [&](const std::string& name) { return !spool.remove(name); });
}

}  // namespace

Pruning what_goes(const std::vector<Kept>& kept, const KeepBounds& bounds, Time now) {
  Pruning out;
  std::vector<const Kept*> young;
  young.reserve(kept.size());
  for (const auto& mail : kept) {
    if (now - mail.since > bounds.age) {
      out.old.push_back(mail.name);
      out.freed += mail.size;
    } else {
      young.push_back(&mail);
      out.left += mail.size;
    }
  }
  for (const auto* mail : young) {
    if (out.left <= bounds.size) break;
    if (!mail->read) continue;
    out.read.push_back(mail->name);
    out.freed += mail->size;
    out.left -= mail->size;
  }
  return out;
}

Pruning prune(const Spool& spool, const KeepBounds& bounds, Time now) {
  const auto kept = spool.list();
  auto out = what_goes(kept, bounds, now);
  remove(spool, out.old);
  remove(spool, out.read);
  return out;
}

std::string told_of(const Pruning& pruning, const KeepBounds& bounds) {
  if (pruning.old.empty() && pruning.read.empty()) return {};
  std::string text = "removed from the spool: ";
  if (!pruning.old.empty()) text += messages(pruning.old.size()) + " older than " + duration_text(bounds.age);
  if (!pruning.old.empty() && !pruning.read.empty()) text += ", ";
  if (!pruning.read.empty())
    text += messages(pruning.read.size()) + " that had been read, for it was over " + std::to_string(bounds.size) +
            " octets";
  return text + "; " + std::to_string(pruning.left) + " octets are left";
}

}  // namespace mailprobe::receiver
