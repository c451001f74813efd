#include "probe/copies.h"

#include <algorithm>

#include "base/encoding.h"
#include "evidence/answer.h"
#include "imap/mention.h"

namespace mailprobe::probe {

namespace {

std::string file_name(std::size_t number, std::string_view what) {
  return std::to_string(number) + "-" + std::string(what);
}

/// On disk; within the document where that fails, so that nothing which arrived is lost.
evidence::Raw kept(const RunDirectory& directory, const std::string& name, const std::string& bytes,
                   RunDirectory::Safety safety, std::optional<Error>& problem) {
  auto raw = directory.store(name, bytes, safety);
  if (raw) return std::move(*raw);
  if (!problem) problem = std::move(raw.error());
  return {.base64 = base64(bytes), .path = {}, .sha256 = hex(sha256(bytes))};
}

}  // namespace

std::vector<std::string> target_hosts(const evidence::Target& target) {
  std::vector<std::string> hosts{target.domain};
  for (const auto& host : target.mx) hosts.push_back(host.host);
  return hosts;
}

std::optional<Error> store_answers(const std::vector<imap::Answer>& answers, const RunDirectory& directory,
                                   evidence::Probe& probe, std::size_t number) {
  std::optional<Error> problem;
  auto& known = probe.watch->answers;
  for (const auto& answer : answers) {
    const auto digest = hex(sha256(answer.raw));
    if (std::ranges::any_of(known, [&](const auto& other) { return other.raw.sha256 == digest; })) continue;
    const std::string kind = answer.bounce ? "bounce" : "answer";
    auto raw = kept(directory, file_name(number, kind + "-" + std::to_string(known.size() + 1)), answer.raw,
                    RunDirectory::Safety::written, problem);
    auto statuses =
        answer.bounce ? evidence::read_answer(answer.raw, {}).statuses : std::vector<evidence::DeliveryStatus>{};
    known.push_back({kind, answer.folder, std::move(raw), std::move(statuses)});
  }
  return problem;
}

/// Where the copy has the second message in it, the two did not come apart. What is found by its body alone is no
/// message of its own: it is that copy.
Task<std::optional<imap::Copy>> find_second(MailboxWitness& mailbox, const std::string* copy, Steady deadline,
                                            evidence::Smuggling& smuggling) {
  if (copy != nullptr) smuggling.whole = imap::mentioned(*copy, smuggling.id);
  smuggling.completed = smuggling.whole == true;
  if (smuggling.completed) co_return std::nullopt;
  auto id = smuggling.id;
  auto found = co_await mailbox.find(std::move(id), deadline);
  smuggling.completed = found || mailbox.facts().completed;
  if (!found || !found->by_body) co_return found;
  smuggling.whole = true;
  co_return std::nullopt;
}

std::optional<Error> store_second(const imap::Copy& second, const RunDirectory& directory, evidence::Probe& probe,
                                  std::size_t number) {
  std::optional<Error> problem;
  probe.smuggling->raw =
      kept(directory, file_name(number, "smuggled"), second.raw, RunDirectory::Safety::on_disk, problem);
  probe.smuggling->folder = second.folder;
  return problem;
}

Task<std::optional<Error>> examine_copy(FoundCopy found, RunDirectory& directory, MailboxWitness& mailbox,
                                        dns::Resolver& resolver, const Progress& progress, evidence::Probe& probe) {
  std::optional<Error> problem;
  const auto safety = found.remove ? RunDirectory::Safety::on_disk : RunDirectory::Safety::written;
  auto raw = kept(directory, file_name(found.number, "mailbox"), found.copy.raw, safety, problem);
  const auto noted = directory.journal().write(probe.id, found.late ? JournalEvent::late : JournalEvent::found,
                                               {{"folder", found.copy.folder}});
  if (!noted && !problem) problem = noted.error();
  if (found.remove && problem) {
    progress.say("the copy is left in the mailbox, because it could not be stored safely here");
  } else if (found.remove) {
    co_await mailbox.remove(found.copy);
    probe.watch = mailbox.facts();
  }
  auto judged = co_await verify_copy(found.copy, std::move(found.expectation), resolver);
  judged.raw = std::move(raw);
  judged.copies = static_cast<std::int64_t>(found.copy.copies);
  judged.late = found.late;
  probe.mailbox = std::move(judged);
  co_return problem;
}

}  // namespace mailprobe::probe
