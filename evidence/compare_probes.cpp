#include <fmt/format.h>

#include <algorithm>

#include "evidence/compare_parts.h"
#include "evidence/findings.h"

namespace mailprobe::evidence {

namespace {

std::string milliseconds(std::int64_t ms) { return duration_text(std::chrono::milliseconds(ms)); }

Difference about(const char* what, const Probe& probe, std::string thing, std::string at) {
  return {.what = what,
          .subject = probe_subject(probe),
          .check = {},
          .probe = probe.name,
          .before = {},
          .after = {},
          .summary = std::move(thing),
          .evidence = {std::move(at)}};
}

void compare_copies(const MailboxCopy& before, const MailboxCopy& after, const Probe& probe, std::size_t index,
                    Comparison& into) {
  if (before.folder != after.folder) {
    auto made = about("folder", probe, "The copy is in another folder than before.",
                      pointer("probes", index, "mailbox", "folder"));
    made.before = before.folder;
    made.after = after.folder;
    into.changed.push_back(std::move(made));
  }
  // What was found later has a time of whole seconds, or none that means something.
  if (before.late || after.late) return;
  compare_times(about("latency", probe, "The way into the mailbox", pointer("probes", index, "mailbox", "delay_ms")),
                before.delay_ms, after.delay_ms, least_arrival_change_ms, into);
}

void compare_answers(const Reply& before, const Reply& after, const Probe& probe, std::size_t index, Comparison& into) {
  if (before.late || after.late || !before.delay_ms || !after.delay_ms) return;
  compare_times(about("reply-time", probe, "The answer", pointer("probes", index, "reply", "delay_ms")),
                *before.delay_ms, *after.delay_ms, least_arrival_change_ms, into);
}

}  // namespace

void compare_times(Difference about, std::int64_t before, std::int64_t after, std::int64_t least, Comparison& into) {
  if (before < 0 || after < 0) return;  // a document may come from anybody
  const bool slower = after / slower_factor >= before && after - before >= least;
  const bool faster = before / slower_factor >= after && before - after >= least;
  if (!slower && !faster) return;
  about.before = milliseconds(before);
  about.after = milliseconds(after);
  about.summary = fmt::format("{} took {} instead of {}.", about.summary, *about.after, *about.before);
  auto& list = slower ? into.worse : into.better;
  list.push_back(std::move(about));
}

void compare_probes(const Document& before, const Document& after, Comparison& into) {
  for (std::size_t i = 0; i < after.probes.size(); ++i) {
    const auto& now = after.probes[i];
    const auto then = std::ranges::find(before.probes, now.name, &Probe::name);
    if (then == before.probes.end()) continue;
    if (then->mailbox && now.mailbox) compare_copies(*then->mailbox, *now.mailbox, now, i, into);
    if (then->reply && now.reply) compare_answers(*then->reply, *now.reply, now, i, into);
  }
}

}  // namespace mailprobe::evidence
