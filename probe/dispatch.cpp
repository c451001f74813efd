#include "base/encoding.h"
#include "probe/execution.h"
#include "probe/identifiers.h"
#include "probe/signing.h"
#include "probe/smuggling.h"
#include "probe/trap_witness.h"
#include "receiver/folder.h"
#include "scenarios/faults.h"

namespace mailprobe::probe {

namespace {

std::string file_name(std::size_t number, std::string_view what) {
  return std::to_string(number) + "-" + std::string(what);
}

Result<Path> reverse_path_of(const Surroundings& around, const scenarios::PlannedProbe& planned, const Mailbox& own) {
  if (planned.send.reverse_path == scenarios::ReversePath::empty) return Path();
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

/// Signed as the identity always does.
bool usual(const scenarios::Dkim& dkim) {
  return dkim.sign && dkim.keys.empty() && dkim.canonicalization.empty() && dkim.headers.empty() &&
         dkim.fault == scenarios::DkimFault::none;
}

/// Where the message is to bear no signature but those that are asked for, our DNS sees nothing of it. One of our own
/// DNS would be aligned with a name below the identity's, and right what is to be wrong.
const DnsWitness* witness_of(const Surroundings& around, const scenarios::PlannedProbe& planned) {
  const auto found = around.dns_witnesses.find(planned.identity);
  if (found == around.dns_witnesses.end() || !planned.dns || !usual(planned.send.dkim) ||
      planned.send.from != scenarios::From::own)
    return nullptr;
  return &found->second;
}

/// By a key that is made for it, and published as long as the dispatch lives.
Result<std::string> weakly_signed(const Surroundings& around, const scenarios::PlannedProbe& planned,
                                  const Letter& letter, std::optional<receiver::PublishedKey>& published) {
  auto key = auth::SigningKey::make_weak();
  if (!key) return std::unexpected(key.error());
  const receiver::WeakKeys keys(receiver::Folder::beside(around.settings.runs).weak_keys());
  auto held = keys.publish(letter.id, key->dns_record());
  if (!held) return std::unexpected(held.error());
  published.emplace(std::move(*held));
  DkimKey own{.selector = letter.id,
              .key = std::move(*key),
              .canonicalizations = {{auth::Canon::relaxed, auth::Canon::relaxed}}};
  return sign_alone(compose(letter, planned.send), around.settings.receiver.dns.weak_domain.value_or(""),
                    std::move(own), planned.send.dkim, letter.date);
}

/// The signature that only this probe has stands lowest: those that matter come first.
Result<std::string> signed_message(const Surroundings& around, const scenarios::PlannedProbe& planned,
                                   const Letter& letter, std::optional<receiver::PublishedKey>& published) {
  if (planned.send.end_of_data) return smuggling_message(letter, planned.send);
  if (scenarios::has_weak_key(planned.send)) return weakly_signed(around, planned, letter, published);
  auto message = compose(letter, planned.send);
  if (const auto* witness = witness_of(around, planned); witness != nullptr && witness->there()) {
    auto with = witness->sign(message, letter.id, letter.date);
    if (!with) return with;
    message = std::move(*with);
  }
  return sign_as(message, around.identity(planned), planned.send.dkim, letter.date);
}

Result<std::vector<evidence::TrapAsked>> traps_of(const Surroundings& around, const scenarios::PlannedProbe& planned,
                                                  const Mailbox& address, const std::string& id) {
  if (!planned.traps) return std::vector<evidence::TrapAsked>{};
  auto asked = traps_to_ask(around.settings, address, id);
  if (!asked) return asked;
  std::erase_if(*asked, [&](const auto& one) {
    return std::ranges::find(around.traps_left_out, one.name, &evidence::TrapLeftOut::name) !=
           around.traps_left_out.end();
  });
  return asked;
}

/// What the plan says of it, and its addresses.
evidence::Probe probe_of(const Surroundings& around, const scenarios::PlannedProbe& planned, const Letter& letter) {
  evidence::Probe probe;
  probe.id = letter.id;
  probe.name = planned.name;
  probe.identity = planned.identity;
  probe.variation = planned.variation;
  probe.control_of = planned.control_of;
  probe.fault = scenarios::fault_of(planned.send);
  probe.from = planned.from;
  probe.to = planned.to;
  probe.message_id = message_id(letter);
  probe.secret = planned.secret;
  probe.via = around.options.via;
  if (planned.send.end_of_data)
    probe.smuggling = evidence::Smuggling{.sequence = std::string(word(*planned.send.end_of_data)),
                                          .id = second_id(letter.id),
                                          .replies = {},
                                          .whole = {},
                                          .folder = {},
                                          .raw = {}};
  if (const auto* witness = witness_of(around, planned)) probe.dns_witness = witness->of(letter.id);
  return probe;
}

struct Message {
  Result<std::string> bytes;
  Result<evidence::Raw> raw;  // where they lie
};

/// Made and stored; or read again, as it was stored by an earlier life of the run.
Message message_of(const Surroundings& around, const RunDirectory& directory, const Dispatch& dispatch,
                   const Letter& letter, bool stored, std::optional<receiver::PublishedKey>& published) {
  const auto name = file_name(dispatch.number, "sent");
  if (stored) {
    evidence::Raw raw{.base64 = {}, .path = "raw/" + name + ".eml", .sha256 = {}};
    auto bytes = directory.load(raw);
    if (!bytes) return {.bytes = fail(Failure::ours, *raw.path + " is gone: the run cannot go on"), .raw = raw};
    raw.sha256 = hex(sha256(*bytes));
    return {.bytes = std::move(*bytes), .raw = std::move(raw)};
  }
  auto bytes = signed_message(around, *dispatch.planned, letter, published);
  if (!bytes) return {.bytes = std::move(bytes), .raw = evidence::Raw{}};
  auto raw = directory.store(name, *bytes, RunDirectory::Safety::on_disk);
  return {.bytes = std::move(bytes), .raw = std::move(raw)};
}

}  // namespace

Result<Dispatch> make_dispatch(const Surroundings& around, const RunDirectory& directory,
                               const scenarios::PlannedProbe& planned, std::vector<Place> places, std::size_t number,
                               const Fate* fate) {
  const auto& identity = around.identity(planned);
  const auto id = fate == nullptr ? new_probe_id() : fate->probe;
  auto own = tagged(identity.address, id);
  if (!own) return std::unexpected(own.error());
  auto author = Mailbox::parse(planned.from);
  if (!author) return std::unexpected(author.error());
  const auto sender = tagged(*author, id);
  if (!sender) return std::unexpected(sender.error());
  auto to = Mailbox::parse(planned.to);
  if (!to) return std::unexpected(to.error());
  const auto reverse_path = reverse_path_of(around, planned, *sender);
  if (!reverse_path) return std::unexpected(reverse_path.error());
  auto traps = traps_of(around, planned, identity.address, id);
  if (!traps) return std::unexpected(traps.error());
  const Letter letter{.id = id,
                      .from = std::move(*author),
                      .reply_to = *own,
                      .to = std::move(*to),
                      .contact = around.settings.contact,
                      .date = now(),
                      .answers_read = !around.settings.receiver.listen.empty(),
                      .answer_wanted = planned.reply && !planned.dsn,  // of the mail system, not of a person
                      .also_answer = addresses_of(*traps)};
  Dispatch dispatch;
  dispatch.planned = &planned;
  dispatch.number = number;
  // A weak key ended with the process that signed by it: what it has not sent is signed anew.
  const bool stored = fate != nullptr && (fate->decided() || !scenarios::has_weak_key(planned.send));
  auto [sent, raw] = message_of(around, directory, dispatch, letter, stored, dispatch.weak_key);
  if (!sent) return std::unexpected(sent.error());
  if (!raw) return std::unexpected(raw.error());
  dispatch.probe = probe_of(around, planned, letter);
  dispatch.sent = std::move(*sent);
  dispatch.places = std::move(places);
  auto& probe = dispatch.probe;
  probe.reverse_path = reverse_path->text();
  probe.sent = evidence::Sent{.raw = std::move(*raw), .at = {}};
  probe.policy =
      dispatch.places.empty() ? policy_without_target({planned.floor}).applied : dispatch.places.front().policy.applied;
  if (planned.traps) probe.traps = evidence::TrapWatch{.asked = std::move(*traps), .left_out = around.traps_left_out};
  return dispatch;
}

Result<Consignment> consignment_of(const Surroundings& around, const Preflight& preflight, const Dispatch& dispatch) {
  const auto& settings = around.settings;
  const auto& planned = *dispatch.planned;
  const auto to = Mailbox::parse(planned.to);
  if (!to) return std::unexpected(to.error());
  smtp::Delivery delivery;
  delivery.helo = settings.helo;
  if (!dispatch.probe.reverse_path.empty()) {
    const auto mailbox = Mailbox::parse(dispatch.probe.reverse_path);
    if (!mailbox) return std::unexpected(mailbox.error());
    delivery.reverse_path = Path(*mailbox);
  }
  delivery.recipient = Path(*to);
  delivery.message = dispatch.sent;
  delivery.hidden = around.hidden;
  if (planned.send.end_of_data) delivery.method = smtp::Method::verbatim;
  if (planned.chunking) delivery.method = smtp::Method::chunking;
  delivery.require_tls = planned.require_tls;
  if (planned.dsn) delivery.dsn_envid = dispatch.probe.id;
  delivery.handshake.context = around.context;
  delivery.credentials = preflight.relay_credentials;

  Consignment consignment{.id = dispatch.probe.id,
                          .recipient = to->text(),
                          .places = dispatch.places,
                          .sources = settings.source_ips,
                          .delivery = std::move(delivery),
                          .wait = around.wait(planned),
                          .retry = around.options.retry,
                          .limited = around.submission() == nullptr,
                          .wrong = dispatch.probe.fault.has_value()};
  if (around.options.source_ip) consignment.sources = {*around.options.source_ip};
  consignment.source_asked = around.options.source_ip.has_value();
  return consignment;
}

}  // namespace mailprobe::probe
