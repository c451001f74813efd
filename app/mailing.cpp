#include "app/mailing.h"

#include "app/identity_choice.h"
#include "app/logging.h"
#include "app/template_files.h"
#include "base/files.h"
#include "base/safe_text.h"
#include "probe/compose.h"
#include "probe/identifiers.h"
#include "probe/signing.h"
#include "probe/suppression.h"
#include "receiver/folder.h"
#include "reflector/post.h"
#include "reporter/mail.h"
#include "reporter/reporter.h"

namespace mailprobe::app {

namespace {

/// Signed, ready to go.
Result<reflector::Outgoing> letter_of(const evidence::Document& document, const evidence::RawReader& raw,
                                      const std::string& page, const Mailbox& to, const probe::Identity& identity) {
  const reporter::Envelope envelope{
      .id = probe::new_probe_id(), .from = identity.address, .to = to, .date = mailprobe::now()};
  auto reverse_path = probe::tagged(identity.address, envelope.id);
  if (!reverse_path) return std::unexpected(reverse_path.error());
  auto message = probe::sign_with_all(reporter::mail(document, page, envelope, raw), identity, envelope.date);
  if (!message) return std::unexpected(message.error());
  return reflector::Outgoing{.probe = envelope.id,
                             .recipient = to.text(),
                             .reverse_path = reverse_path->text(),
                             .created = envelope.date,
                             .due = envelope.date,
                             .message = std::move(*message)};
}

Result<reflector::Post> post_of(const World& world, const probe::Identity& identity, std::optional<std::string> via) {
  auto context = tls::Context::client({.ca_file = world.settings.ca_file, .ca_pem = world.settings.ca_pem});
  if (!context) return std::unexpected(context.error());
  probe::Progress progress;
  progress.step = [](const std::string& line) { log_debug(line); };
  return reflector::Post{.settings = world.settings,
                         .identity = identity,
                         .resolver = *world.resolver,
                         .network = probe::real_network(),
                         .context = std::move(*context),
                         .via = std::move(via),
                         .progress = std::move(progress)};
}

bool not_mailed(const Error& error) {
  log_error("the report was not mailed: " + describe(error));
  return false;
}

}  // namespace

Task<bool> mail_report(const evidence::Document& document, const evidence::RawReader& raw, const CommonOptions& common,
                       const World& world, std::optional<std::string> via) {
  const auto permitted = probe::Suppression::beside(world.settings.runs).permits(*common.mail_to);
  if (!permitted) co_return not_mailed(permitted.error());
  const auto identity = identity_of(world.settings, std::nullopt);
  if (!identity) co_return not_mailed(identity.error());
  const auto shown = common.redact ? reporter::redacted(document) : document;
  const evidence::RawReader read = common.redact ? evidence::embedded : raw;
  const auto page = html_page(shown, read, common);
  auto letter = letter_of(shown, read, page, *common.mail_to, **identity);
  if (!letter) co_return not_mailed(letter.error());
  const auto post = post_of(world, **identity, std::move(via));
  if (!post) co_return not_mailed(post.error());
  const auto folder = receiver::home_of(world.settings.runs) / "mailed";
  if (const auto made = make_directory(folder); !made) co_return not_mailed(made.error());
  auto journal = folder / letter->probe;
  const auto tried = co_await reflector::try_answer(*post, std::move(*letter), std::move(journal));
  const bool gone = tried.fate == reflector::Fate::delivered || tried.fate == reflector::Fate::possibly;
  if (gone)
    log_info("the report was mailed to " + safe_text(common.mail_to->text(), 320) + ": " + tried.words);
  else
    log_error("the report was not mailed: " + tried.words);
  co_return gone;
}

}  // namespace mailprobe::app
