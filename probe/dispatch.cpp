#include "base/encoding.h"
#include "probe/execution.h"
#include "probe/identifiers.h"
#include "probe/signing.h"
#include "probe/verification.h"

namespace mailprobe::probe {

namespace {

std::string file_name(std::size_t number, std::string_view what) {
  return std::to_string(number) + "-" + std::string(what);
}

Result<Path> reverse_path_of(const Surroundings& around, const Mailbox& own) {
  const auto* relay = around.submission();
  if (relay == nullptr || !relay->reverse_path || relay->reverse_path->empty()) return Path(own);
  auto mailbox = Mailbox::parse(*relay->reverse_path);  // the relay insists on it
  if (!mailbox) return std::unexpected(mailbox.error());
  return Path(*mailbox);
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

Result<Dispatch> make_dispatch(const Surroundings& around, const RunDirectory& directory,
                               const scenarios::PlannedProbe& planned, std::vector<Place> places, std::size_t number) {
  const auto& identity = around.identity;
  const auto id = new_probe_id();
  auto own = tagged(identity.address, id);
  if (!own) return std::unexpected(own.error());
  const auto reverse_path = reverse_path_of(around, *own);
  if (!reverse_path) return std::unexpected(reverse_path.error());
  const Letter letter{.id = id,
                      .from = identity.address,
                      .reply_to = *own,
                      .to = around.options.to,
                      .contact = around.settings.contact,
                      .date = now()};
  auto sent = sign_with_all(compose(letter), identity, letter.date);
  if (!sent) return std::unexpected(sent.error());
  auto raw = directory.store(file_name(number, "sent"), *sent, RunDirectory::Safety::on_disk);
  if (!raw) return std::unexpected(raw.error());

  Dispatch dispatch;
  dispatch.sent = std::move(*sent);
  dispatch.places = std::move(places);
  auto& probe = dispatch.probe;
  probe.id = id;
  probe.name = planned.name;
  probe.identity = planned.identity;
  probe.from = planned.from;
  probe.reverse_path = reverse_path->text();
  probe.to = planned.to;
  probe.message_id = message_id(letter);
  probe.sent = evidence::Sent{.raw = std::move(*raw), .at = {}};
  probe.policy = dispatch.places.empty() ? policy_without_target({around.options.floor}).applied
                                         : dispatch.places.front().policy.applied;
  probe.via = around.options.via;
  return dispatch;
}

Result<Consignment> consignment_of(const Surroundings& around, const Preflight& preflight, const Dispatch& dispatch) {
  const auto& settings = around.settings;
  smtp::Delivery delivery;
  delivery.helo = settings.helo;
  if (!dispatch.probe.reverse_path.empty()) {
    const auto mailbox = Mailbox::parse(dispatch.probe.reverse_path);
    if (!mailbox) return std::unexpected(mailbox.error());
    delivery.reverse_path = Path(*mailbox);
  }
  delivery.recipient = Path(around.options.to);
  delivery.message = dispatch.sent;
  delivery.require_tls = around.options.require_tls;
  delivery.handshake.context = around.context;
  delivery.credentials = preflight.relay_credentials;

  Consignment consignment{.id = dispatch.probe.id,
                          .recipient = around.options.to.text(),
                          .places = dispatch.places,
                          .sources = settings.source_ips,
                          .delivery = std::move(delivery),
                          .wait = around.wait(),
                          .limited = around.submission() == nullptr};
  if (around.options.source_ip) consignment.sources = {*around.options.source_ip};
  consignment.source_asked = around.options.source_ip.has_value();
  return consignment;
}

std::optional<Error> store_answers(const RunDirectory& directory, Dispatch& dispatch, std::size_t number) {
  std::optional<Error> problem;
  for (std::size_t i = 0; i < dispatch.answers.size(); ++i) {
    const auto& answer = dispatch.answers[i];
    const std::string kind = answer.bounce ? "bounce" : "answer";
    auto raw = kept(directory, file_name(number, kind + "-" + std::to_string(i + 1)), answer.raw,
                    RunDirectory::Safety::written, problem);
    dispatch.probe.watch->answers.push_back({kind, answer.folder, std::move(raw)});
  }
  return problem;
}

Task<std::optional<Error>> examine_copy(const Surroundings& around, const Preflight& preflight, RunDirectory& directory,
                                        Dispatch& dispatch, std::size_t number) {
  std::optional<Error> problem;
  if (!dispatch.copy) co_return problem;
  auto& copy = *dispatch.copy;
  const auto safety = around.options.delete_copy ? RunDirectory::Safety::on_disk : RunDirectory::Safety::written;
  auto raw = kept(directory, file_name(number, "mailbox"), copy.raw, safety, problem);
  const auto noted = directory.journal().write(dispatch.probe.id, JournalEvent::found, {{"folder", copy.folder}});
  if (!noted && !problem) problem = noted.error();
  if (around.options.delete_copy && problem) {
    around.progress.say("the copy is left in the mailbox, because it could not be stored safely here");
  } else if (around.options.delete_copy) {
    co_await preflight.mailbox->remove(copy);
    dispatch.probe.watch = preflight.mailbox->facts();
  }

  Expectation expectation;
  expectation.sent = dispatch.sent;
  expectation.handover = {.local_address = dispatch.delivered.local_address,
                          .helo = around.settings.helo,
                          .reverse_path = dispatch.probe.reverse_path,
                          .relayed = around.submission() != nullptr,
                          .target_hosts = {around.options.to.domain()}};
  for (const auto& host : preflight.target.mx) expectation.handover.target_hosts.push_back(host.host);
  expectation.authserv_ids = preflight.mailbox->account().authserv_ids;
  expectation.accepted = dispatch.delivered.at.value_or(copy.seen);
  auto judged = co_await verify_copy(copy, std::move(expectation), around.resolver);
  judged.raw = std::move(raw);
  judged.copies = static_cast<std::int64_t>(copy.copies);
  dispatch.probe.mailbox = std::move(judged);
  co_return problem;
}

}  // namespace mailprobe::probe
