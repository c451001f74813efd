#include "app/answering.h"

#include "app/logging.h"
#include "auth/public_suffix.h"
#include "base/text.h"
#include "probe/objections.h"
#include "receiver/folder.h"

namespace mailprobe::app {

namespace {

constexpr auto grace = std::chrono::seconds(20);  // of answers that are going out

Error missing(std::string words) { return {Failure::usage, std::move(words), {}, {}}; }

/// Whose keys sign for the address: the identity of its domain, else one of the same organisation.
Result<const probe::Identity*> identity_for(const probe::Settings& settings, const Mailbox& address) {
  const probe::Identity* related = nullptr;
  for (const auto& [name, identity] : settings.identities) {
    if (iequals(identity.domain, address.domain())) return &identity;
    if (auth::registrable_domain(identity.domain) == auth::registrable_domain(address.domain())) related = &identity;
  }
  if (related != nullptr) return related;
  return std::unexpected(missing("no identity has keys for " + address.domain() + ", where answers are to come from"));
}

Result<const probe::MailboxAccount*> account_of(const probe::Settings& settings, const std::string& name) {
  const auto found = settings.mailboxes.find(name);
  if (found != settings.mailboxes.end()) return &found->second;
  std::string names;
  for (const auto& [other, account] : settings.mailboxes) names += (names.empty() ? "" : ", ") + other;
  return std::unexpected(
      missing("there is no mailbox \"" + name + "\"; there are: " + (names.empty() ? "none" : names)));
}

Result<reflector::Post> post_of(const World& world, const probe::Identity& identity,
                                const std::optional<std::string>& via) {
  const auto& settings = world.settings;
  auto context = tls::Context::client({.ca_file = settings.ca_file, .ca_pem = settings.ca_pem});
  if (!context) return std::unexpected(context.error());
  probe::Progress progress;
  progress.step = [](const std::string& line) { log_debug(line); };
  return reflector::Post{.settings = settings,
                         .identity = identity,
                         .resolver = *world.resolver,
                         .network = probe::real_network(),
                         .context = std::move(*context),
                         .via = via,
                         .progress = std::move(progress)};
}

/// What it takes to answer.
struct Means {
  const probe::MailboxAccount* account = nullptr;  // where probes come in; none: at the receiver
  Mailbox address;
  reflector::Post post;
};

/// nullopt: nobody is answered.
Result<std::optional<Means>> means_of(const ReflectCommand& command, const World& world) {
  const auto& settings = world.settings;
  const probe::MailboxAccount* account = nullptr;
  if (command.mailbox) {
    const auto found = account_of(settings, *command.mailbox);
    if (!found) return std::unexpected(found.error());
    account = *found;
  }
  if (command.via && !settings.submission.contains(*command.via))
    return std::unexpected(missing("there is no submission server \"" + *command.via + "\""));
  if (account == nullptr && settings.receiver.reflectors.empty()) return std::nullopt;
  const auto address = account != nullptr ? account->address : settings.receiver.reflectors.front();
  const auto identity = identity_for(settings, address);
  if (!identity) return std::unexpected(identity.error());
  auto post = post_of(world, **identity, command.via);
  if (!post) return std::unexpected(post.error());
  return Means{.account = account, .address = address, .post = std::move(*post)};
}

}  // namespace

Result<void> Answering::check(const ReflectCommand& command, const World& world) {
  const auto means = means_of(command, world);
  if (!means) return std::unexpected(means.error());
  return {};
}

Task<Result<std::unique_ptr<Answering>>> Answering::open(const ReflectCommand& command, const World& world) {
  auto means = means_of(command, world);
  if (!means) co_return std::unexpected(means.error());
  if (!*means) co_return nullptr;
  const auto& settings = world.settings;
  auto& [account, address, post] = **means;
  std::unique_ptr<Answering> self(new Answering(address));
  const auto folder = receiver::home_of(settings.runs) / "reflector";
  const auto host = settings.receiver.host.empty() ? settings.helo : settings.receiver.host;
  reflector::Options options{.address = address,
                             .ours = settings.receiver.reflectors,
                             .host = host,
                             .folder = folder,
                             .most = {},
                             .judge_for = settings.receiver.judge_for};
  auto posting = post;
  auto started = co_await reflector::Reflector::start(std::move(options), std::move(posting), log_info);
  if (!started) co_return std::unexpected(started.error());
  self->reflector_ = std::move(*started);
  auto pause = probe::real_network().pause;
  self->undecided_ = co_await reflector::Undecided::make(std::move(pause));
  self->letters_ = std::make_unique<reflector::Letters>(*self->reflector_, *self->undecided_, *world.resolver,
                                                        settings.receiver.reflectors, log_info);
  if (account != nullptr)
    if (auto opened = co_await self->open_mailbox(*account, std::move(post), folder); !opened)
      co_return std::unexpected(opened.error());
  co_return self;
}

Task<Result<void>> Answering::open_mailbox(const probe::MailboxAccount& account, reflector::Post post,
                                           std::filesystem::path folder) {
  auto take = [this, objections = probe::Objections(post.settings.runs)](const reflector::Arrival& arrival) {
    const probe::Objector objector{.raw = arrival.raw, .session = arrival.session, .dmarc = arrival.dmarc};
    if (const auto line = objections.heed_of_mailbox(objector); !line.empty()) log_info(line);
    return reflector_->consider(arrival);
  };
  source_ = std::make_unique<reflector::MailboxSource>(account, std::move(post), std::move(folder), std::move(take),
                                                       *undecided_, log_info);
  co_return co_await source_->open();
}

Task<void> Answering::stop() {
  co_await undecided_->stop();
  co_await reflector_->stop(grace);
}

}  // namespace mailprobe::app
