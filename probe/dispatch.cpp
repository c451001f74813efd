#include "probe/execution.h"
#include "probe/identifiers.h"
#include "probe/signing.h"
#include "probe/trap_witness.h"

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

std::vector<std::string> addresses_of(const std::vector<evidence::TrapAsked>& traps) {
  std::vector<std::string> all;
  all.reserve(traps.size());
  for (const auto& one : traps) all.push_back(one.address);
  return all;
}

/// The signature that only this probe has stands lowest: those that matter come first.
Result<std::string> signed_message(const Surroundings& around, const Letter& letter) {
  auto message = compose(letter);
  if (around.dns_witness != nullptr && around.dns_witness->there()) {
    auto with = around.dns_witness->sign(message, letter.id, letter.date);
    if (!with) return with;
    message = std::move(*with);
  }
  return sign_with_all(message, around.identity, letter.date);
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
  std::vector<evidence::TrapAsked> traps;
  if (around.options.traps) {
    auto asked = traps_to_ask(around.settings, identity.address, id);
    if (!asked) return std::unexpected(asked.error());
    traps = std::move(*asked);
    std::erase_if(traps, [&](const auto& one) {
      return std::ranges::find(around.traps_left_out, one.name, &evidence::TrapLeftOut::name) !=
             around.traps_left_out.end();
    });
  }
  const Letter letter{.id = id,
                      .from = identity.address,
                      .reply_to = *own,
                      .to = around.options.to,
                      .contact = around.settings.contact,
                      .date = now(),
                      .answers_read = !around.settings.receiver.listen.empty(),
                      .answer_wanted = around.options.reply,
                      .also_answer = addresses_of(traps)};
  auto sent = signed_message(around, letter);
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
  if (around.options.traps)
    probe.traps = evidence::TrapWatch{.asked = std::move(traps), .left_out = around.traps_left_out};
  if (around.dns_witness != nullptr) probe.dns_witness = around.dns_witness->of(id);
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
  if (around.options.chunking) delivery.method = smtp::Method::chunking;
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

}  // namespace mailprobe::probe
