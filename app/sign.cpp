// sign: one message signed with DKIM or sealed with ARC, and printed. Looks nothing up but the keys of the chain that
// it seals.
#include <algorithm>

#include "app/commands.h"
#include "app/config_files.h"
#include "app/exit_status.h"
#include "app/identity_choice.h"
#include "app/message_files.h"
#include "app/output_files.h"
#include "app/runtime.h"
#include "app/suggest.h"
#include "app/world.h"
#include "app/zone_file.h"
#include "auth/arc_seal.h"
#include "auth/arc_verify.h"
#include "base/safe_text.h"
#include "probe/signing.h"

namespace mailprobe::app {

namespace {

struct Letter {
  std::string name;
  std::string bytes;  // CRLF line endings
  bool lf = false;    // the file had others
};

struct Signer {
  std::string domain;
  std::vector<probe::DkimKey> keys;
};

Result<Letter> read_letter(const std::string& file) {
  const auto name = safe_text(file);
  MessageFiles files(file);
  auto message = files.next();
  if (!message || message->error)
    return fail(Failure::usage, name + ": " + (message ? *message->error : "there is no message in it"));
  if (files.next()) return fail(Failure::usage, name + " holds several messages: give one at a time");
  return Letter{.name = name, .bytes = std::move(message->bytes), .lf = message->lf};
}

Result<Signer> signer_of_key(const SignCommand& command, const Environment& environment) {
  const auto path = expand(*command.key, environment.working_directory, environment);
  const auto pem = read_private_file(path, "key file");
  if (!pem) return fail(Failure::usage, "--key: " + pem.error().message);
  auto key = auth::SigningKey::from_pem(*pem);
  if (!key)
    return fail(Failure::usage, "--key: the key file " + safe_text(path.string()) + " cannot be used, " +
                                    key.error().message + ": make one with \"openssl genrsa 2048\"");
  Signer signer{.domain = DomainName::parse(*command.domain)->text(), .keys = {}};
  signer.keys.push_back(
      {.selector = *command.selector, .key = std::move(*key), .canonicalizations = {command.canonicalization}});
  return signer;
}

Result<Signer> signer_of_identity(const SignCommand& command, const World& world) {
  if (!world.configured) return std::unexpected(not_configured());
  const auto identity = identity_of(world.settings, command.identity);
  if (!identity) return std::unexpected(identity.error());
  Signer signer{.domain = (*identity)->domain, .keys = (*identity)->dkim};
  if (command.selector) std::erase_if(signer.keys, [&](const auto& key) { return key.selector != *command.selector; });
  if (!signer.keys.empty()) return signer;
  std::string known;
  for (const auto& key : (*identity)->dkim) known += (known.empty() ? "" : ", ") + key.selector;
  return fail(Failure::usage, "the identity " + in_quotes((*identity)->name) + " has no key with the selector " +
                                  in_quotes(command.selector.value_or("")) + "; it has " + safe_text(known));
}

/// With a key and nothing to look up there is nothing to configure.
bool needs_settings(const SignCommand& command) { return !command.key || (command.authserv_id && !command.zone); }

/// What is wrong with the message is no fault of ours.
std::unexpected<Error> about(const Letter& letter, Error error) {
  if (error.kind == Failure::ours) error.kind = Failure::usage;
  error.message = letter.name + ": " + error.message;
  return std::unexpected(std::move(error));
}

Task<Result<void>> choose_resolver(const SignCommand& command, World& world) {
  if (!command.zone) co_return co_await open_resolver(world);
  auto resolver = resolver_of(*command.zone);
  if (!resolver) co_return std::unexpected(resolver.error());
  world.resolver = std::move(*resolver);
  co_return Result<void>{};
}

/// One set, by the first of the keys.
Task<Result<std::string>> seal(const SignCommand& command, const Letter& letter, const Signer& signer,
                               dns::Resolver& resolver) {
  const auto time = command.time.value_or(now());
  const auto message = auth::split_message(letter.bytes);
  const auto chain = co_await auth::verify_arc(message, time, resolver);
  if (chain.temporary)  // sealed now it would be cv=fail for good (RFC 8617 §5.2.1)
    co_return fail(Failure::timeout,
                   letter.name + ": its chain cannot be verified for now, " + chain.reason + ": try again later");
  const auto& key = signer.keys.front();
  const auto [header, body] = key.canonicalizations.front();
  const auth::SignOptions options{
      .domain = signer.domain, .selector = key.selector, .header = header, .body = body, .headers = {}, .time = time};
  const auto set = auth::seal_arc(letter.bytes, chain, key.key, options, *command.authserv_id);
  if (!set) co_return about(letter, set.error());
  co_return *set + letter.bytes;
}

/// A CR that ends no line is the message's own, and stays.
std::string with_lf(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i)
    if (!text.substr(i).starts_with("\r\n")) out += text[i];
  return out;
}

Result<void> print(const SignCommand& command, const Letter& letter, std::string message) {
  if (letter.lf) message = with_lf(message);
  return write_output(command.output.value_or("-"), message);
}

Result<std::string> sign_letter(const SignCommand& command, const Letter& letter, const Signer& signer) {
  auto message = probe::sign_with_keys(letter.bytes, signer.domain, signer.keys, command.time.value_or(now()));
  if (!message) return about(letter, message.error());
  return message;
}

Task<Result<std::string>> signed_letter(const SignCommand& command, const Letter& letter, const Signer& signer,
                                        World& world) {
  if (!command.authserv_id) co_return sign_letter(command, letter, signer);
  auto resolver = co_await choose_resolver(command, world);
  if (!resolver) co_return std::unexpected(resolver.error());
  co_return co_await seal(command, letter, signer, *world.resolver);
}

Task<int> sign(const SignCommand& command, const Setting& setting) {
  const auto letter = read_letter(command.file);
  if (!letter) co_return complain(letter.error());
  World world;
  if (needs_settings(command)) {
    const Needs needs{.keys = !command.key, .secrets = false, .session = false};
    auto opened = co_await open_world(setting.common, needs, setting.environment);
    if (!opened) co_return complain(opened.error());
    world = std::move(*opened);
  }
  const auto signer = command.key ? signer_of_key(command, setting.environment) : signer_of_identity(command, world);
  if (!signer) co_return complain(signer.error());
  auto message = co_await signed_letter(command, *letter, *signer, world);
  if (!message) co_return complain(message.error());
  auto printed = print(command, *letter, std::move(*message));
  co_return printed ? exit_ok : complain(printed.error());
}

}  // namespace

int run(const SignCommand& command, const Setting& setting) {
  const OutputPaths outputs{.html = command.output};
  if (auto ok = check_outputs(outputs); !ok) return complain(ok.error());
  return run_command([&] { return sign(command, setting); });
}

}  // namespace mailprobe::app
